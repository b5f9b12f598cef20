"""The start of an attempt: one number is started twice at most, by one kiosk at a time, and locks nobody out."""

import pytest

from tests.harness.desk.town import ACCOUNT, INVOICE, Person, Refusal, Town, shown, sweep
from tui.core.failure import Reason
from tui.core.order import Application, ApplicationStatus, AttemptState
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import Attempt, Ended, GatewayRefused, GatewayUnknown, TradeState
from tui.desk.renewals.paying import pay
from tui.deskclient.wire import PayRequest


def test_a_start_without_answer_is_asked_again_under_the_same_number(town: Town, person: Person, number: str) -> None:
    town.alipay.failure = GatewayUnknown("timeout")
    with pytest.raises(Refusal) as refused:
        person.pay(number)
    assert refused.value.reason == Reason.PAYMENT_PLATFORM_DOWN.value
    attempt_no, state = shown(person.see(number))
    assert state is AttemptState.UNKNOWN
    town.alipay.failure = None
    assert shown(person.pay(number)) == (attempt_no, AttemptState.QR_SHOWN)


def test_the_watch_starts_an_unknown_attempt_by_itself(town: Town, person: Person, number: str) -> None:
    town.alipay.failure = GatewayUnknown("timeout")
    with pytest.raises(Refusal):
        person.pay(number)
    town.alipay.failure = None
    sweep(town, seconds=3)
    attempt = person.see(number).attempt
    assert attempt is not None
    assert attempt.qr


def test_a_refused_start_is_closed_and_another_may_be_made(town: Town, person: Person, number: str) -> None:
    town.alipay.failure = GatewayRefused("ACQ.TOTAL_FEE_EXCEED", "")
    with pytest.raises(Refusal) as refused:
        person.pay(number)
    assert (refused.value.reason, refused.value.problem["detail"]) == ("payment_refused", "ACQ.TOTAL_FEE_EXCEED")
    town.alipay.failure = None
    assert shown(person.pay(number))[1] is AttemptState.QR_SHOWN


def test_a_code_that_was_never_shown_does_not_lock_out_the_other_method(
    town: Town, person: Person, number: str
) -> None:
    town.alipay.failure = GatewayUnknown("timeout")
    with pytest.raises(Refusal):
        person.pay(number)
    first, _ = shown(person.see(number))
    second, state = shown(person.pay(number, PaymentMethod.UNIONPAY))
    assert (second != first, state) == (True, AttemptState.QR_SHOWN)
    town.alipay.failure = None
    sweep(town, seconds=3)
    assert ("end", first) in town.alipay.asked


def test_a_number_is_started_twice_and_then_a_new_one_follows(town: Town, person: Person, number: str) -> None:
    town.alipay.failure = GatewayUnknown("timeout")
    for _ in range(2):
        with pytest.raises(Refusal):
            person.pay(number)
    first, _ = shown(person.see(number))
    town.alipay.failure = None
    second, state = shown(person.pay(number))
    assert (second != first, state) == (True, AttemptState.QR_SHOWN)
    assert [call for call in town.alipay.asked if call[0] == "start"] == [("start", n) for n in (first, first, second)]


def test_two_kiosks_start_one_attempt_once(town: Town, person: Person, number: str) -> None:
    others: list[Application] = []
    town.alipay.during = lambda _: others.append(person.pay(number))
    application = person.pay(number)
    assert shown(application)[1] is AttemptState.QR_SHOWN
    assert [shown(other) for other in others] == [(shown(application)[0], AttemptState.CREATED)]
    assert [call for call, _ in town.alipay.asked] == ["start"]


def test_a_start_whose_desk_died_is_taken_up_by_the_watch(town: Town, person: Person, number: str) -> None:
    class Died(BaseException):
        """The process has gone."""

    def die(_: Attempt) -> None:
        town.alipay.during = None
        raise Died

    town.alipay.during = die
    with pytest.raises(Died):
        pay(town.desk, ACCOUNT, number, PayRequest(PaymentMethod.ALIPAY, INVOICE))
    sweep(town, seconds=29)
    assert shown(person.see(number))[1] is AttemptState.CREATED
    sweep(town, seconds=1)
    assert shown(person.see(number))[1] is AttemptState.QR_SHOWN


def test_a_query_asks_every_open_attempt(town: Town, person: Person, number: str) -> None:
    person.pay(number, PaymentMethod.UNIONPAY)
    town.unionpay.ended = Ended.STILL_OPEN
    person.ask("POST", f"/applications/{number}/payments/end")
    person.pay(number)
    town.unionpay.failure = town.alipay.failure = GatewayUnknown("timeout")
    with pytest.raises(Refusal, match="payment_platform_down"):
        person.ask("POST", f"/applications/{number}/payments/query")
    town.alipay.failure, town.alipay.state = None, TradeState.PAID
    application = person.ask("POST", f"/applications/{number}/payments/query")
    assert application.status is ApplicationStatus.ISSUING
