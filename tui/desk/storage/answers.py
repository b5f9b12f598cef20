"""The table of answers to writes, kept for their repetitions."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tui.desk.storage.records import Record
from tui.desk.storage.sealed import Sealed


class AnswerRecord(Record):
    """The answer to a write, given again to a repetition with the same Idempotency-Key."""

    __tablename__ = "answers"
    account: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    answer: Mapped[bytes] = mapped_column(Sealed("answers.answer"))
    created_at: Mapped[datetime] = mapped_column(index=True)
