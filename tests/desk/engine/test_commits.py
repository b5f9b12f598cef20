"""What a transaction of this process leaves to be done is told when it is committed, and not before."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.harness.desk.slow_post import SlowPost, message, write_messages
from tests.harness.desk.town import Town
from tui.desk.engine.commits import Commits
from tui.desk.engine.obligations import Due, Obligation
from tui.desk.storage.database import writing
from tui.desk.storage.inserts import change
from tui.desk.storage.records import AT_ONCE, MessageRecord
from tui.desk.storage.rows import load, save

KIND: Obligation = SlowPost().kind


@pytest.fixture
def told(town: Town) -> Iterator[list[Due]]:
    """What was told so far."""
    told = list[Due]()
    commits = Commits(town.desk.engine, (KIND,), told.append)
    commits.listen()
    yield told
    commits.stop()


def test_what_is_rolled_back_is_not_told(town: Town, number: str, told: list[Due]) -> None:
    with suppress(ZeroDivisionError), writing(town.desk.engine) as db:
        db.unit.add(message(town, number, 0))
        db.flush()
        raise ZeroDivisionError
    assert told == []


def test_a_new_due_time_and_the_end_of_one_are_told_and_nothing_else(town: Town, number: str, told: list[Due]) -> None:
    with writing(town.desk.engine) as db:
        db.unit.add(message(town, number, 0))
        db.flush()
        assert told == []
    assert told == [Due(KIND, "M0", town.clock.now)]
    told.clear()
    with writing(town.desk.engine) as db:
        db.unit.get_one(MessageRecord, "M0").tries = 1
    assert told == []
    with writing(town.desk.engine) as db:
        db.unit.get_one(MessageRecord, "M0").next_try_at = None
    assert told == [Due(KIND, "M0", None)]


def test_the_end_of_a_savepoint_is_no_commit(town: Town, number: str, told: list[Due]) -> None:
    with writing(town.desk.engine) as db:
        with db.unit.begin_nested():
            db.unit.add(message(town, number, 0))
        assert told == []
    assert told == [Due(KIND, "M0", town.clock.now)]


def test_a_statement_over_several_rows_is_told_as_due(town: Town, number: str, told: list[Due]) -> None:
    write_messages(town, number, 2)
    told.clear()
    with writing(town.desk.engine) as db:
        change(db, MessageRecord, update(MessageRecord).values(next_try_at=town.clock.now))
    assert told == [Due(KIND, "", AT_ONCE)]


def test_of_two_times_of_one_row_the_last_is_told_last_whoever_wrote_it(
    town: Town, number: str, told: list[Due]
) -> None:
    """By a row, by the unit of work, by a row again."""
    write_messages(town, number, 1)
    told.clear()
    later = [town.clock.now + timedelta(hours=hours) for hours in (1, 2, 3)]
    with writing(town.desk.engine) as db:
        row = load(db.connection(), MessageRecord, "M0")
        row.next_try_at = later[0]
        save(db, row)
        record = db.unit.get_one(MessageRecord, "M0")
        record.next_try_at = later[1]
        db.flush()
        row.next_try_at = later[2]
        save(db, row)
    assert [due.at for due in told] == later


def test_what_one_transaction_told_the_next_does_not(town: Town, number: str, told: list[Due]) -> None:
    write_messages(town, number, 1)
    with writing(town.desk.engine) as db:
        row = load(db.connection(), MessageRecord, "M0")
        row.next_try_at = None
        save(db, row)
    told.clear()
    with writing(town.desk.engine) as db:
        row.tries += 1
        save(db, row)
    assert told == []
