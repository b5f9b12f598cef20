"""Statements are translated once: the second renewal finds every one of them in a cache, SQLAlchemy's or the desk's."""

from typing import Any

import pytest
from sqlalchemy import Pool, bindparam, create_engine, event, select
from sqlalchemy.engine.interfaces import CacheStats

from tests.harness.desk.town import Town, b64
from tui.core.order import ApplicationStatus
from tui.desk.storage.database import reading, writing
from tui.desk.storage.evidence import KeyRecord
from tui.desk.storage.inserts import add, put
from tui.desk.storage.records import AccountRecord, BindingRecord
from tui.desk.storage.rows import new
from tui.desk.storage.statements import Statement, ask, translations
from tui.desk.storage.transactions import Transaction


def renew(town: Town) -> None:
    person = town.person()
    person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    issued = town.issued(person)
    assert issued.status is ApplicationStatus.ISSUED
    assert person.prove(issued).status is ApplicationStatus.INSTALLED
    person.call("DELETE", "/sessions/current")


def test_a_second_renewal_translates_nothing(town: Town) -> None:
    renew(town)
    seen: list[tuple[bool, str]] = []

    def note(_c: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        seen.append((context is None or context.cache_hit is CacheStats.CACHE_HIT, statement))

    event.listen(town.desk.engine, "before_cursor_execute", note)
    before = translations().misses
    renew(town)
    carried_out = [(known, statement) for known, statement in seen if not statement.startswith("BEGIN")]
    assert len(carried_out) > 40
    assert [statement for known, statement in carried_out if not known] == []
    assert translations().misses == before


def test_rows_are_put_and_added_whatever_they_leave_out(town: Town) -> None:
    def account_of(db: Transaction) -> str:
        return db.unit.get_one(BindingRecord, "f").account

    with writing(town.desk.engine) as db:
        db.unit.add(AccountRecord(name="another", password_hash="", created_at=town.desk.clock()))
        for account in ("supplier", "another"):
            db.flush()
            put(db.connection(), new(BindingRecord, fingerprint="f", account=account))
        assert (
            add(db, new(KeyRecord, spki="k", business_no="")),
            add(db, new(KeyRecord, spki="k", business_no="YW")),
        ) == (True, False)
    with reading(town.desk.engine) as db:
        assert (account_of(db), db.unit.get_one(KeyRecord, "k").business_no) == ("another", "")


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (select(AccountRecord.name).where(AccountRecord.name.in_(["a"])), NotImplementedError),
        (select(bindparam("a")), TypeError),
    ],
    ids=["a list", "no type"],
)
def test_what_has_no_fixed_text_or_types_is_not_carried_out(
    town: Town, statement: Statement, refusal: type[Exception]
) -> None:
    with reading(town.desk.engine) as db, pytest.raises(refusal):
        ask(db.connection(), statement, {"a": "a"})


def test_a_value_that_is_wanting_is_no_null(town: Town) -> None:
    statement = select(AccountRecord.name).where(AccountRecord.name == bindparam("name"))
    with reading(town.desk.engine) as db, pytest.raises(KeyError):
        ask(db.connection(), statement)


@pytest.mark.parametrize(("error", "goes"), [(KeyboardInterrupt, True), (ZeroDivisionError, False)])
def test_a_connection_on_which_a_statement_was_broken_off_is_used_no_more(
    town: Town, error: type[BaseException], goes: bool
) -> None:
    class Cursor:
        def execute(self, *_: object) -> None:
            raise error

    statement = select(AccountRecord.name)
    with town.desk.engine.connect() as connection:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(connection.connection, "cursor", Cursor)
            with pytest.raises(error):
                ask(connection, statement)
        assert connection.invalidated is goes


def test_sqlalchemy_has_the_inner_names_that_statements_go_by() -> None:
    """Of 2.0. Where one is missing, `_translated` must learn its new name; without it the desk asks for nothing.

    `positiontup`: parameters in the order of the text, for `$1` and `?`. `binds`: their types and values by name;
    `effective_value` is a value that the statement brings along, `required` says that it brings none.
    `post_compile_params`: what has no fixed text. The pool's `_invalidate`: no connection from before is lent again; a
    public name for it would be better.
    """
    statement = select(AccountRecord.name).where(AccountRecord.name == bindparam("name"), AccountRecord.name != "")
    for url, words in (("sqlite://", {}), ("postgresql+psycopg://", {"paramstyle": "numeric_dollar"})):
        compiled: Any = statement.compile(create_engine(url, **words))
        assert compiled.positiontup == ["name", "name_1"]
        binds = compiled.binds
        assert (binds["name"].required, binds["name_1"].required) == (True, False)
        assert (binds["name_1"].effective_value, str(binds["name"].type)) == ("", "VARCHAR(255)")
        assert not compiled.post_compile_params
    assert callable(Pool._invalidate)
