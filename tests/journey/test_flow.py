"""The flow table row by row, and the rules that hold everywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.harness.journey.walk import (
    BACK_IN,
    DRAFT,
    EMPTY,
    ENTERED,
    INSTALLATION,
    INSTALLED,
    ISSUED,
    ISSUING,
    PAYING,
    REQUEST,
    failed,
    walk,
)
from tests.harness.people import (
    AGREEMENT,
    FORM,
    INVOICE,
    NOTICE,
    NOW,
    OFFER,
    OLD,
    REF,
    SERVICE,
    certificate,
    state,
    token,
)
from tui.core.certificate import Certificate, Usage
from tui.core.failure import Failure, Money, Reason
from tui.core.secret import Password, Pin
from tui.core.token import Snapshot, TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import ANYWHERE, JOURNEY, advance
from tui.journey.state import Busy, State, Step


def test_every_step_has_a_row_and_every_event_a_place() -> None:
    assert set(JOURNEY) == set(Step)
    placed = {event for rows in JOURNEY.values() for event in rows} | set(ANYWHERE)
    assert placed == set(e.Event.__args__)


def test_an_application_under_way_waits_on_the_card_until_the_person_continues_it() -> None:
    now, commands = advance(state(Step.CARD, offer=None), e.OfferMade(replace(OFFER, application=ISSUED)))
    assert (now.step, commands) == (Step.CARD, ())
    assert advance(now, e.RenewalRequested())[0].step is Step.INSTALL_PIN


def test_the_whole_journey() -> None:
    now, commands = walk(State(), BACK_IN, e.Started())
    assert (now.step, now.chosen, commands) == (Step.SIGN_IN, REF, ())
    now, commands = advance(now, e.SignInSubmitted("supplier01", Password(b"secret")))
    assert now.busy is Busy.SIGNING_IN
    assert isinstance(commands[0], c.SignIn)
    now, commands = advance(now, e.SignedIn())
    assert (now.step, commands) == (Step.NOTICE, (c.LoadNotice(), c.LoadAgreement()))
    now, commands = walk(now, e.NoticeLoaded(NOTICE), e.NoticeAccepted())
    assert (now.step, commands) == (Step.CARD, (c.AskOffer(OLD.der),))
    now, commands = walk(now, e.OfferMade(OFFER), e.RenewalRequested())
    assert (now.step, commands) == (Step.AGREEMENT, (c.LoadAgreement(),))
    now, commands = walk(now, e.AgreementLoaded(AGREEMENT), e.AgreementAccepted())
    assert (now.step, commands) == (Step.FORM, ())
    now, commands = advance(now, e.FormSubmitted(FORM))
    assert commands == (c.SaveApplication(OLD.der, AGREEMENT, FORM, 20000),)
    now, commands = advance(now, e.ApplicationSaved(DRAFT))
    assert (now.step, now.busy, commands) == (Step.REQUEST_PIN, None, ())
    pin = Pin(b"123456")
    now, commands = advance(now, e.PinEntered(pin))
    assert (now.step, commands) == (Step.REQUESTING, (c.MakeRequest(REF, pin, DRAFT),))
    now, commands = walk(now, e.TokenProgressed(TokenStage.KEY_PAIR), e.RequestMade(REQUEST))
    assert commands == (c.SubmitRequest("B1", REQUEST),)
    now, commands = advance(now, e.ApplicationSeen(ENTERED))
    assert (now.step, commands) == (Step.PAY_NOTICE, (c.WatchApplication("B1"),))
    now, _ = walk(now, e.PayNoticeConfirmed(), e.PaymentOpened())
    assert now.step is Step.CHANNEL
    now, commands = walk(now, e.OnlineChosen(), e.PaymentSubmitted(now.method, INVOICE))
    assert (now.step, commands) == (Step.METHOD, (c.Pay("B1", now.method, INVOICE),))
    now, _ = advance(now, e.ApplicationSeen(PAYING))
    assert (now.step, now.money) == (Step.QR, Money.UNKNOWN)
    now, _ = advance(now, e.ApplicationSeen(ISSUING, polled=True))
    assert (now.step, now.money) == (Step.ISSUING, Money.SAFE)
    now, commands = advance(now, e.ApplicationSeen(ISSUED, polled=True))
    assert (now.step, commands) == (Step.INSTALL_PIN, (c.StopWatching(),))
    pin = Pin(b"123456")
    now, commands = advance(now, e.PinEntered(pin))
    assert (now.step, commands) == (Step.INSTALLING, (c.Install(REF, pin, ISSUED),))
    now, commands = walk(now, e.TokenProgressed(TokenStage.WRITING), e.Installed(INSTALLATION))
    assert commands == (c.Confirm("B1", b"proof"),)
    now, _ = advance(now, e.ApplicationSeen(INSTALLED))
    assert (now.step, now.installation) == (Step.DONE, INSTALLATION)
    now, commands = advance(now, EMPTY)
    assert now == State(now=NOW, snapshot=Snapshot(), service=now.service, desk_reachable=True)
    assert commands == (c.SignOut(),)


@pytest.mark.parametrize(
    ("days", "changes", "reason"),
    [
        (-1, {}, Reason.CERTIFICATE_EXPIRED),
        (91, {}, Reason.TOO_EARLY),
        (20, {"has_private_key": False}, Reason.KEY_MISSING),
        (20, {"key": "SM2"}, Reason.SM2_UNSUPPORTED),
        (20, {"key": "SM2", "has_private_key": False}, Reason.SM2_UNSUPPORTED),
        (20, {"key": "1.2.840.113549.1.1.10"}, Reason.KEY_UNSUPPORTED),
        (20, {"well_formed": False}, Reason.CERTIFICATE_MALFORMED),
        (20, {"usage": Usage.ENCRYPTION}, Reason.NO_SIGNING_CERTIFICATE),
        (-1, {"usage": Usage.ENCRYPTION}, Reason.NO_SIGNING_CERTIFICATE),
        (20, {"usage": Usage.OTHER}, Reason.NO_SIGNING_CERTIFICATE),
        (20, {"readable": False}, Reason.CERTIFICATE_UNREADABLE),
        (20, {"not_before": NOW + timedelta(days=1)}, Reason.NOT_YET_VALID),
    ],
)
def test_a_certificate_that_cannot_be_renewed_is_refused_with_its_reason(
    days: int, changes: dict[str, object], reason: Reason
) -> None:
    seen = e.TokensSeen(Snapshot((token(certificate("x", days, **changes)),)), NOW)
    now, _ = walk(State(), seen, e.Started())
    assert (now.step, now.failure) == (Step.REFUSED, Failure(reason))


def test_the_window_opens_and_closes_to_the_second() -> None:
    edge = certificate("edge", not_after=NOW + timedelta(days=90))
    for shift, step in ((-1, Step.REFUSED), (0, Step.SIGN_IN), (1, Step.SIGN_IN)):
        at = NOW + timedelta(seconds=shift)
        now, _ = walk(State(), e.TokensSeen(Snapshot((token(edge),)), at), e.Started())
        assert now.step is step, shift
    for shift, step in ((-1, Step.SIGN_IN), (0, Step.SIGN_IN), (1, Step.REFUSED)):
        at = edge.not_after + timedelta(seconds=shift)
        now, _ = walk(State(), e.TokensSeen(Snapshot((token(edge),)), at), e.Started())
        assert now.step is step, shift


@pytest.mark.parametrize(("days_left", "hours_off", "step"), [(0.5, 24, Step.SIGN_IN), (90.5, 24, Step.REFUSED)])
def test_where_the_machines_clock_is_wrong_the_desks_counts(days_left: float, hours_off: int, step: Step) -> None:
    held = token(certificate("edge", not_after=NOW + timedelta(days=days_left)))
    seen = e.TokensSeen(Snapshot((held,)), NOW + timedelta(hours=hours_off))
    assert walk(State(), seen, e.Started())[0].step is not step
    assert walk(State(), seen, e.ServiceSeen(SERVICE), e.Started())[0].step is step
    wrong = e.DeskLost(Failure(Reason.CLOCK_WRONG, desk_time=NOW))
    assert walk(State(), seen, wrong, e.Started())[0].step is step


def test_the_desk_widens_the_window() -> None:
    seen = e.TokensSeen(Snapshot((token(certificate("x", 200)),)), NOW)
    wide = e.ServiceSeen(replace(SERVICE, window_days=365))
    assert walk(State(), seen, wide, e.Started())[0].step is Step.SIGN_IN


def test_beside_a_good_certificate_an_expired_one_does_not_count() -> None:
    seen = e.TokensSeen(Snapshot((token(certificate("old", -30), certificate("new", 300)),)), NOW)
    assert walk(State(), seen, e.Started())[0].failure == Failure(Reason.TOO_EARLY)


def test_of_a_pair_only_the_signing_certificate_is_renewed() -> None:
    pair = token(certificate("enc", usage=Usage.ENCRYPTION), certificate("sign", usage=Usage.SIGNING))
    now, _ = walk(State(), e.TokensSeen(Snapshot((pair,)), NOW), e.Started())
    assert now.chosen is not None
    assert (now.step, now.chosen.serial) == (Step.SIGN_IN, certificate("sign").serial)


ENCRYPTION = certificate("enc", usage=Usage.ENCRYPTION)


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ((certificate("old", -30), certificate("gm", key="SM2")), Reason.SM2_UNSUPPORTED),
        ((certificate("enc", 300, usage=Usage.ENCRYPTION), certificate("sign", 300)), Reason.TOO_EARLY),
        (
            (ENCRYPTION, certificate("bad", readable=False)),
            Reason.CERTIFICATE_UNREADABLE,
        ),
        (
            (certificate("ca", usage=Usage.OTHER), ENCRYPTION),
            Reason.NO_SIGNING_CERTIFICATE,
        ),
    ],
)
def test_of_several_the_one_is_spoken_of_that_the_person_came_for(
    others: tuple[Certificate, Certificate], reason: Reason
) -> None:
    now, _ = walk(State(), e.TokensSeen(Snapshot((token(*others),)), NOW), e.Started())
    assert now.chosen is not None
    assert (now.failure, now.chosen.serial) == (Failure(reason), others[1].serial)


def test_one_certificate_seen_by_two_modules_is_one() -> None:
    seen = e.TokensSeen(Snapshot((token(OLD), token(OLD, module="/lib/other.so"))), NOW)
    now, _ = walk(State(), seen, e.Started())
    assert (now.step, now.chosen) == (Step.SIGN_IN, REF)


def test_a_paid_application_is_finished_although_the_certificate_has_expired() -> None:
    expired = certificate("old", -1)
    now, _ = walk(State(), e.TokensSeen(Snapshot((token(expired),)), NOW), e.Started(), e.RenewalRequested())
    assert now.step is Step.SIGN_IN
    refused, _ = advance(state(Step.CARD, busy=Busy.CHECKING), failed(Reason.CERTIFICATE_EXPIRED, "AskOffer"))
    assert advance(refused, e.RenewalRequested()) == (refused, ())


def test_nothing_inserted_and_nothing_on_it_are_said_on_the_waiting_screen() -> None:
    assert walk(State(), EMPTY, e.Started())[0].failure == Failure(Reason.NO_TOKEN)
    blank = e.TokensSeen(Snapshot((token(),)), NOW)
    now, _ = walk(State(), blank, e.Started())
    assert (now.step, now.failure) == (Step.WAITING, Failure(Reason.NO_CERTIFICATE))
    assert advance(now, BACK_IN)[0].failure is None


def test_several_certificates_are_chosen_from() -> None:
    other = certificate("other", 30)
    seen = e.TokensSeen(Snapshot((token(OLD), token(other, serial="S2"))), NOW)
    now, _ = walk(State(), seen, e.Started())
    assert now.step is Step.CHOOSING
    assert advance(now, e.CertificateChosen("unknown"))[0].step is Step.CHOOSING
    now, _ = advance(now, e.CertificateChosen(other.fingerprint))
    assert now.chosen is not None
    assert (now.step, now.chosen.token_serial) == (Step.SIGN_IN, "S2")


def test_choosing_ends_with_the_last_token_that_is_pulled() -> None:
    both = e.TokensSeen(Snapshot((token(OLD), token(certificate("other"), serial="S2"))), NOW)
    choosing, _ = walk(State(), both, e.Started())
    assert choosing.step is Step.CHOOSING
    assert advance(choosing, BACK_IN)[0].step is Step.CHOOSING
    assert advance(choosing, EMPTY)[0].step is Step.WAITING


def test_an_expired_certificate_that_a_script_names_is_refused_as_that_one_and_may_have_been_paid() -> None:
    expired = certificate("expired", -1)
    both = e.TokensSeen(Snapshot((token(OLD), token(expired, serial="S2"))), NOW)
    now, _ = walk(State(service=SERVICE), both, e.CertificateChosen(expired.fingerprint))
    assert (now.step, now.failure) == (Step.REFUSED, Failure(Reason.CERTIFICATE_EXPIRED))
    assert now.holder == (token(expired, serial="S2"), expired)
    assert advance(now, e.RenewalRequested())[0].step is Step.SIGN_IN


def test_a_too_old_kiosk_is_stopped_before_the_sign_in() -> None:
    now, _ = walk(State(), BACK_IN, e.ServiceSeen(replace(SERVICE, minimum_version="99.0.0")), e.Started())
    assert now.failure is not None
    assert (now.step, now.failure.reason) == (Step.REFUSED, Reason.KIOSK_TOO_OLD)
