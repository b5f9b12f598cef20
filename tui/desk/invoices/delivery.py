"""An issued invoice on its way to the agent: the link by SMS at once, the files by mail once they are here."""

import logging
from datetime import timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.invoices.files import NotFetched
from tui.desk.invoices.tax_platform import Links
from tui.desk.notifications.outbox import tell_invoice
from tui.desk.storage.database import glancing, writing
from tui.desk.storage.inserts import add_all
from tui.desk.storage.invoices import FileKind, InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord, MessageKind
from tui.desk.storage.rows import load, new, save, seek
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction

_LOG = logging.getLogger(__name__)
_GIVE_UP = timedelta(days=1)
"""A file that could not be had for so long is left out; the mail goes with what is here."""
_LONGEST = timedelta(hours=1)
_LONGEST_LINK = 1024
_OTHERS = aliased(InvoiceFileRecord)
_WAITED_FOR = select(exists().where(_OTHERS.invoice_no == bindparam("invoice_no"), _OTHERS.next_try_at.is_not(None)))
_STATE = select(
    InvoiceFileRecord.content.is_not(None),
    exists().where(
        _OTHERS.invoice_no == InvoiceFileRecord.invoice_no,
        _OTHERS.file_no != InvoiceFileRecord.file_no,
        _OTHERS.next_try_at.is_not(None),
    ),
).where(InvoiceFileRecord.file_no == bindparam("file_no"))
"""Whether a file is here, and whether another one of its invoice is waited for."""


def announce(
    desk: Desk, db: Transaction, record: ApplicationRecord, issued: InvoiceRecord | RedInvoiceRecord, links: Links
) -> None:
    """In the transaction that learns of the invoice: tell by SMS, and fetch what the mail will bring."""
    now = desk.clock()
    tell_invoice(db, record, issued, MessageKind.SMS, now)
    files = [
        new(
            InvoiceFileRecord,
            file_no=f"{issued.request_no}.{kind.value}",
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
        for kind, url in ((FileKind.PDF, links.pdf), (FileKind.OFD, links.ofd), (FileKind.XML, links.xml))
        if 0 < len(url) <= _LONGEST_LINK
    ]
    are_waited_for = bool(files and add_all(db, files) and desk.files)
    if not are_waited_for and not _is_waited_for(db, issued.request_no):
        tell_invoice(db, record, issued, MessageKind.MAIL, now)


def fetch(desk: Desk, file_no: str) -> None:
    """Fetch a file that is due; the last one of its invoice lets the mail go."""
    with glancing(desk.engine) as connection:
        file = load(connection, InvoiceFileRecord, file_no)
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
        record = load(db.connection(), ApplicationRecord, file.business_no, lock=True)
        ((is_here, others_are_waited_for),) = ask(db.connection(), _STATE, {"file_no": file_no})
        if is_here:
            return
        is_over = content is not None
        if content is not None:
            file.content, file.tries, file.failure, file.next_try_at = content, file.tries + 1, "", None
        elif failure is not None:
            is_over = failure.final or now >= file.created_at + _GIVE_UP
            file.tries, file.failure = file.tries + 1, failure.text[:255]
            file.next_try_at = None if is_over else now + delay(file.tries, longest=_LONGEST)
        save(db, file)
        if is_over and not others_are_waited_for:
            tell_invoice(db, record, issued_as(db, file.business_no, file.invoice_no), MessageKind.MAIL, now)


def issued_as(db: Transaction, business_no: str, invoice_no: str) -> InvoiceRecord | RedInvoiceRecord:
    """The blue or red invoice of this request number."""
    red = seek(db.connection(), RedInvoiceRecord, invoice_no) if invoice_no != business_no else None
    return red or load(db.connection(), InvoiceRecord, invoice_no)


def _is_waited_for(db: Transaction, invoice_no: str) -> bool:
    return bool(ask(db.connection(), _WAITED_FOR, {"invoice_no": invoice_no})[0][0])
