"""Ports that a test scripts: answers by method name, calls kept, the token's snapshots fed by hand."""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tui.core.certificate import CertificateRef, Token
from tui.core.details import Details, Named
from tui.core.failure import DeskError, Failure, Reason
from tui.core.order import Application
from tui.core.secret import Pin
from tui.core.sighting import Sighting
from tui.core.token import Installation, KeyLeft, SignedRequest, Snapshot, TokenStage
from tui.journey.events import Event
from tui.journey.ports import Check
from tui.kiosk.runtime.pace import Pace
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime

QUICK = Pace(poll=0.001, slow_poll=0.001, service=60, retry=0.001, longest=0.01, farewell=30)
"""No test waits for a farewell but of a desk that hangs."""
HANGS = replace(QUICK, farewell=0.5)


def lost(retry_after: int | None = None) -> DeskError:
    """No connection."""
    return DeskError(Failure(Reason.DESK_UNREACHABLE, retry_after=retry_after))


@dataclass
class TokensDouble:
    """`TokenPort`: the pin's characters are kept to show that they arrived."""

    snapshots: tuple[Snapshot | Exception, ...] = (Snapshot(),)
    answer: Any = None
    gate: asyncio.Event | None = None
    pins: list[str] = field(default_factory=list)
    working: int = 0
    most_at_once: int = 0
    closed: bool = False
    forgotten: int = 0
    prepared: int = 0

    async def watch(self) -> AsyncIterator[Snapshot]:
        while self.snapshots:
            snapshot, *rest = self.snapshots
            self.snapshots = tuple(rest)
            if isinstance(snapshot, Exception):
                raise snapshot
            yield snapshot
        await asyncio.Event().wait()

    async def _work(self, pin: Pin, progress: Callable[[TokenStage], None]) -> Any:
        self.pins.append(str(pin.reveal(), "utf-8"))
        self.working += 1
        self.most_at_once = max(self.most_at_once, self.working)
        progress(TokenStage.CHECKING)
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.working -= 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def details(self, certificate: bytes) -> Details:
        return Details(subject=(Named("CN", str(certificate, errors="replace")),))

    async def change_pin(
        self, token: CertificateRef, pin: Pin, new_pin: Pin, progress: Callable[[TokenStage], None]
    ) -> None:
        new_pin.wipe()
        await self._work(pin, progress)

    async def look(self, token: CertificateRef, pin: Pin, progress: Callable[[TokenStage], None]) -> Token:
        shown: Token = await self._work(pin, progress)
        return shown

    async def make_request(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        progress: Callable[[TokenStage], None],
    ) -> SignedRequest:
        done: SignedRequest = await self._work(pin, progress)
        return done

    async def install(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        progress: Callable[[TokenStage], None],
    ) -> Installation:
        done: Installation = await self._work(pin, progress)
        return done

    async def retire(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: Application,
        installation: Installation,
        progress: Callable[[TokenStage], None],
    ) -> KeyLeft | None:
        left = await self._work(pin, progress)
        return left if isinstance(left, KeyLeft) else None

    async def prepare(self) -> None:
        self.prepared += 1

    async def forget(self) -> None:
        self.forgotten += 1

    async def close(self) -> None:
        self.closed = True


class DeskScript:
    """`DeskPort` by `__getattr__`: each method gives its scripted answers in turn, the last one for ever."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers: dict[str, list[Any]] = {"status": [lost()], "sign_out": [None], "close": [None], **answers}
        self.called: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        async def call(*words: Any) -> Any:
            self.called.append((name, words))
            scripted = self.answers[name]
            answer = scripted.pop(0) if len(scripted) > 1 else scripted[0]
            if isinstance(answer, asyncio.Event):
                await answer.wait()
                raise AssertionError("a hanging call went on")
            if isinstance(answer, Exception):
                raise answer
            return Sighting(answer) if name == "application" and isinstance(answer, Application) else answer

        return call

    def count(self, name: str) -> int:
        """How often a method was called."""
        return sum(called == name for called, _ in self.called)


class ChecksDouble:
    """`SelfCheckPort`."""

    async def run(self, snapshot: Snapshot) -> tuple[Check, ...]:
        return (Check("token", bool(snapshot.tokens)),)


class Listener:
    """Starts a runtime on scripted ports and takes its events."""

    def __init__(self, tokens: TokensDouble, desk: DeskScript, pace: Pace = QUICK) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.ports = Ports(tokens, desk, ChecksDouble())
        self.runtime = Runtime(lambda: self.ports, pace=pace)

    def __enter__(self) -> "Listener":
        self.runtime.start(self.events.put)
        return self

    def __exit__(self, *_: object) -> None:
        self.runtime.stop()

    def until(self, kind: type[Any], seconds: float = 10) -> Any:
        """The next event of this kind; those before it are dropped."""
        while True:
            event = self.events.get(timeout=seconds)
            if isinstance(event, kind):
                return event

    def rest(self) -> list[Event]:
        """What has come and was not taken."""
        return [self.events.get_nowait() for _ in range(self.events.qsize())]
