"""Learns from this process's own transactions what they leave to be done, so that nothing has to be looked for."""

from collections.abc import Sequence

from sqlalchemy import Engine, event
from sqlalchemy.orm import PassiveFlag, Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history

from tui.desk.engine.obligations import Due, Obligation, Tell
from tui.desk.storage.inserts import CHANGED
from tui.desk.storage.records import AT_ONCE
from tui.desk.storage.rows import WRITTEN

_LEFT = "obligations"


class Commits:
    """Tells, once a transaction on this database is committed, of each due time that it wrote, None among them.

    As far as the unit of work wrote it, `save`, `add_all` or `change`: to look at every statement costs more.
    """

    def __init__(self, engine: Engine, kinds: Sequence[Obligation], tell: Tell) -> None:
        """`tell` is called in the thread that commits, and must not block."""
        self._engine, self._tell = engine, tell
        self._kinds = {kind.number.class_: kind for kind in kinds}
        self._hooks = (
            ("after_flush", self._flushed),
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

    def _flushed(self, session: Session, _context: UOWTransaction) -> None:
        for record in (*session.new, *session.dirty):
            kind = self._kinds.get(type(record))
            if kind is None:
                continue
            written = get_history(
                record, kind.due.key, PassiveFlag.PASSIVE_NO_INITIALIZE
            ).added  # nothing is loaded for it
            if written:
                self._leave(session, Due(kind, getattr(record, kind.number.key), written[0]))

    def _leave(self, session: Session, due: Due) -> None:
        if session.get_bind().engine.pool is self._engine.pool:
            session.info.setdefault(_LEFT, []).append(due)

    def _committed(self, session: Session) -> None:
        if not session.in_nested_transaction():
            for written in session.info.get(WRITTEN, ()):  # others listen to the same
                kind = self._kinds.get(written.kind)
                if kind and kind.due.key in written.changed:
                    number = getattr(written.row, kind.number.key)
                    self._leave(session, Due(kind, number, written.changed[kind.due.key]))
            for changed in session.info.pop(CHANGED, ()):
                if kind := self._kinds.get(changed):
                    self._leave(session, Due(kind, "", AT_ONCE))
            for due in session.info.pop(_LEFT, ()):
                self._tell(due)

    def _rolled_back(self, session: Session) -> None:
        session.info.pop(CHANGED, None)
        session.info.pop(_LEFT, None)
