"""The tables of reconciliation: which daily bills were compared, and where they differ from the desk's records."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tui.core.payment_method import PaymentMethod
from tui.desk.storage.indexes import owed
from tui.desk.storage.records import Record, stored


class DifferenceKind(StrEnum):
    """How a platform's bill and our records differ in one payment or refund."""

    MISSING_HERE = "missing_here"
    """In the bill, and not (or not yet) with us."""
    MISSING_THERE = "missing_there"
    """With us, and not in the bill."""
    AMOUNT = "amount"
    STATE = "state"
    """Both know it, and not as done."""
    UNREADABLE = "unreadable"
    """A line of the bill that is not of the published form and may be ours."""


class ReconciliationRecord(Record):
    """One day of one platform."""

    __tablename__ = "reconciliations"
    reconciliation_no: Mapped[str] = mapped_column(primary_key=True)
    """`<method>-<day>`."""
    method: Mapped[PaymentMethod]
    day: Mapped[str] = mapped_column(String(10))
    """Beijing day, `YYYY-MM-DD`."""
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    """When the bill was compared; None while there is none."""
    entries: Mapped[int] = mapped_column(default=0)
    """Lines of the bill that could be compared."""

    __table_args__ = (owed("reconciliations", "next_try_at"),)


class DifferenceRecord(Record):
    """One line that is not the same on both sides."""

    __tablename__ = "differences"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    reconciliation_no: Mapped[str] = mapped_column(ForeignKey("reconciliations.reconciliation_no"), index=True)
    kind: Mapped[DifferenceKind] = mapped_column(stored(DifferenceKind))
    attempt_no: Mapped[str]
    refund_no: Mapped[str]
    """Empty for a payment."""
    ours_fen: Mapped[int | None] = mapped_column(BigInteger)
    theirs_fen: Mapped[int | None] = mapped_column(BigInteger)
    ours_state: Mapped[str] = mapped_column(String(16))
    """As it was found."""
    settled: Mapped[bool]
    """A query that followed has put it right."""
