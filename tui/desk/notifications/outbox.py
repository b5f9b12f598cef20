"""What the agent is told by SMS and mail: written into an outbox with the change, delivered until it is accepted."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from tui.core.order import InvoiceStatus
from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.notifications import wording
from tui.desk.notifications.message import Attachment, NotDelivered
from tui.desk.notifications.wording import Words
from tui.desk.storage.database import glancing, write, writing
from tui.desk.storage.inserts import add_all
from tui.desk.storage.invoices import MEDIA_TYPES, InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord, MessageKind, MessageRecord
from tui.desk.storage.rows import load, new, row, save
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction

_LOG = logging.getLogger(__name__)
_LONGEST = timedelta(hours=1)
_SENT = (
    update(MessageRecord)
    .where(MessageRecord.message_id == bindparam("number"))
    .values(sent_at=bindparam("now"), next_try_at=None, tries=bindparam("tries"))
    .returning(MessageRecord.message_id)
)
"""Accepted, and nothing hangs on it."""
_TOLD = select(MessageRecord.next_try_at, MessageRecord.sent_at).where(
    MessageRecord.business_no == bindparam("number"), MessageRecord.invoice_no == bindparam("invoice_no")
)
_FILES = (
    select(*InvoiceFileRecord.__table__.columns)
    .where(InvoiceFileRecord.invoice_no == bindparam("invoice_no"))
    .order_by(InvoiceFileRecord.file_no.desc())
)


def tell_issued(db: Transaction, record: ApplicationRecord, now: datetime) -> None:
    """Ready to install."""
    _put(db, record, "issued", wording.issued(record.business_no, record.new_not_after), now)


def tell_failed(db: Transaction, record: ApplicationRecord, hotline: str, now: datetime) -> None:
    """The CA refused for good."""
    _put(db, record, "failed", wording.failed(record.business_no, hotline), now)


def tell_invoice(
    db: Transaction,
    record: ApplicationRecord,
    invoice: InvoiceRecord | RedInvoiceRecord,
    kind: MessageKind,
    now: datetime,
) -> None:
    """An issued invoice, blue or red: its number and link; a mail brings its files."""
    blue = invoice.request_no == record.business_no
    topic, say = ("invoice", wording.invoice) if blue else ("red-invoice", wording.red_invoice)
    words = say(record.business_no, invoice.number, invoice.pdf_url)
    _put(db, record, topic, words, now, kinds=(kind,), invoice_no=invoice.request_no)


def deliver(desk: Desk, message_id: str) -> None:
    """Hand a due message to its server; repeating is safe, for its number stays the same."""
    with glancing(desk.engine) as connection:
        message = load(connection, MessageRecord, message_id)
        files = _attachments(connection, message)
    if message.sent_at is not None:
        return
    failure: NotDelivered | None = None
    try:
        _send(desk, message, files)
    except NotDelivered as error:
        failure = error
        _LOG.warning("message %s: %s", message_id, error.text)
    now = desk.clock()
    if failure is None and not message.invoice_no:
        write(desk.engine, _SENT, {"number": message_id, "tries": message.tries + 1, "now": now})
        return
    with writing(desk.engine) as db:
        message.tries += 1
        if failure is None:
            message.sent_at, message.next_try_at = now, None
        elif failure.final:
            message.next_try_at = None
        else:
            message.next_try_at = now + delay(message.tries, longest=_LONGEST)
        save(db, message)
        if message.invoice_no:
            _note_delivered(db, message)


def _note_delivered(db: Transaction, message: MessageRecord) -> None:
    """The invoice is with the agent once SMS and mail are decided and one of them at least was accepted."""
    record = load(db.connection(), ApplicationRecord, message.business_no, lock=True)
    told = ask(db.connection(), _TOLD, {"number": message.business_no, "invoice_no": message.invoice_no})
    decided = len(told) == len(MessageKind) and all(next_try_at is None for next_try_at, _ in told)
    if decided and any(sent_at for _, sent_at in told) and record.invoice_status is InvoiceStatus.ISSUED:
        record.invoice_status = InvoiceStatus.SENT
        save(db, record)


def _send(desk: Desk, message: MessageRecord, files: tuple[Attachment, ...]) -> None:
    receiver, text = message.receiver.decode(), message.text.decode()
    match message.kind:
        case MessageKind.SMS if desk.sms is not None:
            desk.sms.send(message.message_id, receiver, text)
        case MessageKind.MAIL if desk.mail is not None:
            desk.mail.send(message.message_id, receiver, message.subject, text, files)
        case _:
            raise NotDelivered(f"{message.kind.value} is not configured", final=True)


def _attachments(connection: Connection, message: MessageRecord) -> tuple[Attachment, ...]:
    if message.kind is not MessageKind.MAIL or not message.invoice_no:
        return ()
    files = [row(InvoiceFileRecord, found) for found in ask(connection, _FILES, {"invoice_no": message.invoice_no})]
    return tuple(
        Attachment(f"{file.number}.{file.kind.value}", MEDIA_TYPES[file.kind], file.content)
        for file in files
        if file.content is not None
    )


def _put(
    db: Transaction,
    record: ApplicationRecord,
    topic: str,
    words: Words,
    now: datetime,
    *,
    kinds: tuple[MessageKind, ...] = tuple(MessageKind),
    invoice_no: str = "",
) -> None:
    form = record.typed_form()
    receivers = {MessageKind.SMS: form.agent_mobile, MessageKind.MAIL: form.agent_email}
    messages = [
        new(
            MessageRecord,
            message_id=f"{record.business_no}-{topic}-{kind.value}",
            business_no=record.business_no,
            kind=kind,
            receiver=receivers[kind].encode(),
            subject=words.subject,
            text=words.text.encode(),
            created_at=now,
            next_try_at=now,
            tries=0,
            invoice_no=invoice_no,
        )
        for kind in kinds
    ]
    add_all(db, messages)
