"""Money: every way an attempt can go ends in paid once, or returned."""

import pytest

from tests.harness.desk.town import INVOICE, Person, Refusal, Town, do_due, paid, shown, sweep
from tui.core.failure import Reason
from tui.core.form.fields import InvoiceForm
from tui.core.order import Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.apply import apply_outcome
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Attempt,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    Outcome,
    PaymentGatewayError,
    TradeState,
)
from tui.desk.payments.polling import follow
from tui.desk.renewals.lapse import lapse
from tui.desk.storage.database import reading
from tui.desk.storage.records import AttemptRecord


def query(person: Person, number: str) -> Application:
    return person.ask("POST", f"/applications/{number}/payments/query")


def end(person: Person, number: str) -> Application:
    return person.ask("POST", f"/applications/{number}/payments/end")


def test_the_attempt_is_written_before_the_platform_is_asked(town: Town, person: Person, number: str) -> None:
    seen: list[AttemptRecord] = []

    def look(attempt: Attempt) -> None:
        with reading(town.desk.engine) as db:
            seen.append(db.unit.get_one(AttemptRecord, attempt.number))

    town.alipay.during = look
    person.pay(number)
    assert [(record.state, record.amount_fen) for record in seen] == [(AttemptState.CREATED, 20000)]
    assert seen[0].attempt_no.isalnum()
    assert len(f"RF{seen[0].attempt_no}") <= 32


def test_a_notice_before_the_answer_of_the_start(town: Town, person: Person, number: str) -> None:
    town.alipay.during = lambda attempt: apply_outcome(town.desk, attempt.number, paid(town, attempt.number))
    application = person.pay(number)
    assert shown(application)[1] is AttemptState.PAID
    assert application.status is ApplicationStatus.ISSUING


def test_the_open_attempt_is_returned_with_the_invoice_as_now_given(town: Town, person: Person, number: str) -> None:
    first = shown(person.pay(number))
    other = InvoiceForm(INVOICE.tax_number, "另一家公司")
    again = person.pay(number, invoice=other)
    assert shown(again) == first
    assert again.invoice == other
    assert [call for call, _ in town.alipay.asked] == ["start"]


def test_another_method_waits_for_the_end_of_the_first(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    with pytest.raises(Refusal) as refused:
        person.pay(number, PaymentMethod.UNIONPAY)
    assert refused.value.reason == Reason.PAYMENT_PENDING.value
    assert shown(end(person, number))[1] is AttemptState.CLOSED
    assert person.see(number).payment_status is PaymentStatus.UNPAID
    assert shown(person.pay(number, PaymentMethod.UNIONPAY))[1] is AttemptState.QR_SHOWN


def test_the_second_messenger_changes_nothing(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    after = person.see(number)
    for outcome in (
        paid(town, attempt_no),
        Outcome(TradeState.CLOSED),
        Outcome(TradeState.SCANNED),
        paid(town, attempt_no, 1),
    ):
        apply_outcome(town.desk, attempt_no, outcome)
    assert person.see(number) == after


def test_scanned_is_shown_and_polled(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    town.alipay.state = TradeState.SCANNED
    sweep(town, seconds=3)
    assert shown(person.see(number))[1] is AttemptState.SCANNED
    town.alipay.state = TradeState.PAID
    sweep(town, seconds=3)
    assert person.see(number).status is ApplicationStatus.ISSUING


def test_unknown_never_becomes_failed(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    for failure in (GatewayUnknown("timeout"), AnswerNotGenuine("forged"), GatewayRefused("X", "y")):
        town.alipay.failure = failure
        sweep(town, seconds=5)
        assert shown(person.see(number))[1] is AttemptState.QR_SHOWN
    town.alipay.failure = None
    town.alipay.state = TradeState.UNKNOWN
    sweep(town, seconds=5)
    assert shown(person.see(number))[1] is AttemptState.QR_SHOWN


def test_an_expired_code_is_ended_and_a_new_one_follows(town: Town, person: Person, number: str) -> None:
    first, _ = shown(person.pay(number))
    town.later(seconds=301)
    second, state = shown(person.pay(number))
    assert second != first
    assert state is AttemptState.QR_SHOWN
    assert ("end", first) in town.alipay.asked


def test_the_watch_ends_an_expired_code(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    sweep(town, seconds=301)
    assert shown(person.see(number))[1] is AttemptState.CLOSED


@pytest.mark.parametrize(("back", "state"), [(30, AttemptState.QR_SHOWN), (3600, AttemptState.CLOSED)])
def test_a_code_of_a_clock_that_ran_ahead_is_ended_before_that_time_comes_again(
    town: Town, person: Person, number: str, back: int, state: AttemptState
) -> None:
    attempt_no, _ = shown(person.pay(number))
    town.later(seconds=-back)
    follow(town.desk, attempt_no)
    assert shown(person.see(number))[1] is state


def test_a_code_of_a_platform_that_is_no_longer_set_up_waits_for_it(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = before = shown(person.pay(number))
    with monkeypatch.context() as without:
        without.delitem(town.desk.gateways, PaymentMethod.ALIPAY)
        follow(town.desk, attempt_no)
        assert f"{attempt_no} waits: alipay is not set up" in caplog.text
        assert shown(query(person, number)) == before
        assert shown(end(person, number)) == before
        with pytest.raises(Refusal) as refused:
            person.pay(number, PaymentMethod.UNIONPAY)
        assert refused.value.reason == Reason.PAYMENT_PENDING.value
    town.alipay.state = TradeState.PAID
    assert shown(query(person, number)) == (attempt_no, AttemptState.PAID)


def test_paid_at_the_last_query_is_accepted(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    town.alipay.state = TradeState.PAID
    application = end(person, number)
    assert application.status is ApplicationStatus.ISSUING
    with pytest.raises(Refusal) as refused:
        person.ask("POST", f"/applications/{number}/withdrawal")
    assert refused.value.reason == Reason.ALREADY_PAID.value


@pytest.mark.parametrize("failure", [GatewayMisconfigured("isv.invalid-signature", "x"), AnswerNotGenuine("forged")])
def test_what_no_later_call_can_settle_is_an_alarm_and_never_unpaid(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture, failure: PaymentGatewayError
) -> None:
    person.pay(number)
    town.alipay.failure = failure
    with pytest.raises(Refusal) as refused:
        query(person, number)
    assert refused.value.reason == Reason.PAYMENT_PLATFORM_DOWN.value
    end(person, number)
    sweep(town, minutes=30)
    assert person.see(number).payment_status is not PaymentStatus.PAID
    said = {record.levelname for record in caplog.records if record.name.startswith("tui.desk")}
    assert said == {"ERROR"}
    assert shown(person.see(number))[1] is AttemptState.CLOSING


def test_another_amount_freezes_the_bill_and_is_never_credited(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = shown(person.pay(number))
    town.alipay.state, town.alipay.paid_fen = TradeState.PAID, 1
    application = query(person, number)
    assert (application.status, application.payment_status) == (ApplicationStatus.ENTERED, PaymentStatus.FROZEN)
    assert [record.levelname for record in caplog.records if "another amount" in record.getMessage()] == ["CRITICAL"]
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))  # the right amount, told afterwards, decides nothing
    sweep(town, hours=30)
    frozen = person.sign_in().see(number)
    assert (frozen.payment_status, frozen.refunds) == (PaymentStatus.FROZEN, ())
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(AttemptRecord, attempt_no).paid_fen == 1
    with pytest.raises(Refusal, match="payment_frozen"):
        person.pay(number)
    with pytest.raises(Refusal, match="payment_frozen"):
        person.ask("POST", f"/applications/{number}/withdrawal")


def test_a_closed_code_is_asked_about_once_more_after_its_end(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    end(person, number)
    town.alipay.failure = GatewayUnknown("timeout")
    sweep(town, seconds=376)
    town.alipay.failure, town.alipay.state = None, TradeState.PAID
    sweep(town, seconds=61)
    assert town.alipay.asked[-1] == ("query", attempt_no)
    assert person.see(number).status is ApplicationStatus.ISSUING
    town.alipay.asked.clear()
    sweep(town, days=2)
    assert town.alipay.asked == []


def test_paid_claimed_for_a_code_that_was_closed(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    end(person, number)
    town.alipay.state = TradeState.PAID
    assert query(person, number).status is ApplicationStatus.ISSUING


def test_what_the_platform_never_decides_is_left_to_a_person(town: Town, person: Person, number: str) -> None:
    person.pay(number, PaymentMethod.UNIONPAY)
    town.unionpay.state, town.unionpay.ended = TradeState.UNKNOWN, Ended.STILL_OPEN
    sweep(town, seconds=301)
    sweep(town, hours=23)
    assert shown(person.sign_in().see(number))[1] is AttemptState.CLOSING
    sweep(town, hours=2)
    assert shown(person.sign_in().see(number))[1] is AttemptState.FROZEN
    with pytest.raises(Refusal, match="payment_frozen"):
        person.pay(number)
    with pytest.raises(Refusal, match="payment_frozen"):
        person.ask("POST", f"/applications/{number}/withdrawal")


def test_a_scanned_code_that_cannot_be_cancelled_is_left_to_a_person(town: Town, person: Person, number: str) -> None:
    def refuse() -> None:
        raise GatewayRefused("ACQ.REASON_TRADE_STATUS_INVALID", "")

    person.pay(number)
    town.alipay.state, town.alipay.on_end = TradeState.SCANNED, refuse
    sweep(town, seconds=301)
    sweep(town, hours=25)
    assert shown(person.sign_in().see(number))[1] is AttemptState.FROZEN


def test_an_application_lapses_and_money_after_it_goes_back(town: Town) -> None:
    person = town.person(days_left=0.01)
    number = person.entered().business_no
    attempt_no, _ = shown(person.pay(number, PaymentMethod.UNIONPAY))
    sweep(town, days=1)
    lapse(town.desk, town.clock.now)
    person.sign_in()
    assert person.see(number).status is ApplicationStatus.LAPSED
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    assert [refund.cause for refund in person.see(number).refunds] == ["paid_late"]


def test_money_paid_in_time_and_told_late_is_credited(town: Town) -> None:
    person = town.person(days_left=0.01)
    number = person.entered().business_no
    attempt_no, _ = shown(person.pay(number))
    in_time = paid(town, attempt_no)
    town.later(days=1)
    lapse(town.desk, town.clock.now)
    apply_outcome(town.desk, attempt_no, in_time)
    assert person.sign_in().see(number).status is ApplicationStatus.ISSUING


@pytest.mark.parametrize("word", [TradeState.SCANNED, TradeState.UNKNOWN])
def test_a_closed_code_that_is_not_over_is_ended_anew(
    town: Town, person: Person, number: str, word: TradeState
) -> None:
    attempt_no, _ = shown(person.pay(number))
    assert shown(end(person, number))[1] is AttemptState.CLOSED
    town.alipay.state, town.alipay.ended = word, Ended.UNKNOWN
    town.later(minutes=8)
    do_due(town.desk)  # the last question
    assert shown(person.see(number))[1] is AttemptState.CLOSING
    town.alipay.state, town.alipay.paid_fen, town.alipay.ended = TradeState.PAID, 20000, Ended.PAID
    town.later(minutes=1)
    do_due(town.desk)
    assert shown(person.see(number)) == (attempt_no, AttemptState.PAID)
