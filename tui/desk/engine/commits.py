"""Learns from this process's own transactions what they leave to be done, so that nothing has to be looked for."""

from collections.abc import Sequence

from sqlalchemy import Engine

from tui.desk.engine.obligations import Due, Obligation, Tell
from tui.desk.storage.records import AT_ONCE
from tui.desk.storage.transactions import Swept, Transaction, ignore, listen


class Commits:
    """Tells, once a transaction on this database is committed, of each due time that it wrote, None among them.

    In the order in which they were written: of two times of one row, the last one counts.
    """

    def __init__(self, engine: Engine, kinds: Sequence[Obligation], tell: Tell) -> None:
        """`tell` is called in the thread that commits, and must not block."""
        self._engine, self._tell = engine, tell
        self._kinds: dict[object, list[Obligation]] = {}
        for kind in kinds:
            self._kinds.setdefault(kind.number.class_, []).append(kind)

    def listen(self) -> None:
        """Begin."""
        listen(self._engine, self)

    def stop(self) -> None:
        """End."""
        ignore(self._engine, self)

    def written(self, db: Transaction) -> None:
        """It may yet be rolled back."""

    def committed(self, db: Transaction) -> None:
        """Tell."""
        for news in db.news:
            for kind in self._kinds.get(news.kind, ()):
                if isinstance(news, Swept):
                    self._tell(Due(kind, "", AT_ONCE))
                elif kind.due.key in news.changed and kind.has(news.row):
                    due: object = news.changed[kind.due.key]
                    self._tell(Due(kind, getattr(news.row, kind.number.key), due))  # type: ignore[arg-type]
