"""A database that the first schema made is brought up to date, on SQLite and PostgreSQL, with what it holds."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.harness.desk.desk_file import write_desk_file
from tests.harness.desk.doubles import NOW
from tests.rig.postgres import database as new_database
from tui.core.exits import Exit
from tui.core.order import (
    ApplicationStatus,
    AttemptState,
    PaymentStatus,
    RefundState,
)
from tui.core.payment_method import PaymentMethod
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.commands import evidence
from tui.desk.invoices.service import latest_red
from tui.desk.storage import schema
from tui.desk.storage.answers import AnswerRecord
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.evidence import EvidenceRecord
from tui.desk.storage.invoices import InvoiceRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, NoticeRecord, Record, RefundRecord
from tui.desk.storage.schema import migrate
from tui.desk.storage.sealed import Sealed

RULES = ("key_policy", "old_pair", "scheme")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.db'}"
    else:
        with new_database(request.getfixturevalue("cluster")) as made:
            yield made


def move(engine: sa.Engine, act: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        act(config, revision)


def columns(engine: sa.Engine) -> set[str]:
    return {column["name"] for column in sa.inspect(engine).get_columns("applications")}


def sealed_before(value: bytes, column: str) -> bytes:
    """As revisions up to 0006 seal: bound to the column alone."""
    nonce = os.urandom(12)
    return nonce + AESGCM(bytes(32)).encrypt(nonce, value, column.encode())


def plain(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """The column's type without the sealing."""
    return sa.LargeBinary() if isinstance(kind, Sealed) else kind


def add_as_the_first_version_did(engine: sa.Engine) -> None:
    """An application as a desk of revision 0001 writes it: without a word on the rules."""
    values = {
        "business_no": "YW1",
        "account": "supplier",
        "fingerprint": "ab" * 32,
        "old_certificate": b"old",
        "old_not_after": NOW,
        "new_not_after": NOW,
        "status": ApplicationStatus.ENTERED,
        "payment_status": PaymentStatus.UNPAID,
        "form": sealed_before(b"{}", "applications.form"),
        "fee_fen": 20000,
        "agreement_version": "1",
        "agreement_digest": "cd" * 32,
        "statement": sealed_before(b"{}", "applications.statement"),
        "invoice_status": "not_requested",
        "certificate": b"",
        "challenge": b"",
        "created_at": NOW,
    }
    known = ApplicationRecord.__table__.columns
    table = sa.table("applications", *(sa.column(name, plain(known[name].type)) for name in values))
    account = sa.table("accounts", *map(sa.column, ("name", "password_hash", "wrong_passwords", "created_at")))
    with engine.begin() as connection:
        now = sa.literal(NOW, known["created_at"].type)
        connection.execute(
            sa.insert(account).values(name="supplier", password_hash="", wrong_passwords=0, created_at=now)
        )
        connection.execute(sa.insert(table).values(values))


def test_applications_of_the_first_schema_keep_what_they_began_with(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0001")
    assert not columns(engine) & set(RULES)
    add_as_the_first_version_did(engine)
    migrate(engine)
    with reading(engine) as db:
        kept = db.unit.get_one(ApplicationRecord, "YW1")
    assert (kept.key_policy, kept.old_pair, kept.scheme) == (KeyPolicy.REKEY, OldPair.KEEP, SignatureScheme.PKCS1)
    assert (kept.statement, kept.created_at) == (b"{}", NOW)
    engine.dispose()


def test_invoices_of_the_version_before_are_kept(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0002")
    add_as_the_first_version_did(engine)
    known = InvoiceRecord.__table__.columns
    values = {"business_no": "YW1", "number": "2" * 20, "pdf_url": "", "requested_at": NOW, "failure": ""}
    table = sa.table("invoices", *(sa.column(name, known[name].type) for name in values))
    with engine.begin() as connection:
        connection.execute(sa.insert(table).values(values))
    migrate(engine)
    with reading(engine) as db:
        kept = db.unit.get_one(InvoiceRecord, "YW1")
        assert (kept.number, kept.queries, kept.next_query_at, latest_red(db, "YW1")) == ("2" * 20, 0, None, None)
    engine.dispose()


def test_what_was_under_way_is_due(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0001")
    add_as_the_first_version_did(engine)
    move(engine, command.upgrade, "0008")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE applications SET status = 'issuing'"))
    migrate(engine)
    with reading(engine) as db:
        due = db.unit.get_one(ApplicationRecord, "YW1").next_issue_at
    assert due is not None
    assert due < NOW
    move(engine, command.downgrade, "0008")
    with engine.begin() as connection:
        now = sa.literal(datetime.now(UTC), ApplicationRecord.__table__.columns["installed_at"].type)
        table = sa.table("applications", *map(sa.column, ("status", "payment_status", "installed_at", "invoice")))
        connection.execute(
            sa.update(table).values(status="installed", payment_status="paid", installed_at=now, invoice=b"sealed")
        )
    migrate(engine)
    with reading(engine) as db:
        assert db.unit.scalars(sa.select(InvoiceRecord.next_query_at)).all() == [due]
    engine.dispose()


REFUNDS: dict[str, tuple[RefundState, dict[str, Any]]] = {
    "ZF1": (RefundState.DONE, {"done_at": NOW, "tries": 3, "refusal": ""}),
    "ZF2": (RefundState.REFUSED, {"done_at": None, "tries": 2, "refusal": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}),
    "ZF3": (RefundState.PENDING, {"done_at": None, "tries": 1, "refusal": ""}),
    "ZF4": (RefundState.ABSENT, {"done_at": None, "tries": 0, "refusal": ""}),
}


def insert(connection: sa.Connection, record: type[Record], values: dict[str, Any]) -> None:
    """A row with these columns only, as a version before wrote it."""
    known = record.__table__.columns
    table = sa.table(record.__tablename__, *(sa.column(name, known[name].type) for name in values))
    connection.execute(sa.insert(table).values(values))


def test_refunds_of_the_version_before_get_the_state_that_they_are_in(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0001")
    add_as_the_first_version_did(engine)
    move(engine, command.upgrade, "0008")
    attempt = {
        "business_no": "YW1",
        "method": PaymentMethod.ALIPAY,
        "state": AttemptState.REFUNDING,
        "amount_fen": 20000,
    }
    attempt |= {
        "amount_fen": 20000,
        "payee": "",
        "txn_time": NOW,
        "shown_until": NOW,
        "expires_at": NOW,
        "notify_url": "",
        "qr": "",
    }
    attempt |= {"platform_no": "", "queries": 1, "billed_on": ""}
    refund = {"business_no": "YW1", "amount_fen": 20000, "cause": "paid_twice", "txn_time": NOW, "ordinal": 1}
    with engine.begin() as connection:
        for ordinal, (number, (_, values)) in enumerate(REFUNDS.items(), 1):
            insert(connection, AttemptRecord, attempt | {"attempt_no": number, "ordinal": ordinal})
            known = refund | values | {"refund_no": f"RF{number}", "attempt_no": number, "billed_on": ""}
            insert(connection, RefundRecord, known)
    migrate(engine)
    with reading(engine) as db:
        states = {known.attempt_no: known.state for known in db.unit.scalars(sa.select(RefundRecord))}
    assert states == {number: state for number, (state, _) in REFUNDS.items()}
    move(engine, command.downgrade, "0009")
    assert "state" not in {column["name"] for column in sa.inspect(engine).get_columns("refunds")}
    engine.dispose()


def test_there_is_a_way_back(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0001")
    add_as_the_first_version_did(engine)
    migrate(engine)
    move(engine, command.downgrade, "0001")
    assert not columns(engine) & set(RULES)
    with engine.connect() as connection:
        sealed = bytes(connection.execute(sa.text("SELECT form FROM applications")).scalar_one())
    assert AESGCM(bytes(32)).decrypt(sealed[:12], sealed[12:], b"applications.form") == b"{}"
    migrate(engine)
    assert set(RULES) <= columns(engine)
    with reading(engine) as db:
        assert db.unit.get_one(ApplicationRecord, "YW1").form == b"{}"
    engine.dispose()


def add_what_else_was_sealed(engine: sa.Engine) -> None:
    """Rows of revision 0006 with one key column, with two, and with a number that the database gave."""
    now = sa.literal(NOW, AnswerRecord.__table__.columns["created_at"].type)
    rows: dict[str, list[dict[str, object]]] = {
        "answers": [{"account": "supplier", "key": f"K{n}", "request_hash": "", "created_at": now} for n in (1, 2)],
        "notices": [{"method": "alipay", "received_at": now, "result": ""} for _ in (1, 2)],
        "evidence": [{"business_no": "YW1", "csr": b"PEM", "created_at": now}],
    }
    sealed = {"answers": "answer", "notices": "body", "evidence": "cms"}
    with engine.begin() as connection:
        for name, several in rows.items():
            column = sealed[name]
            for number, row in enumerate(several, 1):
                values = row | {column: sealed_before(b"%d" % number, f"{name}.{column}")}
                table = sa.table(name, *map(sa.column, values))
                connection.execute(sa.insert(table).values(values))


def test_what_was_sealed_is_bound_to_its_row(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0006")
    add_as_the_first_version_did(engine)
    add_what_else_was_sealed(engine)
    migrate(engine)
    with reading(engine) as db:
        answers = [db.unit.get_one(AnswerRecord, ("supplier", f"K{number}")).answer for number in (1, 2)]
        notices = list(db.unit.scalars(sa.select(NoticeRecord).order_by(NoticeRecord.id)))
        assert (answers, [notice.body for notice in notices]) == ([b"1", b"2"], [b"1", b"2"])
        assert len({notice.notice_no for notice in notices}) == 2
        assert db.unit.get_one(EvidenceRecord, "YW1").cms == b"1"
    with engine.begin() as connection:
        one = sa.select(sa.table("answers", sa.column("answer"), sa.column("key")).c.answer).where(
            sa.text("key = 'K1'")
        )
        stolen = bytes(connection.execute(one).scalar_one())
        connection.execute(sa.text("UPDATE answers SET answer = :value WHERE key = 'K2'"), {"value": stolen})
    with reading(engine) as db, pytest.raises(InvalidTag):
        db.unit.get(AnswerRecord, ("supplier", "K2"))
    engine.dispose()


def test_another_data_key_changes_nothing(url: str) -> None:
    engine = open_database(url, bytes(32))
    move(engine, command.upgrade, "0006")
    add_as_the_first_version_did(engine)
    other = open_database(url, bytes(range(32)))
    with pytest.raises(InvalidTag):
        migrate(other)
    other.dispose()
    migrate(engine)
    with reading(engine) as db:
        assert db.unit.get_one(ApplicationRecord, "YW1").form == b"{}"
    engine.dispose()


def test_a_command_on_a_database_of_another_version_says_so_in_one_line(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_desk_file(tmp_path)
    file.write_text(file.read_text().replace("[desk]", f'[desk]\ndatabase = "{url}"', 1))
    engine = open_database(url)
    for before in ("-", "0005"):
        if before != "-":
            move(engine, command.upgrade, before)
        assert evidence(file, "YW1") == Exit.DESK
        told = capsys.readouterr().err
        assert (told.count("\n"), f": {before}, {schema.NEWEST_REVISION}" in told) == (1, True)
    migrate(engine)
    engine.dispose()
    assert evidence(file, "YW1") == Exit.REFUSED
