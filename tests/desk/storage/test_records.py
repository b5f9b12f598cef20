"""The database: sealed personal data, one live application, migrations that fit the records."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.exceptions import InvalidTag
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, StatementError

from tests.harness.desk.town import FORM, INVOICE, PASSWORD, Town
from tui.core.order import AttemptState
from tui.desk.storage import schema
from tui.desk.storage.database import open_database, reading, writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, Record
from tui.desk.storage.schema import NEWEST_REVISION, migrate
from tui.desk.storage.sealed import Sealed, place


def test_personal_data_cannot_be_read_in_the_file(town: Town) -> None:
    issued = town.issued(town.person())
    assert issued.form == FORM
    with sqlite3.connect(town.folder / "desk.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    stored = b"".join(path.read_bytes() for path in town.folder.glob("desk.db*"))
    secrets = (
        FORM.id_number, FORM.agent_mobile, FORM.agent_email, FORM.recipient_name, FORM.recipient_mobile,
        FORM.recipient_address, INVOICE.title, INVOICE.tax_number, PASSWORD,
    )  # fmt: skip
    assert issued.business_no.encode() in stored
    assert [text for text in secrets if text.encode() in stored] == []


def test_another_key_opens_nothing(town: Town) -> None:
    number = town.person().save().business_no
    other = open_database(town.desk.settings.database, bytes(32))
    with pytest.raises(InvalidTag), reading(other) as db:
        db.unit.get(ApplicationRecord, number)
    other.dispose()


def sealed_columns() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in Record.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def test_every_sealed_column_is_named_after_its_place() -> None:
    for table, column in sealed_columns():
        kind = Record.metadata.tables[table].columns[column].type
        assert isinstance(kind, Sealed)
        assert kind.column == f"{table}.{column}"


def test_the_place_of_what_is_sealed_is_written_as_it_always_was() -> None:
    written = place("answers.answer", ("票\u007f\u2028", '"\\/\x00\x1f\n'))
    assert written == '["answers.answer","票\x7f\u2028","\\"\\\\/\\u0000\\u001f\\n"]'.encode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications SET form = (SELECT form FROM applications a WHERE a.business_no != :no) "
        "WHERE business_no = :no",
        "UPDATE applications SET form = statement WHERE business_no = :no",
        "UPDATE applications SET statement = (SELECT cms FROM evidence e WHERE e.business_no = :no) "
        "WHERE business_no = :no",
    ],
    ids=["another row", "another column", "another table"],
)
def test_a_sealed_value_that_was_moved_does_not_open(town: Town, statement: str) -> None:
    number = town.person().entered().business_no
    town.person().entered()
    with town.desk.engine.begin() as connection:
        assert connection.execute(text(statement), {"no": number}).rowcount == 1
    with pytest.raises(InvalidTag), reading(town.desk.engine) as db:
        db.unit.get(ApplicationRecord, number)


def test_a_value_taken_over_from_another_row_is_sealed_for_its_own(town: Town) -> None:
    number = town.person().entered().business_no
    with writing(town.desk.engine) as db:
        record = db.unit.get_one(ApplicationRecord, number)
        db.unit.add(ApplicationRecord(**copy_of(record, business_no="YW2", fingerprint="ab" * 32)))
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(ApplicationRecord, "YW2").form == record.form


def test_a_changed_value_is_sealed_anew_and_an_unchanged_one_is_left(town: Town) -> None:
    number = town.person().entered().business_no

    def stored() -> tuple[bytes, bytes]:
        with town.desk.engine.connect() as connection:
            row = connection.execute(
                text("SELECT form, statement FROM applications WHERE business_no = :no"), {"no": number}
            )
            return tuple(row.one())

    before = stored()
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, number).form = b"changed"
    after = stored()
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(ApplicationRecord, number).form == b"changed"


def test_no_sealed_column_is_written_past_its_record(town: Town) -> None:
    with pytest.raises(StatementError, match="written by its record"), writing(town.desk.engine) as db:
        db.unit.execute(update(ApplicationRecord).values(form=b"plain"))


def test_the_migrations_lead_to_the_records(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Record.metadata) == []
    engine.dispose()


def test_only_a_schema_that_is_behind_calls_the_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == (NEWEST_REVISION,)
    called = []
    monkeypatch.setattr(command, "upgrade", lambda config, revision: called.append(revision))
    migrate(engine)
    assert called == []
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    migrate(engine)
    assert called == ["head"]
    engine.dispose()


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_heads() == [NEWEST_REVISION]


def test_several_desks_may_migrate_at_once(tmp_path: Path) -> None:
    gate = threading.Barrier(3)

    def start() -> None:
        engine = open_database(f"sqlite:///{tmp_path / 'shared.db'}")
        gate.wait()
        migrate(engine)
        engine.dispose()

    with ThreadPoolExecutor(3) as pool:
        for started in [pool.submit(start) for _ in range(3)]:
            started.result()


def copy_of(record: Record, **changes: object) -> dict[str, object]:
    return {column.key: getattr(record, column.key) for column in record.__table__.columns} | changes


def test_the_database_itself_allows_one_live_application_and_one_shown_attempt(town: Town) -> None:
    person = town.person()
    entered = person.entered()
    person.pay(entered.business_no)
    with reading(town.desk.engine) as db:
        application = db.unit.get_one(ApplicationRecord, entered.business_no)
        attempt = db.unit.query(AttemptRecord).one()
    with pytest.raises(IntegrityError), writing(town.desk.engine) as db:
        db.unit.add(ApplicationRecord(**copy_of(application, business_no="YW2")))
    with pytest.raises(IntegrityError), writing(town.desk.engine) as db:
        db.unit.add(AttemptRecord(**copy_of(attempt, attempt_no="ZF2", ordinal=2)))
    with writing(town.desk.engine) as db:
        db.unit.add(AttemptRecord(**copy_of(attempt, attempt_no="ZF2", ordinal=2, state=AttemptState.CLOSING)))


def test_two_kiosks_that_save_at_once_get_one_application(town: Town) -> None:
    person = town.person()
    with ThreadPoolExecutor(4) as pool:
        saved = [pool.submit(person.save) for _ in range(4)]
        assert len({draft.result().business_no for draft in saved}) == 1


def test_two_requests_to_pay_at_once_open_one_attempt(town: Town) -> None:
    person = town.person()
    number = person.entered().business_no
    with ThreadPoolExecutor(4) as pool:
        paying = [pool.submit(person.pay, number) for _ in range(4)]
        attempts = {application.result().attempt for application in paying}
    assert len({attempt.attempt_no for attempt in attempts if attempt}) == 1
