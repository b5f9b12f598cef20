"""`renew` on ports that a test scripts: the usual answers of desk and token, and a report that keeps its lines."""

from dataclasses import replace
from queue import SimpleQueue
from typing import Any

from tests.harness.kiosk.ports_double import QUICK, ChecksDouble, DeskScript, TokensDouble
from tests.harness.people import (
    AGREEMENT,
    ATTEMPT,
    FORM,
    INVOICE,
    NOTICE,
    NOW,
    OFFER,
    OLD,
    SERVICE,
    SNAPSHOT,
    application,
    certificate,
    token,
)
from tui.core.certificate import Token
from tui.core.exits import Exit
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.sighting import Sighting
from tui.core.token import Installation, SignedRequest, Snapshot
from tui.journey.events import Event
from tui.journey.state import State
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime
from tui.kiosk.unattended.answers import Answers
from tui.kiosk.unattended.journey import Journey
from tui.kiosk.unattended.report import Failed, Line
from tui.kiosk.unattended.sign_in_ahead import SignInAhead

NEW = certificate("new", days_left=385)
ENTERED = application(ApplicationStatus.ENTERED)
SHOWN = replace(ENTERED, attempt=ATTEMPT, payment_status=PaymentStatus.PAYING)
ISSUING = application(ApplicationStatus.ISSUING, payment_status=PaymentStatus.PAID)
ISSUED = replace(ISSUING, status=ApplicationStatus.ISSUED, certificate=b"DER new", challenge=b"c")
INSTALLED = replace(ISSUED, status=ApplicationStatus.INSTALLED)


class Kept:
    """A report that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def tell(self, line: Line) -> None:
        self.lines.append(line)

    def progress(self, before: State, after: State) -> None:
        """Not kept."""

    @property
    def kinds(self) -> list[type[Line]]:
        return [type(line) for line in self.lines]

    @property
    def reason(self) -> str:
        last = self.lines[-1]
        assert isinstance(last, Failed)
        return last.reason


class Tokens(TokensDouble):
    """Answers a request with a request and an installation with an installation."""

    async def install(self, *words: Any) -> Installation:
        self.answer = Installation(OLD, NEW, b"proof")
        return await super().install(*words)


class Desk(DeskScript):
    """Its script of the poll begins when a payment was opened."""

    def __init__(self, resumed: bool, **answers: list[Any]) -> None:
        super().__init__(**answers)
        self._resumed = resumed

    def __getattr__(self, name: str) -> Any:
        if name == "application" and not self._resumed and not self.count("pay"):
            return self._unpaid
        return super().__getattr__(name)

    async def _unpaid(self, *_: Any) -> Sighting:
        return Sighting(ENTERED if self.count("submit") else application())


def desk_script(resumed: bool = False, **answers: list[Any]) -> DeskScript:
    usual: dict[str, list[Any]] = {
        "status": [SERVICE],
        "sign_in": [None],
        "notice": [NOTICE],
        "agreement": [AGREEMENT],
        "offer": [OFFER],
        "save": [application()],
        "submit": [ENTERED],
        "pay": [SHOWN],
        "application": [SHOWN, ISSUING, ISSUED],
        "confirm": [INSTALLED],
    }
    return Desk(resumed, **{**usual, **answers})


def renewed(
    desk: DeskScript, tokens: TokensDouble | None = None, *, ahead: bool = False, **changes: Any
) -> tuple[Exit, Kept]:
    """The journey, on a runtime that may be signing in `ahead` of it."""
    ports = Ports(tokens or token_script(), desk, ChecksDouble(), DeskTime(lambda: NOW))
    kept, pin, password = Kept(), Pin(b"246810"), Password(b"Renew2026")
    answers = replace(Answers("supplier01", password, FORM, PaymentMethod.ALIPAY, INVOICE), **changes)
    runtime, events = SignInAhead(Runtime(lambda: ports, pace=QUICK)), SimpleQueue[Event]()
    runtime.start(events.put)
    if ahead:
        runtime.begin(answers)
    code = Journey(runtime, answers, pin, kept, events).run()
    assert not pin
    assert not password
    return code, kept


def token_script(*snapshots: Snapshot, answer: Any = None) -> Tokens:
    return Tokens(snapshots or (SNAPSHOT,), answer or SignedRequest(b"csr", b"cms"))


class Looking(Tokens):
    """Shows a private certificate to who has the PIN."""

    async def look(self, *words: Any) -> Token:
        answer, self.answer = self.answer, token(replace(OLD, private=True))
        try:
            return await super().look(*words)
        finally:
            self.answer = answer
