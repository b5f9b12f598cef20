"""Records as the kiosk sees them: core types, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from tui.core.order import FEE_NAME, SHOWN_ATTEMPT, Application, ApplicationStatus, Attempt, FeeLine, Order, Refund
from tui.desk.storage.records import (
    ApplicationRecord,
    AttemptRecord,
    OrderRecord,
    RefundRecord,
)
from tui.desk.storage.rows import side_by_side
from tui.desk.storage.statements import ask
from tui.desk.storage.transactions import Transaction

_EARLIER = aliased(AttemptRecord)
_LATEST = (
    select(func.max(_EARLIER.ordinal)).where(_EARLIER.business_no == ApplicationRecord.business_no).scalar_subquery()
)
_RECORDS = ApplicationRecord, OrderRecord, AttemptRecord, RefundRecord
DOSSIERS = (
    select(*(column for record in _RECORDS for column in record.__table__.columns))
    .select_from(ApplicationRecord)
    .outerjoin(OrderRecord, OrderRecord.business_no == ApplicationRecord.business_no)
    .outerjoin(
        AttemptRecord,
        and_(AttemptRecord.business_no == ApplicationRecord.business_no, AttemptRecord.ordinal == _LATEST),
    )
    .outerjoin(RefundRecord, RefundRecord.business_no == ApplicationRecord.business_no)
)
"""Applications with what belongs to their views; one row for each refund, or one."""
_ONE = DOSSIERS.where(ApplicationRecord.business_no == bindparam("business_no"))


@dataclass(frozen=True, slots=True)
class Dossier:
    """An application with what belongs to its view."""

    record: ApplicationRecord
    order: OrderRecord | None
    attempt: AttemptRecord | None
    """The latest."""
    refunds: tuple[RefundRecord, ...]


def load_dossier(db: Transaction, business_no: str) -> Dossier | None:
    """The application of this number, read by one statement."""
    db.flush()
    rows = ask(db.connection(), _ONE, {"business_no": business_no})
    return dossier_of(rows) if rows else None


def dossier_of(rows: Sequence[Sequence[Any]]) -> Dossier:
    """From the rows of one application."""
    found = [side_by_side(_RECORDS, values) for values in rows]
    record, order, attempt, _ = found[0]
    return Dossier(record, order, attempt, tuple(refund for *_, refund in found if refund is not None))


def application_view(db: Transaction, record: ApplicationRecord, now: datetime) -> Application:
    """The application with order, latest attempt and refunds, which are read; a draft has none of them."""
    found = None if record.status is ApplicationStatus.DRAFT else load_dossier(db, record.business_no)
    return view(found or Dossier(record, None, None, ()), now)


def view(dossier: Dossier, now: datetime) -> Application:
    """As the kiosk gets it."""
    record, order, attempt = dossier.record, dossier.order, dossier.attempt
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
        refunds=tuple(Refund(r.amount_fen, r.done_at is not None, r.cause) for r in dossier.refunds),
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
