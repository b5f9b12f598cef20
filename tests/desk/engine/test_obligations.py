"""What is due, who may take it, and until when."""

from datetime import timedelta

from tests.harness.desk.slow_post import SlowPost, write_messages
from tests.harness.desk.town import Person, Town, claimed, shown
from tui.desk.engine.obligations import Obligation, bring_forward, next_due, put_off
from tui.desk.payments.polling import follow
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import AttemptRecord, MessageRecord


def test_what_a_dead_desk_had_is_taken_over_when_its_lease_is_over(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    kind = SlowPost().kind
    assert claimed(town.desk, kind) == ["M0"]  # and then it died
    town.later(seconds=59)
    assert claimed(town.desk, kind) == []
    town.later(seconds=1)
    assert claimed(town.desk, kind) == ["M0"]


def test_a_decision_made_before_a_failure_stands(town: Town, number: str) -> None:
    write_messages(town, number, 1)
    kind, now = SlowPost().kind, town.clock.now
    assert claimed(town.desk, kind) == ["M0"]
    with writing(town.desk.engine) as db:
        db.unit.get_one(MessageRecord, "M0").next_try_at = None
    assert put_off(town.desk.engine, kind, ["M0"], [now + timedelta(minutes=1)], now) == set()
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(MessageRecord, "M0").next_try_at is None


def test_what_was_put_off_while_the_clock_ran_ahead_is_due(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    kind, now = Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow), town.clock.now
    assert claimed(town.desk, kind) == []
    with writing(town.desk.engine) as db:
        db.unit.get_one(AttemptRecord, attempt_no).next_query_at = now + timedelta(days=365)
    assert next_due(town.desk.engine, (kind,), now) == [now]
    assert claimed(town.desk, kind) == [attempt_no]


def test_what_would_be_due_later_than_the_time_that_was_put_back_stays_put_off(town: Town, number: str) -> None:
    write_messages(town, number, 4)
    now, kind = town.clock.now, SlowPost().kind
    dues = {"M0": None, "M1": now - timedelta(1), "M2": now + timedelta(hours=1), "M3": now + timedelta(hours=1.1)}
    with writing(town.desk.engine) as db:
        for message_id, due in dues.items():
            db.unit.get_one(MessageRecord, message_id).next_try_at = due
    bring_forward(town.desk.engine, kind, now, now + timedelta(hours=1))
    with reading(town.desk.engine) as db:
        found = {message_id: db.unit.get_one(MessageRecord, message_id).next_try_at for message_id in dues}
    assert found == dues | {"M2": now}
