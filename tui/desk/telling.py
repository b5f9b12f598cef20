"""What the agent is told by SMS and mail: written into an outbox with the change, delivered until it is accepted."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tui.core.beijing import BEIJING
from tui.desk.database import reading, writing
from tui.desk.desk import Desk
from tui.desk.messages import NotDelivered
from tui.desk.records import ApplicationRecord, InvoiceRecord, MessageKind, MessageRecord
from tui.desk.views import form_of

_LOG = logging.getLogger(__name__)


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


def tell_invoice(db: Session, record: ApplicationRecord, invoice: InvoiceRecord, now: datetime) -> None:
    """The e-invoice's number and link."""
    text = f"业务单号 {record.business_no} 的电子发票已开具，发票号码 {invoice.number}，下载链接：{invoice.pdf_url}"
    _put(db, record, "invoice", ("电子发票已开具", text), now)


def deliver(desk: Desk, message_id: str) -> None:
    """Hand a due message to its server; repeating is safe, for its number stays the same."""
    with reading(desk.engine) as db:
        message = db.get_one(MessageRecord, message_id)
    if message.sent_at is not None:
        return
    failure: NotDelivered | None = None
    try:
        _send(desk, message)
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
            message.next_try_at = now + timedelta(seconds=min(2**message.tries, 3600))


def _send(desk: Desk, message: MessageRecord) -> None:
    receiver, text = message.receiver.decode(), message.text.decode()
    match message.kind:
        case MessageKind.SMS if desk.sms is not None:
            desk.sms.send(message.message_id, receiver, text)
        case MessageKind.MAIL if desk.mail is not None:
            desk.mail.send(message.message_id, receiver, message.subject, text)
        case _:
            raise NotDelivered(f"{message.kind.value} is not configured", final=True)


def _put(db: Session, record: ApplicationRecord, topic: str, words: tuple[str, str], now: datetime) -> None:
    subject, text = words
    form = form_of(record)
    for kind, receiver in ((MessageKind.SMS, form.agent_mobile), (MessageKind.MAIL, form.agent_email)):
        message_id = f"{record.business_no}-{topic}-{kind.value}"
        if db.get(MessageRecord, message_id) is None:
            db.add(
                MessageRecord(
                    message_id=message_id,
                    business_no=record.business_no,
                    kind=kind,
                    receiver=receiver.encode(),
                    subject=subject,
                    text=text.encode(),
                    created_at=now,
                    next_try_at=now,
                    tries=0,
                )
            )
