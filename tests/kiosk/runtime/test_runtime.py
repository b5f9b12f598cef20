"""Commands in, events out: what is serialised, dropped, repeated, wiped, and how it ends."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.harness.deskclient.samples import INVOICE, SERVICE, application, document
from tests.harness.kiosk.ports_double import HANGS, DeskScript, Listener, TokensDouble, lost
from tests.harness.people import NOW
from tui.core.application import ApplicationForm
from tui.core.beijing import SKEW
from tui.core.certificate import CertificateRef
from tui.core.failure import DeskError, Failure, KioskError, Reason, TokenError
from tui.core.order import Application, ApplicationStatus, Offer
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.token import SignedRequest, Snapshot, TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime

REF = CertificateRef("f", "s", "1", "label", "serial")
REQUEST = SignedRequest(b"csr", b"cms")
DRAFT = application(ApplicationStatus.DRAFT)


def test_the_token_watch_and_the_desk_are_asked_at_once() -> None:
    with Listener(TokensDouble(), DeskScript(status=[SERVICE])) as kiosk:
        seen = [kiosk.events.get(timeout=10) for _ in range(2)]
    assert {type(event) for event in seen} == {e.TokensSeen, e.ServiceSeen}


def test_a_snapshot_carries_the_clocks_time() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    kiosk = Listener(TokensDouble(), DeskScript())
    kiosk.ports = replace(kiosk.ports, time=DeskTime(lambda: at))
    with kiosk:
        assert kiosk.until(e.TokensSeen) == e.TokensSeen(Snapshot(), at)


@pytest.mark.parametrize(("off", "told"), [(timedelta(days=1), True), (timedelta(days=-1), True), (SKEW, False)])
def test_a_clock_that_is_wrong_is_set_right_by_the_desks(off: timedelta, told: bool) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    time = DeskTime(lambda: at + off)
    assert time() == at + off
    time.told(at)
    assert (time() == at) is told


def test_a_desk_whose_dates_are_not_believed_tells_the_time_and_its_reason_after_another() -> None:
    desk = NOW + timedelta(days=400)
    wrong = Failure(Reason.CLOCK_WRONG, desk_time=desk)
    kiosk = Listener(TokensDouble(), DeskScript(status=[lost(), DeskError(wrong)]))
    kiosk.ports = replace(kiosk.ports, time=(time := DeskTime(lambda: NOW)))
    with kiosk:
        assert [kiosk.until(e.DeskLost) for _ in range(2)] == [e.DeskLost(lost().failure), e.DeskLost(wrong)]
    assert time() == desk


def test_a_broken_watch_is_told_and_begun_again() -> None:
    broken = TokenError(Failure(Reason.DRIVER_CRASHED))
    with Listener(TokensDouble((broken, Snapshot())), DeskScript()) as kiosk:
        assert kiosk.until(e.Failed) == e.Failed(Failure(Reason.DRIVER_CRASHED), "WatchTokens")
        kiosk.until(e.TokensSeen)


COMMANDS = [
    (c.AskService(), "status", SERVICE, e.ServiceSeen(SERVICE)),
    (c.SignIn("a", Password(b"p")), "sign_in", None, e.SignedIn()),
    (c.LoadNotice(), "notice", document(), e.NoticeLoaded(document())),
    (c.AskOffer(b"der"), "offer", Offer(()), e.OfferMade(Offer(()))),
    (c.LoadAgreement(), "agreement", document(), e.AgreementLoaded(document())),
    (
        c.SaveApplication(b"der", document(), ApplicationForm(), 1),
        "save",
        application(),
        e.ApplicationSaved(application()),
    ),
    (c.SubmitRequest("N1", REQUEST), "submit", application(), e.ApplicationSeen(application())),
    (c.Pay("N1", PaymentMethod.ALIPAY, INVOICE), "pay", application(), e.ApplicationSeen(application())),
    (c.QueryPayment("N1"), "query_payment", application(), e.ApplicationSeen(application())),
    (c.EndPayment("N1"), "end_payment", application(), e.ApplicationSeen(application())),
    (c.Withdraw("N1"), "withdraw", application(), e.ApplicationSeen(application())),
    (c.Confirm("N1", b"proof"), "confirm", application(), e.ApplicationSeen(application())),
]


@pytest.mark.parametrize(("command", "method", "answer", "event"), COMMANDS, ids=[m for _, m, _, _ in COMMANDS])
def test_a_desk_command_is_answered(command: c.Command, method: str, answer: object, event: e.Event) -> None:
    with Listener(TokensDouble(), DeskScript(**{method: [answer]})) as kiosk:
        kiosk.runtime.run(command)
        assert kiosk.until(type(event)) == event


def test_a_refusal_names_its_command() -> None:
    refused = DeskError(Failure(Reason.WRONG_PASSWORD, tries_left=3))
    password = Password(b"pass-word")
    with Listener(TokensDouble(), DeskScript(sign_in=[refused])) as kiosk:
        kiosk.runtime.run(c.SignIn("a", password))
        assert kiosk.until(e.Failed) == e.Failed(refused.failure, "SignIn")
    assert not password


def test_a_fault_in_the_program_is_told_by_type_and_place_alone() -> None:
    with Listener(TokensDouble(), DeskScript(notice=[ValueError("pin 246810")])) as kiosk:
        kiosk.runtime.run(c.LoadNotice())
        failed = kiosk.until(e.Failed)
    assert failed.failure.reason is Reason.KIOSK_FAULT
    assert failed.failure.detail.startswith("ValueError ports_double.py:")
    assert "246810" not in repr(failed)


def test_token_commands_wait_for_each_other_and_their_pins_are_wiped() -> None:
    tokens = TokensDouble(answer=REQUEST)
    pins = [Pin(b"111111"), Pin(b"222222")]
    with Listener(tokens, DeskScript(application=[DRAFT])) as kiosk:
        for pin in pins:
            kiosk.runtime.run(c.MakeRequest(REF, pin, DRAFT))
        assert kiosk.until(e.TokenProgressed).stage is TokenStage.CHECKING
        for _ in pins:
            assert kiosk.until(e.RequestMade).request == REQUEST
    assert (tokens.pins, tokens.most_at_once) == (["111111", "222222"], 1)
    assert not any(pins)


@pytest.mark.parametrize("now", [application(ApplicationStatus.ENTERED), replace(DRAFT, statement='{"fee_fen":1}')])
def test_no_key_is_made_for_a_draft_that_was_changed_elsewhere(now: Application) -> None:
    tokens, pin = TokensDouble(answer=REQUEST), Pin(b"111111")
    with Listener(tokens, DeskScript(application=[now])) as kiosk:
        kiosk.runtime.run(c.MakeRequest(REF, pin, DRAFT))
        assert kiosk.until(e.ApplicationSeen | e.RequestMade) == e.ApplicationSeen(now)  # type: ignore[arg-type]
    assert tokens.pins == []
    assert not pin


def test_no_key_is_made_while_the_desk_is_away() -> None:
    tokens, pin = TokensDouble(answer=REQUEST), Pin(b"111111")
    with Listener(tokens, DeskScript(application=[lost()])) as kiosk:
        kiosk.runtime.run(c.MakeRequest(REF, pin, DRAFT))
        assert kiosk.until(e.Failed | e.RequestMade) == e.Failed(lost().failure, "MakeRequest")  # type: ignore[arg-type]
    assert tokens.pins == []
    assert not pin


def test_a_wrong_pin_is_never_sent_twice() -> None:
    tokens = TokensDouble(answer=TokenError(Failure(Reason.WRONG_PIN, tries_left=2)))
    with Listener(tokens, DeskScript()) as kiosk:
        kiosk.runtime.run(c.Install(REF, Pin(b"111111"), application()))
        assert kiosk.until(e.Failed).command == "Install"
    assert tokens.pins == ["111111"]


def test_signing_out_drops_what_is_under_way() -> None:
    hanging, password = asyncio.Event(), Password(b"x")
    desk = DeskScript(sign_in=[hanging], notice=[document()])
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.runtime.run(c.SignIn("a", password))
        kiosk.runtime.run(c.SignOut())
        kiosk.runtime.run(c.LoadNotice())
        kiosk.until(e.NoticeLoaded)
        assert desk.count("sign_out") == 1
        assert not any(isinstance(event, e.SignedIn | e.Failed) for event in kiosk.rest())
    assert not password


def test_a_token_that_is_written_to_is_not_interrupted_but_tells_the_next_person_nothing() -> None:
    gate = asyncio.Event()
    tokens = TokensDouble(answer=REQUEST, gate=gate)
    with Listener(tokens, DeskScript(notice=[document()], application=[DRAFT])) as kiosk:
        kiosk.runtime.run(c.MakeRequest(REF, Pin(b"111111"), DRAFT))
        kiosk.until(e.TokenProgressed)
        assert tokens.forgotten == 0
        kiosk.runtime.run(c.MakeRequest(REF, Pin(b"222222"), DRAFT))
        kiosk.runtime.run(c.SignOut())
        assert kiosk.runtime._loop is not None
        kiosk.runtime._loop.call_soon_threadsafe(gate.set)
        kiosk.runtime.run(c.MakeRequest(REF, Pin(b"333333"), DRAFT))
        kiosk.until(e.RequestMade)
        assert not any(isinstance(event, e.RequestMade) for event in kiosk.rest())
    assert tokens.pins == ["111111", "333333"]
    assert tokens.forgotten == 1


def test_the_poll_tells_changes_only_and_a_loss_once() -> None:
    first, paid = application(), application(ApplicationStatus.ISSUING)
    desk = DeskScript(application=[first, first, lost(), lost(), first, paid])
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.until(e.TokensSeen)
        kiosk.until(e.DeskLost)  # of the look at the desk itself
        kiosk.runtime.run(c.WatchApplication("N1"))
        seen = [kiosk.events.get(timeout=10) for _ in range(4)]
    assert seen == [
        e.ApplicationSeen(first, polled=True),
        e.DeskLost(lost().failure),
        e.ApplicationSeen(first, polled=True),
        e.ApplicationSeen(paid, polled=True),
    ]


def test_a_refused_poll_ends() -> None:
    desk = DeskScript(application=[DeskError(Failure(Reason.SESSION_ENDED))])
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.runtime.run(c.WatchApplication("N1"))
        assert kiosk.until(e.Failed).command == "WatchApplication"
        kiosk.runtime.run(c.RunSelfCheck(Snapshot()))
        kiosk.until(e.SelfChecked)
        assert desk.count("application") == 1


@pytest.mark.parametrize("end", [c.StopWatching(), c.SignOut(), c.WatchApplication("N2")])
def test_the_poll_ends_on_request(end: c.Command) -> None:
    desk = DeskScript(application=[application()], notice=[document()])
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.runtime.run(c.WatchApplication("N1"))
        kiosk.until(e.ApplicationSeen)
        kiosk.runtime.run(end)
        kiosk.runtime.run(c.LoadNotice())
        kiosk.until(e.NoticeLoaded)
        asked = [words for name, words in desk.called if name == "application" and words[0] == "N1"]
        for _ in range(3):
            kiosk.runtime.run(c.LoadNotice())
            kiosk.until(e.NoticeLoaded)
    assert asked
    assert [w for n, w in desk.called if n == "application" and w[0] == "N1"] == asked


def test_ports_that_cannot_be_built_are_told_to_every_command() -> None:
    def build() -> Ports:
        raise KioskError(Failure(Reason.SETTINGS_WRONG, detail="ca_file"))

    kiosk = Listener(TokensDouble(), DeskScript())
    kiosk.runtime = Runtime(build)
    pin = Pin(b"1")
    with kiosk:
        assert kiosk.until(e.Failed) == e.Failed(Failure(Reason.SETTINGS_WRONG, detail="ca_file"), "Start")
        kiosk.runtime.run(c.Install(REF, pin, application()))
        assert kiosk.until(e.Failed).command == "Install"
    assert not pin


def test_the_end_closes_the_ports_and_the_thread() -> None:
    tokens, desk = TokensDouble(answer=REQUEST, gate=asyncio.Event()), DeskScript(application=[DRAFT])
    pin, late = Pin(b"111111"), Pin(b"222222")
    with Listener(tokens, desk) as kiosk:
        kiosk.runtime.run(c.MakeRequest(REF, pin, DRAFT))
        kiosk.until(e.TokenProgressed)
    assert (tokens.closed, desk.count("sign_out"), desk.count("close")) == (True, 1, 1)
    kiosk.runtime.run(c.MakeRequest(REF, late, DRAFT))
    kiosk.runtime.stop()
    assert not pin
    assert not late
    assert "runtime" not in {thread.name for thread in threading.enumerate()}
    assert not [event for event in kiosk.rest() if isinstance(event, e.RequestMade | e.Failed)]


def test_ports_that_do_not_close_do_not_hold_up_the_end() -> None:
    with Listener(TokensDouble(), DeskScript(sign_out=[asyncio.Event()]), HANGS) as kiosk:
        kiosk.until(e.TokensSeen)
    assert "runtime" not in {thread.name for thread in threading.enumerate()}
