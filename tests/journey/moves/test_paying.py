"""The turns of paying: codes shown elsewhere, asked about, renewed; polls that disturb nothing; withdrawal."""

from dataclasses import replace

import pytest

from tests.harness.journey.walk import (
    EMPTY,
    ENTERED,
    ISSUED,
    ISSUING,
    PAYING,
    failed,
)
from tests.harness.people import (
    ATTEMPT,
    INVOICE,
    NOW,
    OFFER,
    application,
    state,
)
from tui.core.failure import Failure, Reason
from tui.core.order import Application, ApplicationStatus, FeeLine, Offer, Order
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step


def test_a_code_that_was_shown_elsewhere_is_asked_about_before_it_is_shown_again() -> None:
    before = state(Step.CARD, offer=Offer(OFFER.terms, PAYING))
    asking, commands = advance(before, e.RenewalRequested())
    assert (asking.step, asking.busy, commands) == (Step.CARD, Busy.QUERYING, (c.QueryPayment("B1"),))
    assert advance(asking, e.RenewalRequested()) == (asking, ())
    assert advance(before, e.ApplicationSeen(PAYING)) == (before, ())
    for foreign in (e.ApplicationSeen(PAYING, polled=True), e.ApplicationSeen(replace(PAYING, business_no="B2"))):
        assert advance(asking, foreign) == (asking, ())
    installed = e.ApplicationSeen(application(ApplicationStatus.INSTALLED))
    assert advance(asking, installed)[0].failure == Failure(Reason.ALREADY_RENEWED)
    assert advance(before, failed(Reason.PAYMENT_PLATFORM_DOWN, "QueryPayment")) == (before, ())
    shown, watching = advance(asking, e.ApplicationSeen(PAYING))
    assert (shown.step, shown.busy, shown.failure, shown.method) == (Step.QR, None, None, ATTEMPT.method)
    assert c.WatchApplication("B1") in watching
    assert advance(asking, e.ApplicationSeen(ISSUING))[0].step is Step.ISSUING
    pulled, _ = advance(asking, EMPTY)
    paid, watching = advance(pulled, e.ApplicationSeen(ISSUING))
    assert (pulled.step, paid.step, watching) == (Step.TOKEN_AWAITED, Step.ISSUING, (c.WatchApplication("B1"),))
    unanswered, watching = advance(asking, failed(Reason.PAYMENT_PLATFORM_DOWN, "QueryPayment"))
    assert (unanswered.step, unanswered.application, unanswered.failure) == (Step.QR, PAYING, None)
    assert c.WatchApplication("B1") in watching
    assert advance(asking, failed(Reason.SESSION_ENDED, "QueryPayment"))[0].step is Step.SIGN_IN


def test_invoice_errors_stay_at_the_method() -> None:
    wrong = replace(INVOICE, tax_number="123")
    now, commands = advance(state(Step.METHOD, application=ENTERED), e.PaymentSubmitted(state(Step.QR).method, wrong))
    assert (now.step, commands) == (Step.METHOD, ())
    assert now.failure is not None
    assert now.failure.field_errors == (("tax_number", "tax_number_format"),)


def test_a_poll_does_not_disturb_an_order_under_way() -> None:
    ordering = state(Step.METHOD, application=ENTERED, busy=Busy.ORDERING)
    now, _ = advance(ordering, e.ApplicationSeen(ENTERED, polled=True))
    assert (now.step, now.busy) == (Step.METHOD, Busy.ORDERING)
    ending = state(Step.QR, application=PAYING, busy=Busy.ENDING_PAYMENT)
    assert advance(ending, e.ApplicationSeen(PAYING, polled=True))[0].busy is Busy.ENDING_PAYMENT
    assert advance(ending, e.ApplicationSeen(ENTERED))[0].step is Step.METHOD


def test_an_application_of_somebody_else_is_never_followed() -> None:
    before = state(Step.QR, application=PAYING)
    assert advance(before, e.ApplicationSeen(replace(ISSUED, business_no="B2"), polled=True)) == (before, ())


def test_asking_at_once_says_when_the_money_has_not_come() -> None:
    asking, commands = advance(state(Step.QR, application=PAYING), e.PaymentClaimed())
    assert (asking.busy, commands) == (Busy.QUERYING, (c.QueryPayment("B1"),))
    assert advance(asking, e.PaymentClaimed()) == (asking, ())
    now, _ = advance(asking, e.ApplicationSeen(PAYING))
    assert now.failure == Failure(Reason.NOT_PAID_YET)
    assert advance(asking, e.ApplicationSeen(ISSUING))[0].step is Step.ISSUING


def test_a_new_qr_code_is_one_new_order_at_most() -> None:
    now, commands = advance(state(Step.QR, application=PAYING), e.QrRenewed())
    assert commands == (c.Pay("B1", now.method, INVOICE),)
    assert advance(now, e.QrRenewed()) == (now, ())


def test_withdrawal_before_the_money() -> None:
    now, commands = advance(state(Step.ORDER, application=ENTERED), e.WithdrawalConfirmed())
    assert (now.busy, commands) == (Busy.WITHDRAWING, (c.Withdraw("B1"),))
    gone = application(ApplicationStatus.WITHDRAWN)
    assert advance(now, e.ApplicationSeen(gone))[0].step is Step.WITHDRAWN
    late, _ = advance(now, failed(Reason.APPLICATION_MOVED_ON, "Withdraw"))
    assert (late.step, late.busy) == (Step.ORDER, None)


@pytest.mark.parametrize("step", [Step.PAY_NOTICE, Step.ORDER, Step.CHANNEL, Step.QR, Step.ISSUING])
def test_paying_goes_on_without_the_token(step: Step) -> None:
    assert advance(state(step, application=PAYING), EMPTY)[0].step is step


LINE = FeeLine("证书服务费用", 20000, 1, 20000)
ORDER = Order("D1", NOW, (LINE,), 20000)
WRONG = [
    replace(PAYING, attempt=replace(ATTEMPT, amount_fen=20001)),
    replace(PAYING, order=replace(ORDER, total_fen=20001)),
    replace(PAYING, order=replace(ORDER, total_fen=20001), attempt=replace(ATTEMPT, amount_fen=20001)),
    replace(PAYING, order=replace(ORDER, lines=(replace(LINE, quantity=2),))),
    replace(PAYING, order=replace(ORDER, lines=(LINE, LINE))),
    replace(ENTERED, order=replace(ORDER, lines=())),
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_an_order_that_does_not_add_up_is_refused_before_its_code_is_shown(wrong: Application) -> None:
    ordering = state(Step.METHOD, application=ENTERED, busy=Busy.ORDERING)
    resuming = state(Step.CARD, offer=Offer(OFFER.terms, wrong), busy=Busy.QUERYING)
    showing = state(Step.QR, application=PAYING)
    for before, polled in ((ordering, False), (resuming, False), (showing, True)):
        refused, commands = advance(before, e.ApplicationSeen(wrong, polled=polled))
        assert (refused.step, refused.failure) == (Step.REFUSED, Failure(Reason.ORDER_MISMATCH))
        assert commands == (c.StopWatching(),)


def test_what_is_paid_is_not_refused_for_its_order() -> None:
    paid = replace(ISSUING, order=replace(ORDER, total_fen=1))
    assert advance(state(Step.QR, application=PAYING), e.ApplicationSeen(paid))[0].step is Step.ISSUING


def test_a_desk_that_answers_again_takes_its_failure_off_the_code() -> None:
    """It would stand there, and say that the desk is not reached, until the person asks once more."""
    lost = state(Step.QR, application=PAYING, failure=Failure(Reason.DESK_TIMEOUT))
    seen = e.ApplicationSeen(PAYING, polled=True)
    assert advance(lost, seen)[0].failure is None
    other = replace(lost, failure=Failure(Reason.NOT_PAID_YET))
    assert advance(other, seen)[0].failure == other.failure
