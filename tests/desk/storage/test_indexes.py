"""What a renewal, an idle desk and an operator's list ask for is found without reading what is finished."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, text

from tests.bench.load.fill import fill
from tests.harness.desk.invoice_doubles import SETTINGS
from tests.harness.desk.running import Post, Tax, awaited, has, running
from tests.harness.desk.town import Town, b64, make_town
from tests.rig.postgres import database
from tui.core.beijing import BEIJING
from tui.core.order import ApplicationStatus, InvoiceStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.operators import queries
from tui.desk.operators.queries import Concern
from tui.desk.payments.bill import Bill
from tui.desk.payments.reconciliation import reconcile

_GROWING = "accounts|applications|attempts|bindings|evidence|invoice_files|invoices|keys|messages|orders"
_READ_WHOLE = {
    "postgresql": re.compile(rf"Seq Scan on ({_GROWING})\b"),
    "sqlite": re.compile(rf"SCAN ({_GROWING})\b(?! USING INDEX (?:sqlite_autoindex_|frozen_))"),
}
"""A key that is walked from its end, as far as a list is long, is none."""
_PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A desk with 2,000 finished applications on PostgreSQL; SQLite plans the same for one as for many."""
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        yield from _furnished(folder)
        return
    with database(request.getfixturevalue("cluster")) as url:
        for town in _furnished(folder, database=url):
            fill(town.desk.engine, 2000)
            yield town


def _furnished(folder: Path, **settings: Any) -> Iterator[Town]:
    town = make_town(folder, invoices=SETTINGS, **settings)
    with running(town, Tax(), Post()):
        _renew(town)
    yield town
    town.desk.engine.dispose()


def _renew(town: Town) -> None:
    person = town.person()
    business_no = town.paid(person).business_no
    person.prove(awaited(person, business_no, has(ApplicationStatus.ISSUED)))

    def is_invoiced(application: object) -> bool:
        town.later(seconds=1)
        return getattr(application, "invoice_status", None) is InvoiceStatus.SENT

    awaited(person, business_no, is_invoiced)
    offered = person.call("POST", "/offers", {"certificate": b64(person.certificate), "finished": True})
    assert offered["application"]["business_no"] == business_no


@contextmanager
def plans(engine: Engine) -> Iterator[dict[str, str]]:
    """The plan of every statement, as the database makes it for these parameters."""
    explain, seen = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN ", dict[str, str]()

    def look(_c: Any, cursor: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        if _PLANNED.match(statement):
            is_list = many and isinstance(parameters, list)  # several rows of one statement have one set of them
            cursor.execute(explain + statement, parameters[0] if is_list else parameters)
            seen[statement] = "\n".join(str(row[-1]) for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", look)


def whole(seen: dict[str, str], engine: Engine) -> list[str]:
    """The statements that read a growing table from end to end, with their plans."""
    reads = _READ_WHOLE[engine.dialect.name]
    return [f"{statement}\n{plan}" for statement, plan in seen.items() if reads.search(plan)]


def test_a_renewal_and_an_engine_that_starts_read_nothing_that_is_finished(town: Town) -> None:
    engine = town.desk.engine
    with plans(engine) as seen, running(town, Tax(), Post()):
        _renew(town)
        town.later(minutes=2)
    assert len(seen) > 30
    assert whole(seen, engine) == []


def test_neither_does_an_operators_list(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "NEWEST", 1)  # copies cannot be opened, and are older
    engine, whole_lists = town.desk.engine, list[str]()
    for concern in (Concern.ALL, Concern.FROZEN, Concern.REVOKE):
        with plans(engine) as seen:
            queries.applications(engine, concern)
        assert len(seen) == 5, concern
        whole_lists += whole(seen, engine)
    assert whole_lists == []


def test_nor_does_the_comparison_of_a_day(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, method = town.desk.engine, PaymentMethod.ALIPAY
    monkeypatch.setattr(town.alipay, "bill", lambda day: Bill(()), raising=False)
    day = (town.clock.now + timedelta(days=400)).astimezone(BEIJING).date()
    with plans(engine) as seen:
        reconcile(town.desk, method, day)
    assert whole(seen, engine) == []


def test_due_times_are_indexed_where_something_is_owed(town: Town) -> None:
    names = [index["name"] for table in _GROWING.split("|") for index in inspect(town.desk.engine).get_indexes(table)]
    due = [name for name in names if name and re.search("_next_(query|try|issue)_at$", name)]
    assert len(due) == 5
    if town.desk.engine.dialect.name == "postgresql":
        size = text("SELECT reltuples::int FROM pg_class WHERE relkind = 'i' AND relname = :name")
        with town.desk.engine.connect() as connection:
            assert max(connection.scalar(size, {"name": name}) or 0 for name in due) < 10
