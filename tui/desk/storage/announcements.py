"""News of applications: told to this process when they are committed, and to others by the commit itself.

PostgreSQL gives a NOTIFY to everybody who listens, the sender too, so it says who sent it. On SQLite other processes
see that something was committed, and not what.
"""

import os
import secrets
from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.orm import DeclarativeBase, PassiveFlag, Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history, instance_state

from tui.desk.storage.records import ApplicationRecord, AttemptRecord, RefundRecord
from tui.desk.storage.rows import WRITTEN, Written
from tui.desk.storage.wakeup import tell_others

_NEWS = "news"
_RUN = secrets.token_hex(4)
Seen = ApplicationRecord | AttemptRecord | RefundRecord
"""Rows that an application is seen by."""
_UNSEEN: dict[type[DeclarativeBase], frozenset[str]] = {
    ApplicationRecord: frozenset({"ca_asked", "next_issue_at", "issue_tries", "withheld_serial"}),
    AttemptRecord: frozenset({"next_query_at", "queries", "billed_on"}),
    RefundRecord: frozenset({"next_try_at", "tries", "ordinal", "txn_time", "refusal", "state", "billed_on"}),
}
"""Their columns that nobody sees."""


def announce(db: Session, business_no: str) -> None:
    """Let this transaction be news of the application; the unit of work does so by itself where anybody sees it."""
    news: set[str] = db.info.setdefault(_NEWS, set())
    if business_no not in news:
        news.add(business_no)
        tell_others(db.connection(), f"{business_no} {_sender(db.get_bind().engine)}")


class Announcements:
    """Tells what is committed on this database, by this process and, as far as `heard` is told, by others."""

    def __init__(self, engine: Engine, tell: Callable[[str], None]) -> None:
        """`tell` is given an application's number, or nothing: of any; in the thread that commits or hears."""
        self._engine, self._tell = engine, tell
        self._hooks = (
            ("after_flush", self._flushed),
            ("before_commit", self._written),
            ("after_commit", self._committed),
            ("after_rollback", self._rolled_back),
        )

    def listen(self) -> None:
        """Begin."""
        for name, hook in self._hooks:
            event.listen(Session, name, hook)

    def stop(self) -> None:
        """End."""
        for name, hook in self._hooks:
            event.remove(Session, name, hook)

    def heard(self, said: str) -> None:
        """What another process, or this one, told with a commit; empty: something that has no name."""
        business_no, _, sender = said.partition(" ")
        if sender != _sender(self._engine):
            self._tell(business_no)

    def _is_ours(self, session: Session) -> bool:
        return session.get_bind().engine.pool is self._engine.pool

    def _flushed(self, session: Session, _context: UOWTransaction) -> None:
        if self._is_ours(session):
            for record in (*session.new, *session.dirty):
                if isinstance(record, Seen) and _is_seen(record):
                    announce(session, record.business_no)

    def _written(self, session: Session) -> None:
        if self._is_ours(session):
            for written in session.info.get(WRITTEN, ()):
                if _is_seen_of(written):
                    announce(session, written.row.business_no)

    def _committed(self, session: Session) -> None:
        if not session.in_nested_transaction() and self._is_ours(session):
            for business_no in session.info.pop(_NEWS, ()):
                self._tell(business_no)

    def _rolled_back(self, session: Session) -> None:
        session.info.pop(_NEWS, None)


def _sender(engine: Engine) -> str:
    """This process's use of the database; workers begin as copies of one run."""
    return f"{_RUN}-{os.getpid()}-{id(engine.pool)}"


def _is_seen(record: Seen) -> bool:
    """Whether anybody sees what was written; nobody waits for a new application, whose number nobody knows."""
    state = instance_state(record)
    if state.key is None:
        return not isinstance(record, ApplicationRecord)
    return any(
        get_history(record, name, PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes()
        for name in state.committed_state.keys() - _UNSEEN[type(record)]
    )


def _is_seen_of(written: Written) -> bool:
    """The same of what was written to a row."""
    if written.is_new and written.kind is ApplicationRecord:
        return False
    return written.kind in _UNSEEN and not written.changed.keys() <= _UNSEEN[written.kind]
