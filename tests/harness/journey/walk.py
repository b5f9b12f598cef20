"""Events and helpers that the tests of the flow share."""

from tests.harness.people import ATTEMPT, NOW, OLD, SNAPSHOT, application, certificate
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.token import Installation, SignedRequest, Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import State

EMPTY = e.TokensSeen(Snapshot(), NOW)
BACK_IN = e.TokensSeen(SNAPSHOT, NOW)
REQUEST = SignedRequest(b"csr", b"cms")
NEW = certificate("new", 385)
INSTALLATION = Installation(OLD, NEW, b"proof")
DRAFT = application()
ENTERED = application(ApplicationStatus.ENTERED)
PAYING = application(ApplicationStatus.ENTERED, payment_status=PaymentStatus.PAYING, attempt=ATTEMPT)
ISSUING = application(ApplicationStatus.ISSUING, payment_status=PaymentStatus.PAID)
ISSUED = application(ApplicationStatus.ISSUED, payment_status=PaymentStatus.PAID, certificate=b"new", challenge=b"c")
INSTALLED = application(ApplicationStatus.INSTALLED, payment_status=PaymentStatus.PAID)


def failed(reason: Reason, command: str) -> e.Failed:
    return e.Failed(Failure(reason), command)


def walk(start: State, *events: e.Event) -> tuple[State, tuple[c.Command, ...]]:
    """Advance through all events; the commands are the last event's."""
    commands: tuple[c.Command, ...] = ()
    for event in events:
        start, commands = advance(start, event)
    return start, commands
