"""Start and end one driver process, with its pipes and everything that the driver may have started in it."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final, Self

import msgspec

import tui
from tui.token import protocol
from tui.token.protocol import Report

_ENTRY: Final = """\
import sys
if sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])
from tui.token.host.main import main
main()"""
"""`python -I` forgets where a checkout lies; the installed package is found without help."""
_COMMAND: Final = (sys.executable, "-I", "-X", "utf8", "-c", _ENTRY, str(Path(tui.__file__).parent.parent))
_LAST_WORDS = 0.5
"""Seconds to read what a dead process has written, while something that its driver started holds the pipe open."""
_LIMIT = 1 << 16


class _Ending(subprocess.SubprocessStreamProtocol):
    """Tells the process's end also while others hold its pipes, for which `Process.wait` may wait for ever."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=_LIMIT, loop=loop)
        self.ended = asyncio.Event()

    def process_exited(self) -> None:
        """Called by the loop when the kernel reports the end."""
        super().process_exited()
        self.ended.set()


class Child:
    """A started driver process; `reports` is read by one task, `send` and `kill` may be called by any."""

    def __init__(self, transport: asyncio.SubprocessTransport, ending: _Ending) -> None:
        self._transport, self._ending = transport, ending
        self._process = subprocess.Process(transport, ending, asyncio.get_running_loop())

    @classmethod
    async def start(cls) -> Self:
        """Start the process in a session of its own: Ctrl+C in the terminal is not the driver's."""
        loop = asyncio.get_running_loop()
        transport, ending = await loop.subprocess_exec(
            lambda: _Ending(loop),
            *_COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return cls(transport, ending)

    @property
    def pid(self) -> int:
        """Process id, also that of its group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code, or minus the signal's number; None while it lives."""
        return self._transport.get_returncode()

    def send(self, payload: bytes | memoryview) -> None:
        """Header and payload apart, so that a PIN is not copied; a dead child is found by its reader."""
        if self._process.stdin is not None:
            self._process.stdin.write(protocol.HEADER.pack(len(payload)))
            self._process.stdin.write(payload)

    async def reports(self) -> AsyncGenerator[Report, None]:
        """All that the process says, until its end or until it says what nobody understands."""
        ended = asyncio.create_task(self._ending.ended.wait())
        try:
            while True:
                frame = asyncio.create_task(self._frame())
                try:
                    await asyncio.wait({frame, ended}, return_when=asyncio.FIRST_COMPLETED)
                    if not frame.done():
                        await asyncio.wait({frame}, timeout=_LAST_WORDS)
                    if not frame.done():
                        return
                    yield protocol.decode_report(frame.result())
                except (asyncio.IncompleteReadError, OSError, msgspec.DecodeError):
                    return
                finally:
                    frame.cancel()
        finally:
            ended.cancel()

    async def _frame(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        (length,) = protocol.HEADER.unpack(await self._process.stdout.readexactly(protocol.HEADER.size))
        if length > protocol.LIMIT:
            raise msgspec.DecodeError("no frame is so long")
        return await self._process.stdout.readexactly(length)

    def kill(self) -> None:
        """Kill the process and what its driver has started in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def bury(self) -> None:
        """Wait for the end, then let go of the pipes and of what is left of the group."""
        await self._ending.ended.wait()
        self.kill()
        self._transport.close()

    async def close(self, patience: float) -> None:
        """Ask it to end by closing its channel; after `patience` seconds kill it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._ending.ended.wait()
        self.kill()
        await self.bury()
