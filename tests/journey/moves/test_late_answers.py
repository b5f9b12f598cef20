"""Answers of a desk that is slow: one that comes after its step was left, or after later news, changes nothing."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import BACK_IN, DRAFT, EMPTY, ENTERED, ISSUED, ISSUING, PAYING, failed, walk
from tests.harness.people import AGREEMENT, FORM, INVOICE, NOTICE, OFFER, application, state
from tui.core.failure import Money, Reason
from tui.core.order import Application, ApplicationStatus, PaymentStatus, Refund, RefundCause
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step


def test_a_sign_in_that_was_left_with_the_token_opens_nothing() -> None:
    asked, _ = advance(state(Step.SIGN_IN, signed_in=False), e.SignInSubmitted("a", Password(b"x")))
    back, _ = walk(asked, EMPTY, BACK_IN)
    assert (back.step, back.busy, back.account) == (Step.SIGN_IN, None, "")
    assert advance(back, e.SignedIn()) == (back, ())
    again, _ = walk(back, e.SignInSubmitted("b", Password(b"x")), e.SignedIn())
    assert (again.step, again.account, again.signed_in) == (Step.NOTICE, "b", True)


@pytest.mark.parametrize(
    "answer", [e.OfferMade(OFFER), e.AgreementLoaded(AGREEMENT), failed(Reason.DESK_TIMEOUT, "AskOffer")]
)
def test_a_form_that_is_being_saved_waits_for_its_own_answer(answer: e.Event) -> None:
    saving, _ = advance(state(Step.FORM), e.FormSubmitted(FORM))
    late, _ = advance(saving, answer)
    assert (late.busy, late.failure) == (Busy.SAVING, None)
    assert advance(late, e.ApplicationSaved(DRAFT))[0].step is Step.REQUEST_PIN


def test_an_offer_that_came_twice_does_not_end_the_look_at_the_payment() -> None:
    known = replace(OFFER, application=PAYING)
    looking, _ = advance(state(Step.CARD, offer=known), e.RenewalRequested())
    late, _ = advance(looking, e.OfferMade(known))
    assert late.busy is Busy.QUERYING
    assert advance(late, e.ApplicationSeen(PAYING))[0].step is Step.QR


def test_an_agreement_that_came_twice_does_not_end_the_next_load() -> None:
    now, _ = advance(state(Step.NOTICE, busy=Busy.LOADING, notice=None), e.NoticeLoaded(NOTICE))
    assert now.busy is None
    assert advance(state(Step.AGREEMENT, busy=Busy.LOADING), e.AgreementLoaded(AGREEMENT))[0].busy is None


def test_an_order_answered_after_the_news_of_its_payment_takes_nothing_back() -> None:
    """Paid by the code of another kiosk, while this one asks for it."""
    method = state(Step.METHOD, application=ENTERED)
    ordering, _ = advance(method, e.PaymentSubmitted(PaymentMethod.ALIPAY, INVOICE))
    paid, _ = advance(ordering, e.ApplicationSeen(ISSUING, polled=True))
    assert paid.step is Step.ISSUING
    assert advance(paid, e.ApplicationSeen(PAYING)) == (paid, ())
    assert advance(paid, failed(Reason.DESK_TIMEOUT, "Pay")) == (paid, ())


BACK = replace(
    ENTERED, payment_status=PaymentStatus.REFUNDED, refunds=(Refund(20000, done=True, cause=RefundCause.PAID_LATE),)
)
"""The platform took the money back before the issue."""


def test_money_that_its_platform_took_back_leads_back_to_the_order() -> None:
    now, _ = advance(state(Step.ISSUING, application=ISSUING), e.ApplicationSeen(BACK, polled=True))
    assert (now.step, now.application, now.money) == (Step.ORDER, BACK, Money.RETURNING)
    assert advance(now, e.ApplicationSeen(ISSUING, polled=True)) == (now, ())
    again = replace(ISSUING, refunds=BACK.refunds)
    paid, _ = advance(now, e.ApplicationSeen(again, polled=True))
    assert (paid.step, paid.money) == (Step.ISSUING, Money.SAFE)
    assert advance(paid, e.ApplicationSeen(BACK)) == (paid, ())


def test_an_answer_that_was_waited_for_ends_the_wait_though_a_refund_was_told_meanwhile() -> None:
    known = replace(PAYING, refunds=BACK.refunds)
    now, _ = advance(state(Step.QR, application=known, busy=Busy.QUERYING), e.ApplicationSeen(PAYING))
    assert (now.busy, now.application) == (None, known)


ENDED = [ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED, ApplicationStatus.FAILED]


@pytest.mark.parametrize(
    ("step", "known", "late"),
    [(Step.INSTALL_PIN, ISSUED, ISSUING), *((Step.WITHDRAWN, application(status), PAYING) for status in ENDED)],
)
def test_an_answer_from_before_the_latest_news_takes_nothing_back(
    step: Step, known: Application, late: Application
) -> None:
    before = state(step, application=known)
    assert advance(before, e.ApplicationSeen(late, polled=True)) == (before, ())


def test_a_failure_of_what_is_under_way_is_told() -> None:
    saving, _ = advance(state(Step.FORM), e.FormSubmitted(FORM))
    now, commands = advance(saving, failed(Reason.DESK_TIMEOUT, "SaveApplication"))
    assert (now.busy, now.failure and now.failure.reason, commands) == (None, Reason.DESK_TIMEOUT, ())
    lost, _ = advance(
        state(Step.QR, application=PAYING, busy=Busy.QUERYING), failed(Reason.SESSION_ENDED, "WatchApplication")
    )
    assert lost.step is Step.SIGN_IN


def test_a_pin_goes_to_the_token_that_is_shown() -> None:
    """A copy of the token in its place has a PIN of its own."""
    from tests.harness.people import NOW, OLD, token
    from tui.core.secret import Pin
    from tui.core.token import Snapshot

    copy = e.TokensSeen(Snapshot((token(OLD, serial="S2"),)), NOW)
    asked, _ = advance(state(Step.REQUEST_PIN, application=DRAFT), copy)
    _, (command,) = advance(asked, e.PinEntered(Pin(b"123456")))
    assert isinstance(command, c.MakeRequest)
    assert (command.certificate.token_serial, command.certificate.fingerprint) == ("S2", OLD.fingerprint)
