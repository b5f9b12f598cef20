"""Records as the kiosk sees them: core types, nothing else."""

from datetime import datetime
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.order import FEE_NAME, Application, Attempt, FeeLine, Order, Refund
from tui.desk.storage.records import (
    SHOWN_ATTEMPT,
    ApplicationRecord,
    AttemptRecord,
    OrderRecord,
    RefundRecord,
)


def application_view(db: Session, record: ApplicationRecord, now: datetime) -> Application:
    """The application with order, latest attempt and refunds."""
    order = db.scalar(select(OrderRecord).where(OrderRecord.business_no == record.business_no))
    attempt = AttemptRecord.latest(db, record.business_no)
    refunds = db.scalars(select(RefundRecord).where(RefundRecord.business_no == record.business_no))
    return Application(
        business_no=record.business_no,
        status=record.status,
        payment_status=record.payment_status,
        fingerprint=record.fingerprint,
        form=record.typed_form(),
        agreement_version=record.agreement_version,
        agreement_digest=record.agreement_digest,
        statement=record.statement.decode(),
        order=_order(order) if order else None,
        attempt=_attempt(attempt, now) if attempt else None,
        invoice=record.typed_invoice(),
        invoice_status=record.invoice_status,
        certificate=record.certificate,
        challenge=record.challenge,
        refunds=tuple(Refund(r.amount_fen, r.done_at is not None, r.cause) for r in refunds),
        installed_at=record.installed_at,
        key_policy=record.key_policy,
        old_pair=record.old_pair,
        scheme=record.scheme,
        old_certificate=record.old_certificate,
        old_not_after=record.old_not_after,
    )


def _order(record: OrderRecord) -> Order:
    line = FeeLine(FEE_NAME, record.unit_fen, record.quantity, record.total_fen)
    return Order(record.order_no, record.created_at, (line,), record.total_fen)


def _attempt(record: AttemptRecord, now: datetime) -> Attempt:
    left = ceil((record.shown_until - now).total_seconds()) if record.state in SHOWN_ATTEMPT else 0
    return Attempt(
        record.attempt_no, record.method, record.state, record.amount_fen, record.payee, max(0, left), record.qr
    )
