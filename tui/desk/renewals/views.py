"""Records as the kiosk sees them: core types, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from tui.core.application import ApplicationForm, InvoiceForm
from tui.core.order import FEE_NAME, Application, ApplicationStatus, Attempt, FeeLine, Order, Refund
from tui.desk.storage.records import (
    SHOWN_ATTEMPT,
    ApplicationRecord,
    AttemptRecord,
    OrderRecord,
    RefundRecord,
)

_EARLIER = aliased(AttemptRecord)
_LATEST = (
    select(func.max(_EARLIER.ordinal)).where(_EARLIER.business_no == ApplicationRecord.business_no).scalar_subquery()
)
_WHOLE = (
    select(ApplicationRecord, OrderRecord, AttemptRecord, RefundRecord)
    .outerjoin(OrderRecord, OrderRecord.business_no == ApplicationRecord.business_no)
    .outerjoin(
        AttemptRecord,
        and_(AttemptRecord.business_no == ApplicationRecord.business_no, AttemptRecord.ordinal == _LATEST),
    )
    .outerjoin(RefundRecord, RefundRecord.business_no == ApplicationRecord.business_no)
)
"""One row for each refund, or one."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An application with what belongs to its view."""

    record: ApplicationRecord
    order: OrderRecord | None
    attempt: AttemptRecord | None
    """The latest."""
    refunds: tuple[RefundRecord, ...]


def whole(db: Session, business_no: str) -> Whole | None:
    """The application of this number, read by one statement."""
    rows = db.execute(_WHOLE.where(ApplicationRecord.business_no == business_no)).all()
    if not rows:
        return None
    record, order, attempt, _ = rows[0]
    return Whole(record, order, attempt, tuple(refund for *_, refund in rows if refund is not None))


def application_view(db: Session, record: ApplicationRecord, now: datetime) -> Application:
    """The application with order, latest attempt and refunds, which are read; a draft has none of them."""
    found = None if record.status is ApplicationStatus.DRAFT else whole(db, record.business_no)
    return view(found or Whole(record, None, None, ()), now)


def view(whole: Whole, now: datetime) -> Application:
    """As the kiosk gets it."""
    record, order, attempt = whole.record, whole.order, whole.attempt
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
        refunds=tuple(Refund(r.amount_fen, r.done_at is not None, r.cause) for r in whole.refunds),
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
