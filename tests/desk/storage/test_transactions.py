"""Statements that need no transaction around them get none on PostgreSQL; all others do, on the same connections."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import ProgrammingError

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, PendingRollbackError

from tests.rig.postgres import database
from tui.desk.storage.database import open_database, reading, write, writing, writing_once
from tui.desk.storage.records import AccountRecord
from tui.desk.storage.rows import new, save
from tui.desk.storage.schema import migrate
from tui.desk.storage.statements import tell
from tui.desk.storage.transactions import Transaction, ignore, listen
from tui.desk.storage.variants import writes_once
from tui.desk.storage.wakeup import tell_others
from tui.process.clock import utc_now

WRONG = update(AccountRecord).values(wrong_passwords=AccountRecord.wrong_passwords + 1)


@pytest.fixture(scope="module")
def engine(cluster: str) -> Iterator[Engine]:
    """With one account; every connection that is given back is the next one's."""
    with database(cluster) as url:
        engine = open_database(url)
        migrate(engine)
        with writing(engine) as db:
            db.unit.add(AccountRecord(name="supplier", password_hash="", created_at=utc_now()))
        yield engine
        engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """With the same account."""
    engine = open_database(f"sqlite:///{tmp_path}/desk.db")
    migrate(engine)
    with writing(engine) as db:
        save(db, account("supplier"))
    yield engine
    engine.dispose()


def status(db: Transaction) -> TransactionStatus:
    driver = db.connection().connection.driver_connection
    assert driver is not None
    return TransactionStatus(driver.info.transaction_status)


def wrong_passwords(engine: Engine) -> int:
    with reading(engine) as db:
        return db.unit.get_one(AccountRecord, "supplier").wrong_passwords


def test_only_several_statements_that_write_are_held_together(engine: Engine) -> None:
    with reading(engine) as db:
        db.unit.execute(text("SELECT 1"))
        assert status(db) is TransactionStatus.IDLE
    with writing(engine) as db:
        db.unit.execute(text("SELECT 1"))
        assert status(db) is TransactionStatus.INTRANS
    with writing_once(engine) as db:
        db.unit.execute(WRONG)
        assert status(db) is TransactionStatus.IDLE
    assert write(engine, WRONG.returning(AccountRecord.wrong_passwords)) == [2]
    assert wrong_passwords(engine) == 2


def fail_amid(engine: Engine) -> None:
    with writing(engine) as db:
        db.unit.execute(WRONG)
        raise RuntimeError


def test_what_fails_amid_a_transaction_leaves_nothing(engine: Engine) -> None:
    before = wrong_passwords(engine)
    with pytest.raises(RuntimeError):
        fail_amid(engine)
    assert wrong_passwords(engine) == before


def account(name: str) -> AccountRecord:
    return new(AccountRecord, name=name, password_hash="", created_at=utc_now())


def refused_by_the_unit_of_work(db: Transaction) -> None:
    db.unit.add(AccountRecord(name="supplier", password_hash="", created_at=utc_now()))
    with suppress(IntegrityError):
        db.flush()


def refused_by_itself(db: Transaction) -> None:
    with suppress(IntegrityError):
        save(db, account("supplier"))


def refused_and_asked(db: Transaction) -> None:
    refused_by_the_unit_of_work(db)
    db.unit.get(AccountRecord, "supplier")


def refused_and_written(db: Transaction) -> None:
    refused_by_the_unit_of_work(db)
    save(db, account("after"))


@contextmanager
def full_disk(db: Transaction) -> Iterator[None]:
    """For what is written in here alone, as SQLite counts its pages."""
    driver = db.connection().connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OperationalError, match="full"):
        yield
    with suppress(ProgrammingError):  # the connection is closed
        driver.execute("PRAGMA max_page_count = 10000")


def refused_by_a_full_disk(db: Transaction) -> None:
    with full_disk(db):
        save(db, account("x" * 100_000))


def refused_by_a_full_disk_and_written(db: Transaction) -> None:
    refused_by_a_full_disk(db)
    save(db, account("after"))


def refused_to_sqlalchemy_by_a_full_disk_and_written(db: Transaction) -> None:
    with full_disk(db):
        db.unit.execute(insert(AccountRecord).values(name="x" * 100_000, password_hash="", created_at=utc_now()))
    save(db, account("after"))


def write_around(engine: Engine, refused: Callable[[Transaction], None]) -> None:
    with writing(engine) as db:
        save(db, account("before"))
        refused(db)


@pytest.mark.parametrize(
    ("where", "refused", "error"),
    [
        ("sqlite", refused_by_the_unit_of_work, PendingRollbackError),
        ("sqlite", refused_and_asked, PendingRollbackError),
        ("sqlite", refused_and_written, PendingRollbackError),
        ("sqlite", refused_by_a_full_disk, PendingRollbackError),
        ("sqlite", refused_by_a_full_disk_and_written, PendingRollbackError),
        ("sqlite", refused_to_sqlalchemy_by_a_full_disk_and_written, PendingRollbackError),
        ("engine", refused_by_itself, InternalError),
        ("engine", refused_by_the_unit_of_work, PendingRollbackError),
        ("engine", refused_and_asked, PendingRollbackError),
        ("engine", refused_and_written, PendingRollbackError),
    ],
)
def test_who_goes_on_after_a_refusal_that_undid_all_commits_nothing_and_is_told(
    request: pytest.FixtureRequest,
    where: str,
    refused: Callable[[Transaction], None],
    error: type[Exception],
) -> None:
    engine, told = request.getfixturevalue(where), Told()
    listen(engine, told)
    with pytest.raises(error):
        write_around(engine, refused)
    ignore(engine, told)
    assert told.committed_times == 0
    assert told.written_times == (error is InternalError)  # which is found at the commit alone
    with reading(engine) as db:
        assert db.unit.scalars(select(AccountRecord.name)).all() == ["supplier"]


class Told:
    """Counts what is written, and what is committed."""

    def __init__(self) -> None:
        self.written_times = self.committed_times = 0

    def written(self, db: Transaction) -> None:
        self.written_times += 1

    def committed(self, db: Transaction) -> None:
        self.committed_times += 1


def test_a_full_disk_costs_sqlite_no_connection_but_the_one_that_met_it(sqlite: Engine) -> None:
    with reading(sqlite) as db:
        other = db.connection().connection.driver_connection
        with pytest.raises(PendingRollbackError):
            write_around(sqlite, refused_to_sqlalchemy_by_a_full_disk_and_written)
    with reading(sqlite) as one, reading(sqlite) as two:
        assert other in [db.connection().connection.driver_connection for db in (one, two)]


def test_who_stops_listening_while_a_transaction_is_under_way_is_told_nothing_more(engine: Engine) -> None:
    told = Told()
    listen(engine, told)
    with writing(engine):
        ignore(engine, told)
    assert told.committed_times == 0


def write_what_is_refused_at_the_end(engine: Engine) -> None:
    with writing(engine) as db:
        db.unit.execute(text("CREATE TEMPORARY TABLE ones (one int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        db.unit.execute(text("INSERT INTO ones VALUES (1), (1)"))


def test_what_the_server_refuses_at_the_end_is_told_by_its_name(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        write_what_is_refused_at_the_end(engine)
    with reading(engine) as db:
        assert status(db) is TransactionStatus.IDLE
        assert db.unit.scalar(text("SELECT to_regclass('ones')")) is None


def lose_the_connection_amid(engine: Engine, pids: list[int], go_on: Callable[[Transaction], object]) -> None:
    with writing(engine) as db:
        db.unit.execute(WRONG)
        pids += db.unit.scalars(text("SELECT pg_backend_pid()"))
        with reading(engine) as other:
            other.unit.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pids[0]})
            pids += other.unit.scalars(text("SELECT pg_backend_pid()"))
        go_on(db)


@pytest.mark.parametrize("go_on", [lambda db: None, lambda db: tell(db.connection(), WRONG)], ids=["commit", "tell"])
def test_a_connection_that_is_lost_amid_a_transaction_is_told_and_none_from_before_is_used_again(
    engine: Engine, go_on: Callable[[Transaction], object]
) -> None:
    before, pids = wrong_passwords(engine), list[int]()
    with pytest.raises(OperationalError) as lost:
        lose_the_connection_amid(engine, pids, go_on)
    assert lost.value.connection_invalidated
    assert wrong_passwords(engine) == before
    with reading(engine) as one, reading(engine) as two:  # the pool lends the last one that came back
        assert not {db.unit.scalar(text("SELECT pg_backend_pid()")) for db in (one, two)} & set(pids)


def test_a_connection_that_the_server_has_closed_while_it_rested_is_not_lent(engine: Engine) -> None:
    pid = text("SELECT pg_backend_pid()")
    with reading(engine), reading(engine) as db:
        closed = db.unit.scalar(pid)
    with reading(engine) as db:
        db.unit.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": closed})
        with reading(engine) as other:  # that would get it
            assert other.unit.scalar(pid) != closed


def test_others_hear_what_is_committed_and_nothing_that_is_rolled_back(engine: Engine) -> None:
    listening = engine.raw_connection()
    driver = listening.driver_connection
    assert driver is not None
    driver.execute("LISTEN desk")
    for said, end in (("undone", "rollback"), ("it's done", "commit")):
        with engine.connect() as connection, connection.begin() as transaction:
            tell_others(connection, said)
            getattr(transaction, end)()
    with writes_once(engine).begin() as connection:
        tell_others(connection, "alone")
    heard = [notice.payload for notice in driver.notifies(timeout=10, stop_after=2)]
    assert heard == ["it's done", "alone"]
    driver.execute("UNLISTEN *")
    listening.close()
