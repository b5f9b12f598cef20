"""Money on its way back: what the platform gave back by itself, what came too much or too late, and its numbers."""

import pytest
from sqlalchemy import text

from tests.desk.payments.test_attempts import end
from tests.harness.desk.town import Person, Town, paid, shown, sweep
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.apply import apply_outcome
from tui.desk.payments.gateway import (
    Ended,
    Outcome,
    RefundState,
    TradeState,
)
from tui.desk.progress import Progress
from tui.desk.renewals.issuing import issue
from tui.desk.storage.database import writing
from tui.desk.storage.records import ApplicationRecord


def test_paid_while_it_was_cancelled_is_shown_as_returned(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    town.alipay.ended = Ended.PAID_REFUNDED
    application = end(person, number)
    assert [(refund.amount_fen, refund.done) for refund in application.refunds] == [(20000, True)]
    assert application.status is ApplicationStatus.ENTERED
    town.alipay.ended = Ended.CLOSED
    assert shown(person.pay(number))[1] is AttemptState.QR_SHOWN


def test_credited_while_it_was_cancelled_is_unpaid_again(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    town.alipay.ended = Ended.PAID_REFUNDED
    town.alipay.on_end = lambda: apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    application = end(person, number)
    assert (application.status, application.payment_status) == (ApplicationStatus.ENTERED, PaymentStatus.REFUNDED)
    assert [refund.done for refund in application.refunds] == [True]
    assert issue(town.desk, number) is Progress.OVER


def test_taken_back_after_the_issue_is_left_to_a_person(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))

    def credit_and_issue() -> None:
        apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
        issue(town.desk, number)

    town.alipay.ended, town.alipay.on_end = Ended.PAID_REFUNDED, credit_and_issue
    application = end(person, number)
    assert (application.status, application.payment_status) == (ApplicationStatus.ISSUED, PaymentStatus.FROZEN)


def test_unionpay_waits_in_closing_and_surplus_goes_back(town: Town, person: Person, number: str) -> None:
    first, _ = shown(person.pay(number, PaymentMethod.UNIONPAY))
    town.unionpay.ended = Ended.STILL_OPEN
    assert shown(end(person, number))[1] is AttemptState.CLOSING
    second, _ = shown(person.pay(number))
    apply_outcome(town.desk, second, paid(town, second))
    apply_outcome(town.desk, first, paid(town, first))
    application = person.see(number)
    assert application.payment_status is PaymentStatus.PAID
    assert [(refund.cause, refund.done) for refund in application.refunds] == [("paid_twice", False)]
    sweep(town)
    assert [refund.done for refund in person.see(number).refunds] == [True]
    assert town.unionpay.asked[-1] == ("refund", f"RF{first}")
    assert person.see(number).payment_status is PaymentStatus.PAID


def test_money_on_its_way_back_waits_for_a_platform_that_is_no_longer_set_up(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = shown(person.pay(number, PaymentMethod.UNIONPAY))
    town.unionpay.ended = Ended.STILL_OPEN
    end(person, number)
    second, _ = shown(person.pay(number))
    for attempt_no in (second, first):
        apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    with monkeypatch.context() as without:
        without.delitem(town.desk.gateways, PaymentMethod.UNIONPAY)
        sweep(town)
        assert f"refund RF{first} waits: unionpay is not set up" in caplog.text
        assert [refund.done for refund in person.see(number).refunds] == [False]
    sweep(town, minutes=10)
    assert [refund.done for refund in person.see(number).refunds] == [True]


def test_a_late_payment_of_an_unpaid_bill_pays_it(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    end(person, number)
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    assert person.see(number).status is ApplicationStatus.ISSUING


def test_paid_after_the_withdrawal_goes_back(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number, PaymentMethod.UNIONPAY))
    town.unionpay.ended = Ended.STILL_OPEN
    person.ask("POST", f"/applications/{number}/withdrawal")
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    assert [(refund.cause, refund.done) for refund in person.see(number).refunds] == [("withdrawn", False)]
    sweep(town)
    application = person.see(number)
    assert (application.status, application.payment_status) == (ApplicationStatus.WITHDRAWN, PaymentStatus.REFUNDED)


def test_a_refund_that_is_pending_is_asked_for_and_never_sent_under_another_number(
    town: Town, person: Person, number: str
) -> None:
    attempt_no, _ = shown(person.pay(number))
    person.ask("POST", f"/applications/{number}/withdrawal")
    town.alipay.refund_state = RefundState.PENDING
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    sweep(town)
    sweep(town, seconds=10)
    town.alipay.refund_state = RefundState.ABSENT
    sweep(town, seconds=20)
    town.alipay.refund_state = RefundState.DONE
    sweep(town, seconds=40)
    calls = [call for call in town.alipay.asked if "refund" in call[0]]
    assert calls == [
        (name, f"RF{attempt_no}") for name in ("refund", "query_refund", "query_refund", "refund", "query_refund")
    ]
    assert person.see(number).payment_status is PaymentStatus.REFUNDED


def test_a_refund_of_another_versions_cause_is_sent_and_shown(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    person.ask("POST", f"/applications/{number}/withdrawal")
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    with town.desk.engine.begin() as connection:
        connection.execute(text("UPDATE refunds SET cause = 'another_cause'"))
    assert [(refund.cause, refund.done) for refund in person.see(number).refunds] == [("another_cause", False)]
    sweep(town)
    assert [(refund.cause, refund.done) for refund in person.see(number).refunds] == [("another_cause", True)]


def test_a_refund_gets_another_number_only_when_its_own_has_failed_for_good(
    town: Town, person: Person, number: str
) -> None:
    attempt_no, _ = shown(person.pay(number))
    person.ask("POST", f"/applications/{number}/withdrawal")
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    first, second = f"RF{attempt_no}", f"RF{attempt_no}02"
    for state, hours in (
        (RefundState.PENDING, 0),
        (RefundState.REFUSED, 1),
        (RefundState.FAILED, 1),
        (RefundState.DONE, 2),
    ):
        town.alipay.refund_state = state
        sweep(town, hours=hours)
    asked = [call for call in town.alipay.asked if "refund" in call[0]]
    assert asked == [
        ("refund", first),
        ("query_refund", first),
        ("query_refund", first),
        ("refund", second),
        ("query_refund", second),
    ]
    (refund,) = person.sign_in().see(number).refunds
    assert (refund.done, refund.amount_fen) == (True, 20000)


@pytest.mark.parametrize("status", [PaymentStatus.REFUNDING, PaymentStatus.REFUNDED])
def test_after_a_refund_the_application_may_be_withdrawn(
    town: Town, person: Person, number: str, status: PaymentStatus
) -> None:
    person.pay(number)
    town.alipay.ended = Ended.PAID_REFUNDED
    end(person, number)
    assert person.see(number).payment_status is PaymentStatus.REFUNDED
    if status is PaymentStatus.REFUNDING:
        with writing(town.desk.engine) as db:
            db.unit.get_one(ApplicationRecord, number).payment_status = status
    assert person.ask("POST", f"/applications/{number}/withdrawal").status is ApplicationStatus.WITHDRAWN


def test_what_was_given_back_by_the_platform_is_shown_also_when_only_a_query_tells(
    town: Town, person: Person, number: str
) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, Outcome(TradeState.CLOSED, 20000, "T1", town.clock.now))
    application = person.see(number)
    assert (shown(application)[1], application.payment_status) == (AttemptState.REFUNDED, PaymentStatus.REFUNDED)
    assert [(refund.amount_fen, refund.done) for refund in application.refunds] == [(20000, True)]
