"""Start, talk to, stop and restart one driver process, from the kiosk's side."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from tui.core.certificate import CertificateRef, Token, find_token
from tui.core.failure import UNLOADABLE, Failure, Reason, TokenError
from tui.core.secret import Pin
from tui.core.token import Readers, TokenStage
from tui.token import protocol
from tui.token.child import Child
from tui.token.launch import Module, Process
from tui.token.protocol import (
    Answer,
    Done,
    Leaving,
    NewPinWanted,
    Order,
    PinWanted,
    Prepare,
    Refused,
    Seen,
    Staged,
    Unusable,
)

_STEADY = 10.0
"""Seconds a process that has told what it sees must live for its end to count as the first again."""
_LONGEST_REST = 60.0
_PATIENCE = 1.0
"""Seconds that a process which has said its last word may take to end."""
_CHANGING = frozenset({TokenStage.KEY_PAIR, TokenStage.WRITING, TokenStage.RETIRING, TokenStage.CHANGING_PIN})
"""From these stages on the token may have been changed."""
_LASTING = UNLOADABLE - {Reason.DRIVER_REFUSES}
"""No second try helps; a driver that refuses to start may only have come before what it needs."""


class DriverProcess:
    """The child that runs one module's driver; restarted with growing rests when it dies."""

    def __init__(
        self,
        module: Module,
        changed: Callable[[], None],
        deadlines: Mapping[TokenStage, float],
        launched: Process | None = None,
    ) -> None:
        """`launched` is the first child where a `HeadStart` has it."""
        self.module = module
        self.tokens: tuple[Token, ...] = ()
        """What the driver saw last; kept over one restart, since a crash is no removal."""
        self.readers = Readers.UNKNOWN
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
        self._looked = asyncio.Event()
        """The process that runs now has told what it sees."""
        self._launched = launched
        self._child: Child | None = None
        self._hung = False
        self._told = False
        """The process that runs, or ran last, has told what it sees."""
        self._knows_pin = False
        """The process that runs now was given a PIN."""
        self._prepared = False
        self._dismissed = False
        self._task = asyncio.create_task(self._supervise())

    @property
    def pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._child.pid if self._child else None

    async def call(
        self, order: Order, pin: Pin, progress: Callable[[TokenStage], None], new_pin: Pin | None = None
    ) -> Done:
        """Carry out one order; the PIN leaves only when the child has found the right token.

        :raises TokenError: it was refused, or the process ended or hung over it.
        """
        pins = pin, new_pin or Pin()
        async with self._busy:
            heard_out = False
            try:
                # A child that died or was stopped before this order came has not begun it: its successor does it.
                done = await self._exchange(order, pins, progress) or await self._must(order, pins, progress)
                heard_out = True
                return done
            except TokenError:
                heard_out = True
                raise
            finally:
                self._answers = None
                if not heard_out:  # a child that is left within an order would take the next one for a PIN
                    self._kill()

    async def _must(self, order: Order, pins: tuple[Pin, Pin], progress: Callable[[TokenStage], None]) -> Done:
        done = await self._exchange(order, pins, progress)
        if done is None:
            raise TokenError(Failure(Reason.DRIVER_CRASHED, token_changed=False))
        return done

    async def _exchange(
        self, order: Order, pins: tuple[Pin, Pin], progress: Callable[[TokenStage], None]
    ) -> Done | None:
        """Send the order and hear it out; None when the child was dead before it began."""
        await self._started()
        before = find_token(self.tokens, order.certificate)
        answers = self._answers = asyncio.Queue()
        stages: list[TokenStage] = []
        self._send(protocol.encode(order))
        while True:
            try:
                async with asyncio.timeout(self._deadlines[stages[-1] if stages else TokenStage.CHECKING]):
                    answer = await answers.get()
            except TimeoutError as error:
                self._hung = True
                self._kill()
                hung = Failure(Reason.DRIVER_HUNG, detail=stages[-1].value if stages else "")
                raise await self._cut_off(hung, stages, before, order.certificate) from error
            match answer:
                case Staged(stage=stage):
                    stages.append(stage)
                    progress(stage)
                case PinWanted() | NewPinWanted():
                    self._knows_pin = True
                    pin = pins[isinstance(answer, NewPinWanted)]
                    with pin.reveal() as secret:
                        self._send(secret)
                    pin.wipe()
                case Refused(failure=failure):
                    known = failure.token_changed
                    changed = not _CHANGING.isdisjoint(stages) if known is None else known
                    raise TokenError(replace(failure, token_changed=changed))
                case Failure() if not stages and answer.reason not in _LASTING:
                    return None
                case Failure():
                    raise await self._cut_off(answer, stages, before, order.certificate)
                case _:
                    return answer

    async def _started(self) -> None:
        """Wait for a process that runs.

        :raises TokenError: none can be started, or the last one does not end.
        """
        self._wanted.set()
        try:
            async with asyncio.timeout(self._deadlines[TokenStage.CHECKING]):
                await self._running.wait()
        except TimeoutError as error:
            failure = self.failure or Failure(Reason.DRIVER_HUNG, detail="start")
            raise TokenError(replace(failure, token_changed=False)) from error

    async def _cut_off(
        self, failure: Failure, stages: list[TokenStage], before: Token | None, sought: CertificateRef
    ) -> TokenError:
        """The failure, with whether the token may have been changed: where it can be seen, the next process looks.

        Certificates are seen without a PIN, private keys are not: what was cut off in making or deleting keys counts.
        """
        changing = _CHANGING.intersection(stages)
        changed = bool(changing)
        if changing == {TokenStage.WRITING}:
            self._wanted.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(protocol.WATCH_DEADLINE):
                    await self._looked.wait()
                after = find_token(self.tokens, sought)
                changed = before is None or after is None or before.certificates != after.certificates
        return TokenError(replace(failure, token_changed=changed))

    def prepare(self) -> None:
        """Have a process that waits and sees tokens import what orders need; within an order it has done so."""
        if self._running.is_set() and self.tokens and not self._busy.locked():
            self._prepared = True
            self._send(protocol.encode(Prepare()))

    async def forget(self) -> None:
        """Put a fresh process in the place of one that was given a PIN: drivers keep copies that nobody can wipe.

        One that was prepared takes more memory than it needs to wait with.
        """
        async with self._busy:
            child = self._child
            if child is not None and (self._knows_pin or self._prepared):
                self._dismissed = True
                await child.close(patience=_PATIENCE)

    async def close(self) -> None:
        """End the child: at once when it is busy, else by closing its channel."""
        child = self._child
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if child is not None:
            await child.close(patience=0 if self._busy.locked() else _PATIENCE)

    async def _supervise(self) -> None:
        deaths = 0
        while True:
            self._wanted.clear()
            began = time.monotonic()
            failure = await self._run()
            if failure is None:
                continue
            steady = self._told and time.monotonic() - began >= _STEADY
            deaths = 1 if steady else deaths + 1
            nothing_known = failure.reason is Reason.DRIVER_HUNG and not self.tokens
            if deaths > 1 or failure.reason in _LASTING or nothing_known:
                self._report((), failure)
            self._answer(failure)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_rest(deaths, failure)):
                    await self._wanted.wait()

    async def _run(self) -> Failure | None:
        """One life of the child; returns why it ended, None when it left to make room for a fresh one."""
        self._hung = self._knows_pin = self._prepared = self._dismissed = self._told = False
        launched, self._launched = self._launched, None
        try:
            child = self._child = await (Child.start() if launched is None else Child.adopt(launched))
        except OSError as error:  # no process or descriptor to be had
            return Failure(Reason.DRIVER_CRASHED, detail=error.strerror or "")
        if launched is None:
            self._send(self.module.load.encoded())
        self._running.set()
        try:
            last = await self._hear(child)
        finally:
            self._running.clear()
            self._looked.clear()
        await child.close(patience=_PATIENCE)  # a driver may hang in its last call
        self._child = None
        match last:
            case _ if self._dismissed or isinstance(last, Leaving):
                self._answer(Failure(Reason.DRIVER_CRASHED))  # an order that came too late goes to the next one
                return None
            case Unusable(failure=failure):
                return failure
            case _ if self._hung or child.returncode == -signal.SIGALRM:
                return Failure(Reason.DRIVER_HUNG)
            case _:
                return Failure(Reason.DRIVER_CRASHED, detail=f"exit {child.returncode}")

    async def _hear(self, child: Child) -> Leaving | Unusable | None:
        """Pass on what the child says until it ends; its own word for ending, if it gave one."""
        async with contextlib.aclosing(child.reports()) as reports:
            async for report in reports:
                match report:
                    case Seen(tokens=tokens, readers=readers):
                        self._told = True
                        self._looked.set()
                        self._report(tokens, None, readers)
                    case Unusable() | Leaving():
                        return report
                    case _:
                        self._answer(report)
        child.kill()
        return None

    def _answer(self, answer: Answer | Failure) -> None:
        if self._answers is not None:
            self._answers.put_nowait(answer)

    def _report(self, tokens: tuple[Token, ...], failure: Failure | None, readers: Readers = Readers.UNKNOWN) -> None:
        said = tokens, failure, readers
        changed = said != (self.tokens, self.failure, self.readers) or not self.reported.is_set()
        self.tokens, self.failure, self.readers = said
        self.reported.set()
        if changed:
            self._changed()

    def _send(self, payload: bytes | memoryview) -> None:
        if self._child is not None:
            self._child.send(payload)

    def _kill(self) -> None:
        if self._child is not None:
            self._looked.clear()
            self._child.kill()


def _rest(deaths: int, failure: Failure) -> float:
    """Seconds before the next start: none after a first death, then doubling; a driver that does not load can wait."""
    if failure.reason in _LASTING:
        return _LONGEST_REST
    return 0 if deaths == 1 else min(_LONGEST_REST, 0.25 * 2**deaths)
