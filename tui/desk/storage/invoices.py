"""The tables of e-invoices: the blue one of an application, red ones that take it back, and their files."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tui.desk.storage.indexes import owed
from tui.desk.storage.records import Record, stored
from tui.desk.storage.sealed import Sealed


class RedState(StrEnum):
    """How far an invoice is taken back."""

    REQUESTED = "requested"
    AWAITING_BUYER = "awaiting_buyer"
    """The buyer must agree at the tax bureau, within 72 hours."""
    ISSUED = "issued"
    FAILED = "failed"
    NEEDLESS = "needless"
    """There was no invoice in the end, or it was made invalid already."""


RED_OPEN = frozenset({RedState.REQUESTED, RedState.AWAITING_BUYER})


class FileKind(StrEnum):
    """The three forms of a 数电票."""

    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.OFD: "application/octet-stream",  # none is registered; RFC 2046 4.5.1
    FileKind.XML: "application/xml",
}


class Requested:
    """What a blue and a red invoice have in common."""

    number: Mapped[str] = mapped_column(default="")
    """20 digits once issued."""
    pdf_url: Mapped[str] = mapped_column(String(1024), default="")
    requested_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    """The platform's last words while it has not issued."""
    next_query_at: Mapped[datetime | None]
    """When the platform is asked (again); None once it is issued, or refused until a person lets it be tried again."""
    queries: Mapped[int] = mapped_column(default=0)


class InvoiceRecord(Requested, Record):
    """The e-invoice of an application; written before the platform is asked."""

    __tablename__ = "invoices"
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), primary_key=True)

    __table_args__ = (owed("invoices", "next_query_at"),)

    @property
    def request_no(self) -> str:
        """The number under which the platform knows the order."""
        return self.business_no


class RedInvoiceRecord(Requested, Record):
    """One application for a red invoice."""

    __tablename__ = "red_invoices"
    request_no: Mapped[str] = mapped_column(primary_key=True)
    """`HZ`, the business number and an ordinal of two digits."""
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"))
    ordinal: Mapped[int]
    """1, 2, … among the application's; another one is made only when the one before has failed."""
    state: Mapped[RedState] = mapped_column(stored(RedState))

    __table_args__ = (
        Index("one_red_invoice_at_a_time", "business_no", "ordinal", unique=True),
        owed("red_invoices", "next_query_at"),
    )


class InvoiceFileRecord(Record):
    """One file of an issued invoice, fetched while its link lives."""

    __tablename__ = "invoice_files"
    file_no: Mapped[str] = mapped_column(primary_key=True)
    """The invoice's request number, a full stop, the kind."""
    invoice_no: Mapped[str] = mapped_column(index=True)
    """The request number of the blue or red invoice."""
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"))
    number: Mapped[str]
    """20 digits of the invoice."""
    kind: Mapped[FileKind] = mapped_column(stored(FileKind))
    url: Mapped[str] = mapped_column(String(1024))
    content: Mapped[bytes | None] = mapped_column(Sealed("invoice_files.content"))
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    """None once it is here, or given up."""
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")

    __table_args__ = (owed("invoice_files", "next_try_at"),)
