"""Accounts: passwords with argon2id (RFC 9106), a lock after wrong ones, sessions, certificates bound to them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from sqlalchemy import Engine, bindparam, delete, insert, select, update

from tui.core.failure import Reason
from tui.desk.crypto.passwords import PasswordHasher
from tui.desk.refusals import Refused
from tui.desk.storage.database import glancing, write, writing, writing_once
from tui.desk.storage.inserts import put
from tui.desk.storage.records import AccountRecord, BindingRecord, SessionRecord
from tui.desk.storage.rows import new, row
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction
from tui.process.clock import utc_now

if TYPE_CHECKING:  # the settings name every partner, the rules none
    from tui.desk.settings import DeskSettings

_HASHER = PasswordHasher(passes=2, memory=19_456)
"""19 MiB, two passes, one lane, as OWASP recommends. A hash names its own cost, by which it is verified."""
LONGEST_ACCOUNT, LONGEST_PASSWORD = 64, 128
"""Characters; nothing longer is hashed."""
_NEXT_IN_ORDER = (
    select(*AccountRecord.__table__.columns)
    .where(AccountRecord.name >= bindparam("name"))
    .order_by(AccountRecord.name)
    .limit(1)
)
_ENDED = (
    delete(SessionRecord).where(SessionRecord.token_hash == bindparam("token_hash")).returning(SessionRecord.token_hash)
)
_OPENED = (
    insert(SessionRecord)
    .from_select(
        ["token_hash", "account", "expires_at"],
        select(
            bindparam("token_hash", type_=SessionRecord.token_hash.type),
            AccountRecord.name,
            bindparam("expires_at", type_=SessionRecord.expires_at.type),
        ).where(
            AccountRecord.name == bindparam("name"),
            AccountRecord.password_hash == bindparam("stored"),
            AccountRecord.wrong_passwords == 0,
            AccountRecord.locked_until.is_(None),
        ),
    )
    .returning(SessionRecord.token_hash)
)
"""A session for an account of which nothing else has to be written: the password is right, and none was wrong."""


def create_account(engine: Engine, name: str, password: str) -> None:
    """Add an account, or give the one of this name a new password."""
    password_hash = _HASHER.hash(password)
    with writing(engine) as db:
        account = db.unit.get(AccountRecord, name) or AccountRecord(name=name, created_at=utc_now(), wrong_passwords=0)
        account.password_hash = password_hash
        account.wrong_passwords, account.locked_until = 0, None
        db.unit.add(account)


def bind_certificate(engine: Engine, account: str, fingerprint: str) -> None:
    """Say that this account applied for the certificate (SHA-256 of its DER, hex)."""
    with writing(engine) as db:
        bind(db, account, fingerprint)


def bind(db: Transaction, account: str, fingerprint: str) -> None:
    """The same within a transaction."""
    put(db.connection(), new(BindingRecord, fingerprint=fingerprint, account=account))


def sign_in(engine: Engine, settings: "DeskSettings", name: str, password: str, now: datetime) -> str:
    """Check the password and open a session; the answer is its token. Takes long, and a core.

    :raises Refused: WRONG_PASSWORD, or ACCOUNT_LOCKED with the seconds to wait.
    """
    if len(name) > LONGEST_ACCOUNT or len(password) > LONGEST_PASSWORD:
        raise Refused(Reason.WRONG_PASSWORD)
    # The slow hash is computed outside of the transactions: it must not hold the write lock.
    with glancing(engine) as connection:
        next_in_order = ask(connection, _NEXT_IN_ORDER, {"name": name})
    found = row(AccountRecord, next_in_order[0]) if next_in_order else None
    known = found if found is not None and found.name == name else None
    _refuse_locked(known, now)
    stored = known.password_hash if known else _hash_of_nothing(found)
    right = _HASHER.verify(stored, password) and known is not None
    renewed = _HASHER.hash(password) if right and _HASHER.is_outdated(stored) else None
    token, expires_at = secrets.token_urlsafe(32), now + timedelta(seconds=settings.session_seconds)
    if right and not renewed:
        opened = {"token_hash": digest(token), "name": name, "stored": stored, "expires_at": expires_at}
        if write(engine, _OPENED, opened):
            return token
    with writing(engine) as db:
        account = db.unit.get(AccountRecord, name, with_for_update={"key_share": True})  # no rows that point here wait
        _refuse_locked(account, now)
        if account is not None and not right:
            account.wrong_passwords += 1
            if account.wrong_passwords >= settings.wrong_passwords:
                account.locked_until = now + timedelta(seconds=settings.lock_seconds)
                account.wrong_passwords = 0
        elif account is not None:
            account.wrong_passwords, account.locked_until = 0, None
            if renewed and account.password_hash == stored:  # else somebody has given it a new password meanwhile
                account.password_hash = renewed
            db.unit.add(SessionRecord(token_hash=digest(token), account=name, expires_at=expires_at))
            return token
    raise Refused(Reason.WRONG_PASSWORD)


def prolong(engine: Engine, settings: "DeskSettings", token: str, expires_at: datetime, now: datetime) -> None:
    """Let a session that was used, and would end then, last as long as a new one."""
    lifetime = timedelta(seconds=settings.session_seconds)
    if expires_at < now + lifetime * 0.9:  # a write for every poll would cost more than it tells
        with writing_once(engine) as db:
            used = SessionRecord.token_hash == digest(token)  # it may have been ended meanwhile
            db.unit.execute(update(SessionRecord).where(used).values(expires_at=now + lifetime))


def sign_out(engine: Engine, token: str) -> None:
    """End the session; an unknown one is ended already."""
    write(engine, _ENDED, {"token_hash": digest(token)})


def digest(token: str) -> str:
    """What the desk keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse_locked(account: AccountRecord | None, now: datetime) -> None:
    if account is not None and account.locked_until is not None and account.locked_until > now:
        raise Refused(Reason.ACCOUNT_LOCKED, retry_after=ceil((account.locked_until - now).total_seconds()))


def _hash_of_nothing(found: AccountRecord | None) -> str:
    """A hash that no password has, checked when there is no such account, so that the answer takes as long.

    As long as for the account next to it in order: while hashes of several costs are stored, an unknown name takes as
    long as some known one.
    """
    return _HASHER.of_nothing(found.password_hash if found else "")
