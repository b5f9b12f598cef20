"""Rows beside the unit of work: they pass for their records, what was changed of them is written, and told."""

from contextlib import suppress

import pytest
from sqlalchemy import delete, event
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from tests.harness.desk.town import Person, Town
from tui.core.order import ApplicationStatus, InvoiceStatus
from tui.desk.engine.commits import Commits
from tui.desk.engine.obligations import OBLIGATIONS, Due
from tui.desk.renewals.half_filled import HalfFilledRecord
from tui.desk.storage.announcements import Announcements
from tui.desk.storage.database import reading, writing
from tui.desk.storage.evidence import KeyRecord
from tui.desk.storage.records import AT_ONCE, ApplicationRecord
from tui.desk.storage.rows import load, new, save, seek
from tui.desk.storage.statements import tell

CERTIFICATES = next(kind for kind in OBLIGATIONS if kind.number.class_ is ApplicationRecord)


def test_a_row_tells_what_its_record_does(town: Town, number: str) -> None:
    with reading(town.desk.engine) as db:
        row, record = load(db.connection(), ApplicationRecord, number), db.unit.get_one(ApplicationRecord, number)
        names = [column.key for column in ApplicationRecord.__table__.columns]
        assert [getattr(row, name) for name in names] == [getattr(record, name) for name in names]
        assert row.typed_form() == record.typed_form()
        assert seek(db.connection(), ApplicationRecord, "nobody") is None
        with pytest.raises(NoResultFound):
            load(db.connection(), ApplicationRecord, "nobody")


def test_only_what_was_changed_is_written_and_what_is_sealed_opens_again(town: Town, number: str) -> None:
    written = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE"):
            written.append(statement.partition(" WHERE")[0])

    event.listen(town.desk.engine, "before_cursor_execute", note)
    with writing(town.desk.engine) as db:
        row = load(db.connection(), ApplicationRecord, number, lock=True)
        row.invoice, row.invoice_status, row.fee_fen = b"{}", InvoiceStatus.PENDING, row.fee_fen
        save(db, row)
        save(db, row)
    assert written == ["UPDATE applications SET invoice=?, invoice_status=?"]
    with reading(town.desk.engine) as db:
        kept = db.unit.get_one(ApplicationRecord, number)
        assert (kept.invoice, kept.invoice_status) == (b"{}", InvoiceStatus.PENDING)


def test_what_was_written_is_told_once_it_is_committed(town: Town, person: Person, number: str) -> None:
    seen, dues = list[str](), list[Due]()
    announcements = Announcements(town.desk.engine, seen.append)
    commits = Commits(town.desk.engine, (CERTIFICATES,), dues.append)
    announcements.listen()
    commits.listen()

    def become(status: ApplicationStatus) -> None:
        with writing(town.desk.engine) as db:
            row = load(db.connection(), ApplicationRecord, number)
            row.become(status)
            save(db, row)
            assert (seen, dues) == ([], [])
            if status is ApplicationStatus.WITHDRAWN:
                raise ZeroDivisionError

    try:
        with suppress(ZeroDivisionError):
            become(ApplicationStatus.WITHDRAWN)
        assert (seen, dues) == ([], [])
        become(ApplicationStatus.ISSUING)
        assert (seen, dues) == ([number], [Due(CERTIFICATES, number, AT_ONCE)])
    finally:
        announcements.stop()
        commits.stop()


def test_a_refusal_is_sqlalchemys_and_says_no_values(town: Town) -> None:
    with writing(town.desk.engine) as db:
        save(db, new(KeyRecord, spki="a-secret-of-mine"))
        with pytest.raises(IntegrityError) as refused:
            save(db, new(KeyRecord, spki="a-secret-of-mine"))
    assert "a-secret-of-mine" not in str(refused.value)


def test_a_row_that_somebody_deleted_is_not_written(town: Town) -> None:
    with writing(town.desk.engine) as db:
        row = new(KeyRecord, spki="k")
        save(db, row)
        assert tell(db.connection(), delete(KeyRecord).where(KeyRecord.spki == "k")) == 1
        row.business_no = "YW"
        with pytest.raises(StaleDataError):
            save(db, row)


def test_a_new_row_has_no_other_columns_than_its_table() -> None:
    with pytest.raises(TypeError, match="bogus"):
        new(KeyRecord, spki="k", bogus="")


@pytest.mark.parametrize("name", ["fingerprint", "account"], ids=["the key", "what sealed bytes are bound to"])
def test_what_finds_a_row_or_opens_what_is_sealed_in_it_stays(town: Town, name: str) -> None:
    now = town.desk.clock()
    with writing(town.desk.engine) as db:
        row = new(HalfFilledRecord, fingerprint="f", account="supplier", form=b"{}", saved_at=now)
        save(db, row)
        setattr(row, name, "another")
        with pytest.raises(TypeError, match=f"half_filled_forms: never changed: \\['{name}'\\]"):
            save(db, row)
    with reading(town.desk.engine) as db:
        kept = load(db.connection(), HalfFilledRecord, "f")
        assert (kept.account, kept.form) == ("supplier", b"{}")
