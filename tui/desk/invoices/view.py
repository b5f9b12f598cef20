"""Show an operator one application's e-invoice: numbers, states, last errors, files, messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tui.core.order import InvoiceStatus
from tui.desk.storage.invoices import InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord, MessageRecord
from tui.desk.storage.transactions import Transaction


@dataclass(frozen=True, slots=True)
class FileView:
    """One file: here, awaited or given up."""

    name: str
    """`<request number>.pdf`, .ofd, .xml."""
    url: str
    kept: bool
    failure: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message to the agent; neither address nor words."""

    message_id: str
    sent_at: datetime | None
    next_try_at: datetime | None
    """None when it is sent, or was refused for good."""
    tries: int


@dataclass(frozen=True, slots=True)
class RedView:
    """One application for a red invoice."""

    request_no: str
    state: str
    number: str
    issued_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """The invoice of an application."""

    status: InvoiceStatus
    number: str
    requested_at: datetime
    issued_at: datetime | None
    failure: str
    """The platform's last words."""
    red: tuple[RedView, ...]
    files: tuple[FileView, ...]
    messages: tuple[MessageView, ...]


def invoice_view(db: Transaction, business_no: str) -> InvoiceView | None:
    """The invoice as it stands; None when none was ordered."""
    kept = db.unit.get(InvoiceRecord, business_no)
    if kept is None:
        return None
    status = db.unit.get_one(ApplicationRecord, business_no).invoice_status
    of_application = select(RedInvoiceRecord).where(RedInvoiceRecord.business_no == business_no)
    reds = list(db.unit.scalars(of_application.order_by(RedInvoiceRecord.ordinal)))
    numbers = kept.request_no, *(red.request_no for red in reds)
    files = select(InvoiceFileRecord).where(InvoiceFileRecord.invoice_no.in_(numbers))
    told = select(MessageRecord).where(MessageRecord.business_no == business_no, MessageRecord.invoice_no != "")
    return InvoiceView(
        status,
        kept.number,
        kept.requested_at,
        kept.issued_at,
        kept.failure,
        tuple(RedView(r.request_no, r.state.value, r.number, r.issued_at, r.failure) for r in reds),
        tuple(
            FileView(f.file_no, f.url, f.content is not None, f.failure)
            for f in db.unit.scalars(files.order_by(InvoiceFileRecord.file_no))
        ),
        tuple(
            MessageView(m.message_id, m.sent_at, m.next_try_at, m.tries)
            for m in db.unit.scalars(told.order_by(MessageRecord.message_id))
        ),
    )
