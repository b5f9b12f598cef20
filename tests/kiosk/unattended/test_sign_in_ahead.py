"""The sign-in that is sent before the journey asks for it: once, told when it is asked for, and ended with the rest."""

from collections.abc import Callable

import pytest

from tests.harness.kiosk.ports_double import lost
from tests.harness.kiosk.renewing import desk_script, renewed, token_script
from tests.harness.people import FORM, INVOICE, SERVICE, SNAPSHOT
from tui.core.exits import Exit
from tui.core.failure import DeskError, Failure, Reason
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.unattended import journey, sign_in_ahead
from tui.kiosk.unattended.answers import Answers
from tui.kiosk.unattended.sign_in_ahead import SignInAhead

ANSWERS = Answers("supplier01", Password(b"Renew2026"), FORM, PaymentMethod.ALIPAY, INVOICE)
REFUSED = DeskError(Failure(Reason.WRONG_PASSWORD))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "GRACE", 60.0)


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is what comes after it; elsewhere a busy machine must not bring it to its end."""
    monkeypatch.setattr(journey, "GRACE", 0.3)


class Kept:
    """A runtime that keeps its commands."""

    def __init__(self) -> None:
        self.commands: list[c.Command] = []
        self.post: Callable[[e.Event], None] = self.commands.clear  # type: ignore[assignment]
        self.stopped = False

    def start(self, post: Callable[[e.Event], None]) -> None:
        self.post = post

    def run(self, command: c.Command) -> None:
        self.commands.append(command)

    def stop(self) -> None:
        self.stopped = True


def begun() -> tuple[SignInAhead, Kept, list[e.Event]]:
    kept, heard = Kept(), list[e.Event]()
    ahead = SignInAhead(kept)
    ahead.start(heard.append)
    ahead.begin(ANSWERS)
    return ahead, kept, heard


def test_a_journey_signs_in_once_and_before_a_token_is_there() -> None:
    desk = desk_script()
    assert renewed(desk, token_script(Snapshot(), SNAPSHOT), ahead=True)[0] is Exit.DONE
    assert (desk.count("sign_in"), desk.count("sign_out")) == (1, 1)


@pytest.mark.usefixtures("short_grace")
@pytest.mark.parametrize("answer", [None, REFUSED, lost()])
def test_what_is_wrong_with_the_token_is_told_first_and_the_session_is_ended(answer: DeskError | None) -> None:
    desk = desk_script(sign_in=[answer])
    code, kept = renewed(desk, token_script(Snapshot()), ahead=True)
    assert (code, kept.reason, desk.count("sign_in"), desk.count("sign_out")) == (Exit.TOKEN, "no_token", 1, 1)


def test_a_wrong_password_is_told_and_not_sent_again() -> None:
    desk = desk_script(sign_in=[REFUSED])
    code, kept = renewed(desk, ahead=True)
    assert (code, kept.reason, desk.count("sign_in")) == (Exit.REFUSED, "wrong_password", 1)


def test_a_desk_that_was_lost_before_a_token_came_is_asked_when_it_is_there() -> None:
    desk = desk_script(sign_in=[lost(), None], status=[lost(), SERVICE])
    assert renewed(desk, ahead=True)[0] is Exit.DONE
    assert desk.count("sign_in") == 2


def test_the_answer_waits_until_it_is_asked_for() -> None:
    ahead, kept, heard = begun()
    kept.post(e.SignedIn())
    kept.post(e.ServiceSeen(SERVICE))
    assert heard == [e.ServiceSeen(SERVICE)]
    password = Password(b"Renew2026")
    ahead.run(c.SignIn("supplier01", password))
    assert heard == [e.ServiceSeen(SERVICE), e.SignedIn()]
    assert not password
    assert len(kept.commands) == 1


def test_an_answer_that_is_awaited_already_is_passed_on() -> None:
    ahead, kept, heard = begun()
    ahead.run(c.SignIn("supplier01", Password(b"Renew2026")))
    refused = e.Failed(REFUSED.failure, "SignIn")
    kept.post(refused)
    assert (heard, len(kept.commands)) == ([refused], 1)


@pytest.mark.parametrize("before", ["asked for", "signed out"])
def test_a_second_sign_in_is_sent(before: str) -> None:
    ahead, kept, heard = begun()
    kept.post(e.SignedIn())
    ahead.run(c.SignIn("supplier01", Password(b"Renew2026")) if before == "asked for" else c.SignOut())
    heard.clear()
    again = c.SignIn("supplier01", Password(b"Renew2026"))
    ahead.run(again)
    assert (kept.commands[-1], heard) == (again, [])


@pytest.mark.parametrize("answered", [False, True])
def test_an_end_hears_a_sign_in_out_in_bounded_time(monkeypatch: pytest.MonkeyPatch, answered: bool) -> None:
    waits = list[bool]()
    monkeypatch.setattr(sign_in_ahead, "_HEARD_OUT", 0.01)
    ahead, kept, _ = begun()
    if answered:
        kept.post(e.SignedIn())
    wait = ahead._answered.wait
    monkeypatch.setattr(ahead._answered, "wait", lambda seconds: waits.append(wait(seconds)))
    ahead.stop()
    ahead.stop()  # the journey has ended it, and the command does so again
    assert (waits, kept.stopped) == ([answered], True)
