"""The server's own log (csvlog with log_statement=all), read as transactions of all connections but the bench's."""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

BENCH = "bench"
"""application_name of the connections that are not counted."""
OPTIONS = (
    "-c logging_collector=on -c log_destination=csvlog -c log_filename=statements -c log_statement=all "
    "-c log_rotation_age=0 -c log_rotation_size=0 -c log_timezone=UTC"
)
_TIME, _SESSION, _VXID, _MESSAGE, _APPLICATION = 0, 5, 9, 13, 22
_STATEMENT = re.compile(r"(?:statement|execute [^:]*): (.*)", re.DOTALL)
_MARK = re.compile(r"SELECT 'mark: (.*)'")
_BORDERS = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK(?! TO))", re.IGNORECASE)
"""No statements; a savepoint and its release are."""
_COMMENT = re.compile(r" /\* (.*) \*/\s*$")
_PINGS = {";", "SELECT 1"}
"""What SQLAlchemy sends before it hands out a connection of its pool."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What transactions that do the same have in common."""

    origin: str
    """Who sent it; empty where nobody said so."""
    statements: tuple[str, ...]
    pings: int
    """Statements before it that only asked whether the connection lives, each a transaction of its own."""


@dataclass(slots=True)
class Phase:
    """What the server did between two marks."""

    name: str
    began: datetime
    ended: datetime
    seen: Counter[Signature] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.began).total_seconds()


@dataclass(slots=True)
class _Open:
    phase: Phase
    origin: str = ""
    statements: list[str] = field(default_factory=list)
    pings: int = 0


def mark(name: str) -> str:
    """The statement that begins a phase."""
    return f"SELECT 'mark: {name}'"


def phases(folder: Path) -> list[Phase]:
    """The phases in their order; what came before the first mark is left out."""
    found: list[Phase] = []
    under_way: dict[tuple[str, str], _Open] = {}
    pings: Counter[str] = Counter()
    (log,) = folder.glob("statements*.csv")
    for row in _rows(log):
        said = _STATEMENT.match(row[_MESSAGE])
        if said is None:
            continue
        moment = datetime.strptime(row[_TIME], "%Y-%m-%d %H:%M:%S.%f %Z")  # noqa: DTZ007 - only differences count
        if row[_APPLICATION] == BENCH:
            if marked := _MARK.match(said[1]):
                if found:
                    found[-1].ended = moment
                found.append(Phase(marked[1], moment, moment))
            continue
        if not found:
            continue
        session, text, origin = row[_SESSION], said[1], ""
        if text in _PINGS:
            pings[session] += 1
            continue
        if comment := _COMMENT.search(text):
            text, origin = text[: comment.start()], comment[1]
        key = session, row[_VXID]
        if key not in under_way:
            under_way[key] = _Open(found[-1], pings=pings.pop(session, 0))
        if not _BORDERS.match(text):
            under_way[key].statements.append(text)
        under_way[key].origin = under_way[key].origin or origin
    for done in under_way.values():
        done.phase.seen[Signature(done.origin, tuple(done.statements), done.pings)] += 1
    return found


def _rows(log: Path) -> Iterator[list[str]]:
    csv.field_size_limit(sys.maxsize)
    with log.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
