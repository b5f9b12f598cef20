"""What the agent is told by SMS and mail: written into an outbox with the change, delivered until it is accepted."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.beijing import BEIJING
from tui.core.order import InvoiceStatus
from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.notifications.messages import Attachment, NotDelivered
from tui.desk.storage.database import reading, writing
from tui.desk.storage.invoices import MEDIA_TYPES, InvoiceFileRecord, InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord, MessageKind, MessageRecord

_LOG = logging.getLogger(__name__)
_LONGEST = timedelta(hours=1)


def tell_issued(db: Session, record: ApplicationRecord, now: datetime) -> None:
    """Ready to install."""
    until = f"{record.new_not_after.astimezone(BEIJING):%Y-%m-%d}"
    text = (
        f"您的数字证书续期（业务单号 {record.business_no}）已签发，有效期至 {until}。请插入原CA，登录后完成证书安装。"
    )
    _put(db, record, "issued", ("新证书已签发，请安装", text), now)


def tell_failed(db: Session, record: ApplicationRecord, now: datetime) -> None:
    """The CA refused for good."""
    text = f"您的数字证书续期（业务单号 {record.business_no}）未能签发，已付款项将原路退回。如有疑问请联系服务热线。"
    _put(db, record, "failed", ("证书续期未能办理", text), now)


def tell_invoice(
    db: Session,
    record: ApplicationRecord,
    invoice: InvoiceRecord | RedInvoiceRecord,
    kind: MessageKind,
    now: datetime,
) -> None:
    """An issued invoice, blue or red: its number and link; a mail brings its files."""
    if isinstance(invoice, InvoiceRecord):
        topic, subject = "invoice", "电子发票已开具"
        text = f"业务单号 {record.business_no} 的电子发票已开具，发票号码 {invoice.number}"
    else:
        topic, subject = "red-invoice", "电子发票已红冲"
        text = f"业务单号 {record.business_no} 已退款，原电子发票已红冲，红字发票号码 {invoice.number}"
    text += f"，下载链接：{invoice.pdf_url}" if invoice.pdf_url else "。"
    _put(db, record, topic, (subject, text), now, kinds=(kind,), invoice_no=invoice.request_no)


def deliver(desk: Desk, message_id: str) -> None:
    """Hand a due message to its server; repeating is safe, for its number stays the same."""
    with reading(desk.engine) as db:
        message = db.get_one(MessageRecord, message_id)
        files = _attachments(db, message)
    if message.sent_at is not None:
        return
    failure: NotDelivered | None = None
    try:
        _send(desk, message, files)
    except NotDelivered as error:
        failure = error
        _LOG.warning("message %s: %s", message_id, error.text)
    now = desk.clock()
    with writing(desk.engine) as db:
        message = db.get_one(MessageRecord, message_id)
        message.tries += 1
        if failure is None:
            message.sent_at, message.next_try_at = now, None
        elif failure.final:
            message.next_try_at = None
        else:
            message.next_try_at = now + delay(message.tries, longest=_LONGEST)
        if message.invoice_no:
            _note_delivered(db, message)


def _note_delivered(db: Session, message: MessageRecord) -> None:
    """The invoice is with the agent once SMS and mail are decided and one of them at least was accepted."""
    record = db.get_one(ApplicationRecord, message.business_no, with_for_update=True)
    db.flush()
    told = list(db.scalars(select(MessageRecord).where(MessageRecord.invoice_no == message.invoice_no)))
    decided = len(told) == len(MessageKind) and all(other.next_try_at is None for other in told)
    if decided and any(other.sent_at for other in told) and record.invoice_status is InvoiceStatus.ISSUED:
        record.invoice_status = InvoiceStatus.SENT


def _send(desk: Desk, message: MessageRecord, files: tuple[Attachment, ...]) -> None:
    receiver, text = message.receiver.decode(), message.text.decode()
    match message.kind:
        case MessageKind.SMS if desk.sms is not None:
            desk.sms.send(message.message_id, receiver, text)
        case MessageKind.MAIL if desk.mail is not None:
            desk.mail.send(message.message_id, receiver, message.subject, text, files)
        case _:
            raise NotDelivered(f"{message.kind.value} is not configured", final=True)


def _attachments(db: Session, message: MessageRecord) -> tuple[Attachment, ...]:
    if message.kind is not MessageKind.MAIL or not message.invoice_no:
        return ()
    mine = select(InvoiceFileRecord).where(InvoiceFileRecord.invoice_no == message.invoice_no)
    return tuple(
        Attachment(f"{file.number}.{file.kind.value}", MEDIA_TYPES[file.kind], file.content)
        for file in db.scalars(mine.order_by(InvoiceFileRecord.file_no.desc()))
        if file.content is not None
    )


def _put(
    db: Session,
    record: ApplicationRecord,
    topic: str,
    words: tuple[str, str],
    now: datetime,
    *,
    kinds: tuple[MessageKind, ...] = tuple(MessageKind),
    invoice_no: str = "",
) -> None:
    subject, text = words
    form = record.typed_form()
    receivers = {MessageKind.SMS: form.agent_mobile, MessageKind.MAIL: form.agent_email}
    for kind in kinds:
        message_id = f"{record.business_no}-{topic}-{kind.value}"
        if db.get(MessageRecord, message_id) is None:
            db.add(
                MessageRecord(
                    message_id=message_id,
                    business_no=record.business_no,
                    kind=kind,
                    receiver=receivers[kind].encode(),
                    subject=subject,
                    text=text.encode(),
                    created_at=now,
                    next_try_at=now,
                    tries=0,
                    invoice_no=invoice_no,
                )
            )
