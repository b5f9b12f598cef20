"""The one place that writes money: what an event costs, what it leaves alone, and what follows once it is committed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import NoResultFound

from tests.desk.payments.test_attempts import end
from tests.harness.desk.town import Person, Town, do_due, paid, shown
from tui.core.order import ApplicationStatus, AttemptState, Method, PaymentStatus
from tui.desk.payments.apply import apply, apply_outcome, locked
from tui.desk.payments.gateway import Ended
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.refusals import Refusal


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """What the block asks the database, without its words."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        words = statement.split()
        asked.append(words[0] if words[0] == "SELECT" else " ".join(words[:2]))

    event.listen(town.desk.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(town.desk.engine, "before_cursor_execute", note)


def test_an_event_reads_a_bill_in_two_statements_and_writes_what_changed(
    town: Town, person: Person, number: str
) -> None:
    attempt_no, _ = shown(person.pay(number))
    money = paid(town, attempt_no)
    with statements(town) as asked:
        apply_outcome(town.desk, attempt_no, money)
    assert [word for word in asked if word != "BEGIN IMMEDIATE"] == [
        "SELECT",
        "SELECT",
        "UPDATE applications",
        "UPDATE attempts",
    ]
    with statements(town) as asked:
        apply_outcome(town.desk, attempt_no, money)  # the second messenger
    assert [word for word in asked if word != "BEGIN IMMEDIATE"] == ["SELECT", "SELECT"]


def test_a_paid_bill_takes_down_its_other_code_at_once(town: Town, person: Person, number: str) -> None:
    first, _ = shown(person.pay(number, Method.UNIONPAY))
    town.unionpay.ended = Ended.STILL_OPEN
    end(person, number)
    second, _ = shown(person.pay(number))
    apply_outcome(town.desk, first, paid(town, first))
    assert shown(person.see(number)) == (second, AttemptState.CLOSING)
    do_due(town.desk)  # no time has passed
    assert ("end", second) in town.alipay.asked
    application = person.see(number)
    assert (shown(application)[1], application.payment_status) == (AttemptState.CLOSED, PaymentStatus.PAID)


def test_what_fails_in_between_leaves_the_bill_as_it_was(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    before = person.see(number)

    def credit_and_fail() -> None:
        with locked(town.desk, number) as bill:
            bill.apply(e.TradePaid(attempt_no, 20000))
            assert bill.application.status is ApplicationStatus.ISSUING
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        credit_and_fail()
    assert person.see(number) == before


def test_events_of_nobody_are_refused(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    assert apply(town.desk, e.RefundDone(attempt_no)) is Refusal.NO_REFUND
    with pytest.raises(NoResultFound):
        apply(town.desk, e.GaveUp("ZF0"))
    with locked(town.desk, number) as bill:
        assert bill.apply(e.GaveUp("ZF0")) is Refusal.NO_ATTEMPT
