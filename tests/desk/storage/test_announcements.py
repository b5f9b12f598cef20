"""What anybody sees of an application is told when it is committed; what nobody sees, and what is undone, never."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.harness.desk.town import Person, Town, shown
from tui.core.order import InvoiceStatus
from tui.desk.storage.announcements import Announcements, announce
from tui.desk.storage.database import writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord


@pytest.fixture
def told(town: Town, number: str) -> Iterator[list[str]]:
    """What was told so far, once there is an application."""
    told = list[str]()
    announcements = Announcements(town.desk.engine, told.append)
    announcements.listen()
    yield told
    announcements.stop()


def test_what_is_committed_is_told_once(town: Town, number: str, told: list[str]) -> None:
    with writing(town.desk.engine) as db:
        record = db.unit.get_one(ApplicationRecord, number)
        record.invoice_status = InvoiceStatus.PENDING
        db.flush()
        record.certificate = b"0"
        db.flush()
        announce(db, number)
        assert told == []
    assert told == [number]


def test_a_new_code_is_told_and_a_new_application_is_not(
    town: Town, person: Person, number: str, told: list[str]
) -> None:
    town.person().save()
    assert told == []
    person.pay(number)
    assert set(told) == {number}


def test_what_is_rolled_back_is_not_told(town: Town, number: str, told: list[str]) -> None:
    with suppress(ZeroDivisionError), writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, number).invoice_status = InvoiceStatus.PENDING
        db.flush()
        raise ZeroDivisionError
    assert told == []


def test_what_nobody_sees_is_not_told(town: Town, person: Person, number: str, told: list[str]) -> None:
    attempt_no, _ = shown(person.pay(number))
    told.clear()
    with writing(town.desk.engine) as db:
        record, attempt = db.unit.get_one(ApplicationRecord, number), db.unit.get_one(AttemptRecord, attempt_no)
        record.ca_asked, attempt.next_query_at, attempt.queries = True, town.clock.now, 7
        record.invoice_status = record.invoice_status  # written, and the same
    assert told == []
