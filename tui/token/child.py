"""Hold one driver process, with its pipes and everything that the driver may have started in it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from threading import Thread
from typing import Final, Self

import msgspec

from tui.token import protocol
from tui.token.launch import Process, kill, launch
from tui.token.load import HEADER
from tui.token.protocol import Report

_LAST_WORDS = 0.5
"""Seconds to read what a dead process has written, while something that its driver started holds the pipe open."""
_LIMIT: Final = 1 << 16


class Child:
    """A started driver process; `reports` is read by one task, `send` and `kill` may be called by any."""

    def __init__(self, process: Process, loop: asyncio.AbstractEventLoop) -> None:
        self._process, self._loop = process, loop
        self._reader = asyncio.StreamReader(_LIMIT, loop)
        self._incoming: asyncio.ReadTransport | None = None
        self._outgoing: asyncio.WriteTransport | None = None
        self._ended = asyncio.Event()
        # Others may hold its pipes, so that their end does not tell its end.
        Thread(target=self._wait, name="driver's end", daemon=True).start()

    @classmethod
    async def start(cls) -> Self:
        """Launch a process and hold it.

        :raises OSError: no process or descriptor is to be had.
        """
        return await cls.adopt(launch())

    @classmethod
    async def adopt(cls, process: Process) -> Self:
        """Hold a process that was launched earlier; what it has said meanwhile waits in its pipe.

        :raises OSError: as `start`.
        """
        child = cls(process, asyncio.get_running_loop())
        with contextlib.ExitStack() as undo:
            undo.callback(child._let_go)
            undo.callback(child.kill)
            await child._connect()
            undo.pop_all()
        return child

    async def _connect(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 - pipes were asked for
        assert self._process.stdout is not None  # noqa: S101
        self._outgoing, _ = await self._loop.connect_write_pipe(asyncio.BaseProtocol, self._process.stdin)
        self._incoming, _ = await self._loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(self._reader, loop=self._loop), self._process.stdout
        )

    def _wait(self) -> None:
        """On a thread: nothing else in Python 3.11 tells a process's end on every kernel."""
        self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._ended.set)

    @property
    def pid(self) -> int:
        """Process id, also that of its group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code, or minus the signal's number; None while it lives."""
        return self._process.returncode

    def send(self, payload: bytes | memoryview) -> None:
        """Header and payload apart, so that a PIN is not copied; a dead child is found by its reader."""
        if self._outgoing is not None:
            self._outgoing.write(HEADER.pack(len(payload)))
            self._outgoing.write(payload)

    async def reports(self) -> AsyncGenerator[Report, None]:
        """All that the process says, until its end or until it says what nobody understands."""
        ended = asyncio.create_task(self._ended.wait())
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
        (length,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        if length > protocol.LIMIT:
            raise msgspec.DecodeError("no frame is so long")
        return await self._reader.readexactly(length)

    def kill(self) -> None:
        """Kill the process and what its driver has started in its group."""
        kill(self._process)

    async def bury(self) -> None:
        """Wait for the end, then let go of the pipes and of what is left of the group."""
        await self._ended.wait()
        self.kill()
        self._let_go()

    def _let_go(self) -> None:
        """Close both pipes, also one that has not become a transport."""
        for transport, pipe in ((self._outgoing, self._process.stdin), (self._incoming, self._process.stdout)):
            if transport is not None:
                transport.close()
            elif pipe is not None:
                pipe.close()

    async def close(self, patience: float) -> None:
        """Ask it to end by closing its channel; after `patience` seconds kill it."""
        if self._outgoing is not None:
            self._outgoing.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._ended.wait()
        self.kill()
        await self.bury()
