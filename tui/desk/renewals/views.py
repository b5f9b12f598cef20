"""Records as the kiosk sees them: core types, nothing else."""

from datetime import datetime
from math import ceil

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.application import ApplicationForm, InvoiceForm
from tui.core.order import SHOWN_ATTEMPT, Application, Attempt, FeeLine, Order, Refund
from tui.desk.renewals.pricing import FEE_NAME
from tui.desk.storage.records import (
    ApplicationRecord,
    AttemptRecord,
    OrderRecord,
    RefundRecord,
)


def application_view(db: Session, record: ApplicationRecord, now: datetime) -> Application:
    """The application with order, latest attempt and refunds."""
    order = db.scalar(select(OrderRecord).where(OrderRecord.business_no == record.business_no))
    attempt = latest_attempt(db, record.business_no)
    refunds = db.scalars(select(RefundRecord).where(RefundRecord.business_no == record.business_no))
    return Application(
        business_no=record.business_no,
        status=record.status,
        payment_status=record.payment_status,
        fingerprint=record.fingerprint,
        form=form_of(record),
        agreement_version=record.agreement_version,
        agreement_digest=record.agreement_digest,
        statement=record.statement.decode(),
        order=_order(order) if order else None,
        attempt=_attempt(attempt, now) if attempt else None,
        invoice=invoice_of(record),
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


def latest_attempt(db: Session, business_no: str) -> AttemptRecord | None:
    """The attempt that was made last."""
    mine = select(AttemptRecord).where(AttemptRecord.business_no == business_no)
    return db.scalar(mine.order_by(AttemptRecord.ordinal.desc()).limit(1))


def shown_attempt(db: Session, business_no: str) -> AttemptRecord | None:
    """The one attempt whose code may be on a screen."""
    shown = AttemptRecord.state.in_(SHOWN_ATTEMPT)
    return db.scalar(select(AttemptRecord).where(AttemptRecord.business_no == business_no, shown))


def form_of(record: ApplicationRecord) -> ApplicationForm:
    """The form as it was saved."""
    return msgspec.json.decode(record.form, type=ApplicationForm)


def invoice_of(record: ApplicationRecord) -> InvoiceForm | None:
    """Whom the invoice goes to; None until the person said so."""
    return msgspec.json.decode(record.invoice, type=InvoiceForm) if record.invoice else None


def _order(record: OrderRecord) -> Order:
    line = FeeLine(FEE_NAME, record.unit_fen, record.quantity, record.total_fen)
    return Order(record.order_no, record.created_at, (line,), record.total_fen)


def _attempt(record: AttemptRecord, now: datetime) -> Attempt:
    left = ceil((record.shown_until - now).total_seconds()) if record.state in SHOWN_ATTEMPT else 0
    return Attempt(
        record.attempt_no, record.method, record.state, record.amount_fen, record.payee, max(0, left), record.qr
    )
