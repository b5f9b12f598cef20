"""The desk's own cursor on PostgreSQL: answers, values, what is prepared, and how the server's refusals are told."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import make_url

from tests.rig.postgres import postgres
from tui.desk.storage import cursor
from tui.desk.storage.postgresql import PlainConnection, connect

ECHO = "SELECT $1::text AS told, $2::int AS number"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE $1::int = 1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        told = make_url(url)
        yield f"host={told.query['host']} user={told.username} dbname={told.database}"


@pytest.fixture(params=[False, True], ids=["desk", "command"])
def connection(request: pytest.FixtureRequest, server: str) -> Iterator[PlainConnection]:
    with connect(server, heedful=request.param) as opened:
        yield opened


def asked(connection: PlainConnection, statement: str, *values: object) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = connection.cursor().execute(statement, values).fetchall()
    return rows


def test_values_come_back_as_they_went(connection: PlainConnection) -> None:
    moment = datetime(2026, 11, 29, 16, 0, 0, 250, tzinfo=UTC)
    values = ("发票", b"\0\xff", moment, 1 << 40, None, True)
    statement = "SELECT $1::text, $2::bytea, $3::timestamptz, $4::bigint, $5::text, $6::bool"
    for _ in range(5):  # before it is prepared and after
        assert asked(connection, statement, *values) == [values]


def test_an_answer_is_described_and_taken_row_by_row(connection: PlainConnection) -> None:
    answer = connection.cursor().execute("SELECT n AS number FROM generate_series(1, $1::int) n", (5,))
    assert (answer.description[0][:2], len(answer.description[0]), answer.rowcount) == (("number", 23), 7, 5)
    assert answer.fetchone() == (1,)
    assert answer.fetchmany(2) == [(2,), (3,)]
    assert answer.fetchall() == [(4,), (5,)]
    assert answer.fetchone() is None


def test_what_gives_no_rows_tells_how_many_it_changed(connection: PlainConnection) -> None:
    with connection.cursor(binary=False) as drivers_own:
        drivers_own.execute("CREATE TEMPORARY TABLE t (n int)")
    changed = connection.cursor().execute("INSERT INTO t VALUES ($1), ($2)", (1, 2))
    assert (changed.description, changed.rowcount, changed.fetchall()) == (None, 2, [])
    changed.executemany("UPDATE t SET n = n + 1 WHERE n >= $1", [(1,), (3,)])
    assert changed.rowcount == 3
    assert asked(connection, "SELECT n FROM t ORDER BY n") == [(2,), (4,)]


def test_what_comes_often_is_prepared_for_values_of_one_type(connection: PlainConnection) -> None:
    for number in (1, 2, 3, 4, 1 << 20, None):
        assert asked(connection, ECHO, "x", number) == [("x", number)]
    assert asked(connection, PREPARED, 1) == [(1,)]
    connection.begin()
    connection.rollback()
    assert asked(connection, ECHO, "y", 5) == [("y", 5)]


def test_a_connection_keeps_a_bounded_number_of_statements(
    connection: PlainConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "_KEPT", 3)
    for number in range(20):
        for _ in range(4):
            assert asked(connection, f"SELECT {number}, $1::int", 7) == [(number, 7)]
    assert asked(connection, PREPARED, 1)[0][0] in range(4)


def test_what_is_prepared_outlives_a_migration(server: str, connection: PlainConnection) -> None:
    told = "SELECT told FROM v WHERE number = $1::int"
    with connect(server) as migrating:
        migrating.cursor().execute("DROP TABLE IF EXISTS v")
        migrating.cursor().execute("CREATE TABLE v (number int, told varchar(5))")
        migrating.cursor().execute("INSERT INTO v VALUES (1, 'x')")
        for _ in range(4):
            assert asked(connection, told, 1) == [("x",)]
        migrating.cursor().execute("ALTER TABLE v ADD more int")
        assert asked(connection, told, 1) == [("x",)]
        migrating.cursor().execute("ALTER TABLE v ALTER told TYPE varchar(9)")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        asked(connection, told, 1)
    for _ in range(2):
        assert asked(connection, told, 1) == [("x",)]


def test_a_refusal_is_the_drivers_error_with_its_particulars(connection: PlainConnection) -> None:
    connection.cursor().execute("CREATE TEMPORARY TABLE u (n int CONSTRAINT once UNIQUE)")
    asked(connection, "INSERT INTO u VALUES ($1) RETURNING n", 1)
    connection.begin()
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        asked(connection, "INSERT INTO u VALUES ($1) RETURNING n", 1)
    assert refused.value.diag.constraint_name == "once"
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        asked(connection, ECHO, "x", 1)
    connection.rollback()
    assert asked(connection, ECHO, "x", 1) == [("x", 1)]


def test_a_server_that_has_gone_is_told_as_such(server: str, connection: PlainConnection) -> None:
    for _ in range(4):
        asked(connection, ECHO, "x", 1)
    with connect(server) as other:
        asked(other, "SELECT pg_terminate_backend($1::int, 10000)", connection.info.backend_pid)
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            asked(connection, ECHO, "x", 1)
    assert connection.broken
