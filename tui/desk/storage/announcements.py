"""News of applications: told to this process when they are committed, and to others by the commit itself.

PostgreSQL gives a NOTIFY to everybody who listens, the sender too, so it says who sent it. On SQLite other processes
see that something was committed, and not what.
"""

import os
import secrets
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase

from tui.desk.storage.records import ApplicationRecord, AttemptRecord, RefundRecord
from tui.desk.storage.transactions import Transaction, Written, ignore, listen
from tui.desk.storage.wakeup import tell_others

_RUN = secrets.token_hex(4)
_UNSEEN: dict[type[DeclarativeBase], frozenset[str]] = {
    ApplicationRecord: frozenset({"ca_asked", "next_issue_at", "issue_tries", "withheld_serial"}),
    AttemptRecord: frozenset({"next_query_at", "queries", "billed_on"}),
    RefundRecord: frozenset({"next_try_at", "tries", "ordinal", "txn_time", "refusal", "state", "billed_on"}),
}
"""Rows that an application is seen by, and their columns that nobody sees."""


def announce(db: Transaction, business_no: str) -> None:
    """Let this transaction be news of the application; rows do so by themselves where anybody sees what was written."""
    if business_no not in db.announced:
        db.announced[business_no] = None
        tell_others(db.connection(), f"{business_no} {_sender(db.connection().engine)}")


class Announcements:
    """Tells what is committed on this database, by this process and, as far as `heard` is told, by others."""

    def __init__(self, engine: Engine, tell: Callable[[str], None]) -> None:
        """`tell` is given an application's number, or nothing: of any; in the thread that commits or hears."""
        self._engine, self._tell = engine, tell

    def listen(self) -> None:
        """Begin."""
        listen(self._engine, self)

    def stop(self) -> None:
        """End."""
        ignore(self._engine, self)

    def heard(self, said: str) -> None:
        """What another process, or this one, told with a commit; empty: something that has no name."""
        business_no, _, sender = said.partition(" ")
        if sender != _sender(self._engine):
            self._tell(business_no)

    def written(self, db: Transaction) -> None:
        """Let others hear of it with the commit."""
        for news in db.news:
            if isinstance(news, Written) and _is_seen(news):
                announce(db, news.row.business_no)

    def committed(self, db: Transaction) -> None:
        """Tell."""
        for business_no in db.announced:
            self._tell(business_no)


def _sender(engine: Engine) -> str:
    """This process's use of the database; workers begin as copies of one run."""
    return f"{_RUN}-{os.getpid()}-{id(engine.pool)}"


def _is_seen(written: Written) -> bool:
    """Whether anybody sees what was written; nobody waits for a new application, whose number nobody knows."""
    if written.is_new and written.kind is ApplicationRecord:
        return False
    return written.kind in _UNSEEN and not written.changed.keys() <= _UNSEEN[written.kind]
