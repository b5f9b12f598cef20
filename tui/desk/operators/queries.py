"""Applications as operators see them: bill, attempts, refunds, invoice and decisions, with personal data masked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Engine, and_, select
from sqlalchemy.orm import Session

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus, PaymentStatus
from tui.core.text_safety import mask, masked, printable
from tui.desk.storage.audit_log import ActRecord
from tui.desk.storage.database import reading
from tui.desk.storage.invoices import InvoiceRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, RefundRecord

NEWEST = 500
"""Applications in a list, the newest first."""


class Concern(StrEnum):
    """Which applications are asked for."""

    ALL = "all"
    FROZEN = "frozen"
    REFUNDING = "refunding"
    OPEN = "open"
    REVOKE = "revoke"
    """Over without a certificate, though the CA has signed one or may have."""


@dataclass(frozen=True, slots=True)
class SeenAttempt:
    """One payment attempt."""

    attempt_no: str
    method: str
    state: str
    amount_fen: int
    paid_fen: int | None
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    platform_no: str
    next_query_at: datetime | None
    billed_on: str


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """Money on its way back."""

    refund_no: str
    sent_as: str
    """The number of its present order at the platform."""
    attempt_no: str
    amount_fen: int
    cause: str
    decided_at: datetime
    done_at: datetime | None
    next_try_at: datetime | None
    tries: int
    refusal: str


@dataclass(frozen=True, slots=True)
class SeenInvoice:
    """The e-invoice."""

    status: str
    title: str
    number: str
    issued_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class SeenAct:
    """One decision of an operator."""

    kind: str
    attempt_no: str
    operator: str
    reason: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One application."""

    business_no: str
    account: str
    agent: str
    mobile: str
    status: str
    payment_status: str
    fee_fen: int
    created_at: datetime
    paid_at: datetime | None
    issued_at: datetime | None
    installed_at: datetime | None
    to_revoke: bool
    """Over without a certificate, though the CA has signed one or may have."""
    withheld_serial: str
    """Hex; of that certificate, where it is known."""
    attempts: tuple[SeenAttempt, ...]
    refunds: tuple[SeenRefund, ...]
    invoice: SeenInvoice
    acts: tuple[SeenAct, ...]


def applications(engine: Engine, concern: Concern = Concern.ALL, business_no: str = "") -> tuple[Seen, ...]:
    """The applications asked for, or the one of this number; empty where there is none."""
    asked = select(ApplicationRecord).order_by(ApplicationRecord.created_at.desc()).limit(NEWEST)
    if business_no:
        asked = asked.where(ApplicationRecord.business_no == business_no)
    match concern:
        case Concern.ALL:
            pass
        case Concern.FROZEN:
            asked = asked.where(ApplicationRecord.payment_status == PaymentStatus.FROZEN)
        case Concern.REFUNDING:
            back = select(RefundRecord.business_no).where(RefundRecord.done_at.is_(None))
            asked = asked.where(ApplicationRecord.business_no.in_(back))
        case Concern.REVOKE:
            asked = asked.where(_to_revoke())
        case Concern.OPEN:
            opened = select(AttemptRecord.business_no).where(AttemptRecord.state.in_(OPEN_ATTEMPT))
            asked = asked.where(ApplicationRecord.business_no.in_(opened))
    with reading(engine) as db:
        return tuple(_seen(db, record) for record in db.scalars(asked))


def _to_revoke() -> ColumnElement[bool]:
    """The CA's answer may have been lost before the money went back; a final refusal (FAILED) is one that came.

    An application that is live again gets the certificate when it is paid anew: that one must not be revoked.
    """
    over = ApplicationRecord.status.in_((ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED))
    return and_(ApplicationRecord.ca_asked, ApplicationRecord.certificate == b"", over)


def _seen(db: Session, record: ApplicationRecord) -> Seen:
    form = record.typed_form()
    mine = record.business_no
    attempts = select(AttemptRecord).where(AttemptRecord.business_no == mine).order_by(AttemptRecord.ordinal)
    refunds = select(RefundRecord).where(RefundRecord.business_no == mine).order_by(RefundRecord.txn_time)
    acts = select(ActRecord).where(ActRecord.business_no == mine).order_by(ActRecord.done_at)
    return Seen(
        business_no=mine,
        account=mask(record.account, 2, 1),
        agent=mask(form.agent_name, 1, 0),
        mobile=mask(form.agent_mobile),
        status=record.status.value,
        payment_status=record.payment_status.value,
        fee_fen=record.fee_fen,
        created_at=record.created_at,
        paid_at=record.paid_at,
        issued_at=record.issued_at,
        installed_at=record.installed_at,
        to_revoke=bool(db.scalar(select(_to_revoke()).where(ApplicationRecord.business_no == mine))),
        withheld_serial=record.withheld_serial,
        attempts=tuple(map(_attempt, db.scalars(attempts))),
        refunds=tuple(map(_refund, db.scalars(refunds))),
        invoice=_invoice(db, record),
        acts=tuple(map(_act, db.scalars(acts))),
    )


def _attempt(record: AttemptRecord) -> SeenAttempt:
    return SeenAttempt(
        record.attempt_no,
        record.method.value,
        record.state.value,
        record.amount_fen,
        record.paid_fen,
        record.txn_time,
        record.expires_at,
        record.paid_at,
        record.platform_no,
        record.next_query_at,
        record.billed_on,
    )


def _refund(record: RefundRecord) -> SeenRefund:
    return SeenRefund(
        record.refund_no,
        record.numbers[-1],
        record.attempt_no,
        record.amount_fen,
        record.cause,
        record.txn_time,
        record.done_at,
        record.next_try_at,
        record.tries,
        printable(record.refusal),
    )


def _invoice(db: Session, record: ApplicationRecord) -> SeenInvoice:
    buyer, kept = record.typed_invoice(), db.get(InvoiceRecord, record.business_no)
    title = mask(buyer.title, 2, 2) if buyer else ""
    if kept is None:
        return SeenInvoice(record.invoice_status.value, title, "", None, "")
    return SeenInvoice(record.invoice_status.value, title, kept.number, kept.issued_at, printable(kept.failure))


def _act(record: ActRecord) -> SeenAct:
    reason = masked(printable(record.reason.decode()))
    return SeenAct(record.kind.value, record.attempt_no, record.operator, reason, record.done_at)
