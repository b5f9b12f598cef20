"""This program's side of one driver process: start it, talk to it, stop it when it hangs, start it again."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

import tui
from tui.core.certificate import Token
from tui.core.failure import Failure, Reason, TokenError
from tui.core.ports import TokenStage
from tui.core.secret import Pin
from tui.token import protocol
from tui.token.protocol import Answer, Installed, Load, Order, PinWanted, Refused, Requested, Seen, Staged, Unusable

_ENTRY: Final = """\
import sys
if sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])
from tui.token.host import main
main()"""
"""`python -I` forgets where a checkout lies; the installed package is found without help."""
_COMMAND: Final = (sys.executable, "-I", "-X", "utf8", "-c", _ENTRY, str(Path(tui.__file__).parent.parent))

_STEADY = 10.0
"""Seconds a process must live for its end to count as the first again."""
_LONGEST_REST = 60.0
_CHANGING = frozenset({TokenStage.KEY_PAIR, TokenStage.WRITING, TokenStage.RETIRING})
"""From these stages on the token may have been changed."""


@dataclass(frozen=True, slots=True)
class Module:
    """One PKCS#11 driver to load."""

    path: Path
    environment: tuple[tuple[str, str], ...] = ()
    """Set in the driver's process only."""


class DriverProcess:
    """The child that runs one module's driver; restarted with growing rests when it dies."""

    def __init__(self, module: Module, changed: Callable[[], None], deadlines: Mapping[TokenStage, float]) -> None:
        self.module = module
        self.tokens: tuple[Token, ...] = ()
        """What the driver saw last; kept over one restart, since a crash is no removal."""
        self.failure: Failure | None = None
        """Why the driver is of no use now."""
        self.reported = asyncio.Event()
        """Set once it is known what this module sees or why it cannot."""
        self._changed = changed
        self._deadlines = deadlines
        self._answers: asyncio.Queue[Answer | Failure] | None = None
        self._busy = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._running = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._hung = False
        self._task = asyncio.create_task(self._supervise())

    @property
    def pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._process.pid if self._process else None

    async def call(self, order: Order, pin: Pin, progress: Callable[[TokenStage], None]) -> Requested | Installed:
        """Carry out one order; raise `TokenError`. The PIN leaves only when the child has found the right token."""
        async with self._busy:
            try:
                # A child that died or was stopped before this order came has not begun it: its successor does it.
                return await self._exchange(order, pin, progress) or await self._must(order, pin, progress)
            except asyncio.CancelledError:
                self._kill()
                raise
            finally:
                self._answers = None

    async def _must(self, order: Order, pin: Pin, progress: Callable[[TokenStage], None]) -> Requested | Installed:
        done = await self._exchange(order, pin, progress)
        if done is None:
            raise TokenError(Failure(Reason.DRIVER_CRASHED, token_changed=False))
        return done

    async def _exchange(
        self, order: Order, pin: Pin, progress: Callable[[TokenStage], None]
    ) -> Requested | Installed | None:
        """Send the order and hear it out; None when the child was dead before it began."""
        self._wanted.set()
        await self._running.wait()
        answers = self._answers = asyncio.Queue()
        stage: TokenStage | None = None
        changing = False
        self._send(protocol.encode(order))
        while True:
            try:
                async with asyncio.timeout(self._deadlines[stage or TokenStage.CHECKING]):
                    answer = await answers.get()
            except TimeoutError as error:
                self._hung = True
                self._kill()
                detail = stage.value if stage else ""
                raise TokenError(Failure(Reason.DRIVER_HUNG, detail=detail, token_changed=changing)) from error
            match answer:
                case Staged(stage=stage):
                    changing |= stage in _CHANGING
                    progress(stage)
                case PinWanted():
                    with pin.reveal() as secret:
                        self._send(secret)
                    pin.wipe()
                case Requested() | Installed():
                    return answer
                case Failure() if stage is None and answer.reason is not Reason.DRIVER_MISSING:
                    return None
                case Refused(failure=failure) | (Failure() as failure):
                    raise TokenError(replace(failure, token_changed=changing))

    async def close(self) -> None:
        """End the child: at once when it is busy, else by closing its channel."""
        process = self._process
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                async with asyncio.timeout(0 if self._busy.locked() else 1):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _supervise(self) -> None:
        deaths = 0
        while True:
            self._wanted.clear()
            began = time.monotonic()
            failure = await self._run()
            deaths = deaths + 1 if time.monotonic() - began < _STEADY else 1
            if deaths > 1 or failure.reason is Reason.DRIVER_MISSING:
                self._report((), failure)
            if self._answers is not None:
                self._answers.put_nowait(failure)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_rest(deaths, failure)):
                    await self._wanted.wait()

    async def _run(self) -> Failure:
        """One life of the child; returns why it ended."""
        self._hung = False
        process = self._process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C in the terminal is not the driver's
        )
        self._send(protocol.encode(Load(str(self.module.path), self.module.environment)))
        self._running.set()
        try:
            failure = await self._read(process)
        finally:
            self._running.clear()
        await process.wait()
        self._process = None
        if failure is not None:
            return failure
        if self._hung or process.returncode == -signal.SIGALRM:
            return Failure(Reason.DRIVER_HUNG)
        return Failure(Reason.DRIVER_CRASHED, detail=f"exit {process.returncode}")

    async def _read(self, process: asyncio.subprocess.Process) -> Failure | None:
        """Pass on what the child sends until it ends; its own reason for ending, if it gave one."""
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            while True:
                (length,) = protocol.HEADER.unpack(await process.stdout.readexactly(protocol.HEADER.size))
                match protocol.decode_report(await process.stdout.readexactly(length)):
                    case Seen(tokens=tokens):
                        self._report(tokens, None)
                    case Unusable(failure=failure):
                        return failure
                    case answer if self._answers is not None:
                        self._answers.put_nowait(answer)
        except asyncio.IncompleteReadError:
            return None
        except msgspec.DecodeError:
            self._kill()
            return None

    def _report(self, tokens: tuple[Token, ...], failure: Failure | None) -> None:
        changed = (tokens, failure) != (self.tokens, self.failure) or not self.reported.is_set()
        self.tokens, self.failure = tokens, failure
        self.reported.set()
        if changed:
            self._changed()

    def _send(self, payload: bytes | memoryview) -> None:
        """Header and payload apart, so that a PIN is not copied; a dead child is found by its reader."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(protocol.HEADER.pack(len(payload)))
            self._process.stdin.write(payload)

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def _rest(deaths: int, failure: Failure) -> float:
    """Seconds before the next start: none after a first death, then doubling."""
    if failure.reason is Reason.DRIVER_MISSING:
        return _LONGEST_REST
    return 0 if deaths == 1 else min(_LONGEST_REST, 0.25 * 2**deaths)
