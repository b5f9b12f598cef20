"""An issued invoice on its way to the agent: the link by SMS at once, the files by mail once they are here."""

import logging
from datetime import timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.invoices.files import NotFetched
from tui.desk.invoices.tax_platform import Links
from tui.desk.notifications.outbox import tell_invoice
from tui.desk.storage.database import find_one, reading, writing
from tui.desk.storage.invoices import FileKind, InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord, MessageKind

_LOG = logging.getLogger(__name__)
_GIVE_UP = timedelta(days=1)
"""A file that could not be had for so long is left out; the mail goes with what is here."""
_LONGEST = timedelta(hours=1)
_LONGEST_LINK = 1024
_FILES = select(InvoiceFileRecord.file_no).where(InvoiceFileRecord.invoice_no == bindparam("invoice_no"))
_WAITED_FOR = select(
    exists().where(InvoiceFileRecord.invoice_no == bindparam("invoice_no"), InvoiceFileRecord.next_try_at.is_not(None))
)


def announce(
    desk: Desk, db: Session, record: ApplicationRecord, issued: InvoiceRecord | RedInvoiceRecord, links: Links
) -> None:
    """In the transaction that learns of the invoice: tell by SMS, and fetch what the mail will bring."""
    now = desk.clock()
    tell_invoice(db, record, issued, MessageKind.SMS, now)
    known = set(db.scalars(_FILES, {"invoice_no": issued.request_no}))
    for kind, url in ((FileKind.PDF, links.pdf), (FileKind.OFD, links.ofd), (FileKind.XML, links.xml)):
        file_no = f"{issued.request_no}.{kind.value}"
        if not url or len(url) > _LONGEST_LINK or file_no in known:
            continue
        db.add(
            InvoiceFileRecord(
                file_no=file_no,
                invoice_no=issued.request_no,
                business_no=record.business_no,
                number=issued.number,
                kind=kind,
                url=url,
                created_at=now,
                next_try_at=now if desk.files else None,
                tries=0,
                failure="" if desk.files else "file_hosts names no host",
            )
        )
    if _is_complete(db, issued.request_no):
        tell_invoice(db, record, issued, MessageKind.MAIL, now)


def fetch(desk: Desk, file_no: str) -> None:
    """Fetch a file that is due; the last one of its invoice lets the mail go."""
    with reading(desk.engine) as db:
        file = find_one(db, InvoiceFileRecord, file_no)
    if file.next_try_at is None or desk.files is None:
        return
    content, failure = None, None
    try:
        content = desk.files.get(file.url, file.kind)
    except NotFetched as error:
        failure = error
        _LOG.warning("file %s: %s", file_no, error.text)
    now = desk.clock()
    with writing(desk.engine) as db:
        # The application first: two files that arrive at once must see each other.
        record = find_one(db, ApplicationRecord, file.business_no, lock=True)
        file = find_one(db, InvoiceFileRecord, file_no)
        if file.content is not None:
            return
        file.tries += 1
        if failure is None:
            file.content, file.failure, file.next_try_at = content, "", None
        else:
            over = failure.final or now >= file.created_at + _GIVE_UP
            file.failure = failure.text[:255]
            file.next_try_at = None if over else now + delay(file.tries, longest=_LONGEST)
        if _is_complete(db, file.invoice_no):
            tell_invoice(db, record, issued_as(db, file.invoice_no), MessageKind.MAIL, now)


def issued_as(db: Session, invoice_no: str) -> InvoiceRecord | RedInvoiceRecord:
    """The blue or red invoice of this request number."""
    return db.get(RedInvoiceRecord, invoice_no) or db.get_one(InvoiceRecord, invoice_no)


def _is_complete(db: Session, invoice_no: str) -> bool:
    """Whether no file of the invoice is waited for, so that the mail may go."""
    db.flush()
    return not db.scalar(_WAITED_FOR, {"invoice_no": invoice_no})
