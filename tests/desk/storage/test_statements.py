"""Statements are translated once: the second renewal finds every one of them in SQLAlchemy's cache."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import CacheStats
from sqlalchemy.orm import Session

from tests.harness.desk.town import Town, b64
from tui.core.order import ApplicationStatus
from tui.desk.storage.database import find, find_one, reading, writing
from tui.desk.storage.evidence import KeyRecord
from tui.desk.storage.inserts import add, put
from tui.desk.storage.records import AccountRecord, BindingRecord


def renew(town: Town) -> None:
    person = town.person()
    person.call("POST", "/offers", {"certificate": b64(person.certificate)})
    issued = town.issued(person)
    assert issued.status is ApplicationStatus.ISSUED
    assert person.prove(issued).status is ApplicationStatus.INSTALLED
    person.call("DELETE", "/sessions/current")


def test_a_second_renewal_translates_nothing(town: Town) -> None:
    renew(town)
    seen: list[tuple[CacheStats, str]] = []

    def note(_c: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        seen.append((context.cache_hit, statement))

    event.listen(town.desk.engine, "before_cursor_execute", note)
    renew(town)
    compiled = [(hit, statement) for hit, statement in seen if not statement.startswith("BEGIN")]
    assert len(compiled) > 40
    assert [statement for hit, statement in compiled if hit is not CacheStats.CACHE_HIT] == []


def test_a_row_that_is_locked_is_read_again(town: Town) -> None:
    with writing(town.desk.engine) as db:
        before = find_one(db, AccountRecord, "supplier")
        db.connection().exec_driver_sql("UPDATE accounts SET wrong_passwords = 3")
        assert find_one(db, AccountRecord, "supplier").wrong_passwords == 0
        assert find_one(db, AccountRecord, "supplier", lock=True) is before
        assert before.wrong_passwords == 3
        assert find(db, AccountRecord, "nobody") is None


def test_rows_are_put_and_added_whatever_they_leave_out(town: Town) -> None:
    def account_of(db: Session) -> str:
        return find_one(db, BindingRecord, "f").account

    with writing(town.desk.engine) as db:
        db.add(AccountRecord(name="another", password_hash="", created_at=town.desk.clock()))
        for account in ("supplier", "another"):
            put(db, BindingRecord(fingerprint="f", account=account))
        assert (add(db, KeyRecord(spki="k")), add(db, KeyRecord(spki="k", business_no="YW"))) == (True, False)
    with reading(town.desk.engine) as db:
        assert (account_of(db), find_one(db, KeyRecord, "k").business_no) == ("another", "")
