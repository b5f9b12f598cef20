"""Obligations: rows with a due time, written in the transaction that caused them, and how desks share them.

A desk takes an obligation by moving its due time on to the end of a lease. What a desk that died had taken is due again
when its lease is over; who is still at work renews it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, Integer, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from tui.desk.context import Desk
from tui.desk.invoices.delivery import fetch
from tui.desk.invoices.red_invoice import take_back
from tui.desk.invoices.service import invoice
from tui.desk.notifications.outbox import deliver
from tui.desk.payments.polling import follow
from tui.desk.payments.reconciliation import reconcile_due
from tui.desk.payments.refunds import pursue
from tui.desk.renewals.issuing import issue
from tui.desk.storage.database import glancing, write
from tui.desk.storage.invoices import InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.reconciliations import ReconciliationRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, MessageKind, MessageRecord, RefundRecord
from tui.desk.storage.statements import Statement, ask
from tui.desk.storage.variants import writes_once

AT_ONCE = 8
"""Of one kind at one desk: a slow mail server keeps no payment waiting."""
_FAR = timedelta(days=2)
"""Nothing is put off for so long: what is was written while the clock ran ahead, and is due."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One kind: which rows are due, and what is done about one of them."""

    number: InstrumentedAttribute[str]
    due: InstrumentedAttribute[Any]
    """Null: nothing is owed."""
    act: Callable[[Desk, str], object]
    """Safe to repeat; decides in its own transaction when, if ever, the row is due again: else at its lease's end."""
    only: tuple[InstrumentedAttribute[Any], object] | None = None
    """A column and its value, where rows with another one are of another kind."""

    @property
    def name(self) -> str:
        """For logs and threads."""
        return str(self.number.class_.__tablename__)

    def has(self, row: Any) -> bool:
        """Whether the row, of this table, is of this kind."""
        return self.only is None or getattr(row, self.only[0].key) == self.only[1]


@dataclass(frozen=True, slots=True)
class Due:
    """News of one row."""

    kind: Obligation
    number: str
    """Empty: of rows that are not named."""
    at: datetime | None
    """None: it owes nothing any more."""


Tell = Callable[[Due], None]
_BUSY = tuple(f"busy_{ordinal}" for ordinal in range(AT_ONCE))
"""Parameters for the numbers that are under way."""


OBLIGATIONS = (
    Obligation(AttemptRecord.attempt_no, AttemptRecord.next_query_at, follow),
    Obligation(ApplicationRecord.business_no, ApplicationRecord.next_issue_at, issue),
    Obligation(RefundRecord.refund_no, RefundRecord.next_try_at, pursue),
    # A mail server that is silent for minutes keeps no SMS waiting.
    *(
        Obligation(MessageRecord.message_id, MessageRecord.next_try_at, deliver, (MessageRecord.kind, kind))
        for kind in MessageKind
    ),
    Obligation(InvoiceRecord.business_no, InvoiceRecord.next_query_at, invoice),
    Obligation(RedInvoiceRecord.request_no, RedInvoiceRecord.next_query_at, take_back),
    Obligation(InvoiceFileRecord.file_no, InvoiceFileRecord.next_try_at, fetch),
    Obligation(ReconciliationRecord.reconciliation_no, ReconciliationRecord.next_try_at, reconcile_due),
)


def next_due(engine: Engine, kinds: Sequence[Obligation], now: datetime) -> list[datetime | None]:
    """When each kind is due next, by one query; None where nothing is owed."""
    with glancing(engine) as connection:
        (found,) = ask(connection, _moments(tuple(kinds)))
    pairs = zip(found[::2], found[1::2], strict=True)
    return [now if last is not None and last > now + _FAR else first for first, last in pairs]


@cache
def _moments(kinds: tuple[Obligation, ...]) -> Statement:
    """The first and the last due time of each kind, side by side."""
    moments = [select(at(kind.due)).where(_owes(kind)) for kind in kinds for at in (func.min, func.max)]
    return select(*(moment.scalar_subquery() for moment in moments))


def _owes(kind: Obligation) -> ColumnElement[bool]:
    """Said in so many words, for the sake of `tui.desk.storage.indexes.owed`."""
    owes = kind.due.is_not(None)
    return owes if kind.only is None else and_(owes, kind.only[0] == kind.only[1])


def claim(
    engine: Engine, kind: Obligation, at_most: int, now: datetime, until: datetime, *, under_way: Collection[str] = ()
) -> list[str]:
    """Take the rows that have been due longest, so that nobody else takes them until then.

    A row that another transaction holds right now is left out.
    """
    busy = dict(zip(_BUSY, (*under_way, *("" for _ in _BUSY)), strict=False))
    values = {"now": now, "far": now + _FAR, "at_most": at_most, "until": until, **busy}
    return sorted(write(engine, _claiming(kind), values))


@cache
def _claiming(kind: Obligation) -> Statement:
    """The statement, the same each time: to build and to translate it costs more than to carry it out."""
    is_due = or_(kind.due <= bindparam("now"), kind.due > bindparam("far"))
    is_free = kind.number.not_in([bindparam(name, type_=kind.number.type) for name in _BUSY])
    due = select(kind.number).where(_owes(kind), is_due, is_free).order_by(kind.due)
    taken = due.limit(bindparam("at_most", type_=Integer)).with_for_update(skip_locked=True).cte("taken")
    moved = update(kind.number.class_).where(kind.number.in_(select(taken.c[0])))
    return moved.values({kind.due: bindparam("until")}).returning(kind.number)


def bring_forward(engine: Engine, kind: Obligation, now: datetime, until: datetime) -> None:
    """Let be due now what would be until then; an act that another desk is at is done twice, which each can bear."""
    within = _owes(kind), kind.due > now, kind.due <= until
    with writes_once(engine).begin() as connection:
        connection.execute(update(kind.number.class_).where(*within).values({kind.due: now}))


def put_off(
    engine: Engine, kind: Obligation, numbers: Collection[str], leases: Collection[datetime], until: datetime
) -> set[str]:
    """Move rows on that still stand at their lease's end; those that do not were decided otherwise meanwhile."""
    mine = kind.number.in_(numbers), kind.due.in_(leases)
    moved = update(kind.number.class_).where(*mine).values({kind.due: until}).returning(kind.number)
    with writes_once(engine).begin() as connection:
        return set(connection.scalars(moved))
