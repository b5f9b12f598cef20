"""The table of what operators decided; rows are added and never changed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tui.desk.storage.records import Record, stored
from tui.desk.storage.sealed import Sealed


class ActKind(StrEnum):
    """What an operator decided."""

    REFUND = "refund"
    CREDIT = "credit"
    RETURN = "return"


class ActRecord(Record):
    """Who decided what, when and why; never changed."""

    __tablename__ = "acts"
    act_no: Mapped[str] = mapped_column(primary_key=True)
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), index=True)
    attempt_no: Mapped[str]
    kind: Mapped[ActKind] = mapped_column(stored(ActKind))
    operator: Mapped[str]
    """The name of the system's user."""
    reason: Mapped[bytes] = mapped_column(Sealed("acts.reason"))
    done_at: Mapped[datetime]
