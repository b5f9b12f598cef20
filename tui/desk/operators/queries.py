"""Applications as operators see them: bill, attempts, refunds, invoice and decisions, with personal data masked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Engine, and_, select, text

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus
from tui.core.text_safety import mask, masked, printable
from tui.desk.storage.audit_log import ActRecord
from tui.desk.storage.database import reading
from tui.desk.storage.indexes import FROZEN
from tui.desk.storage.invoices import InvoiceRecord
from tui.desk.storage.records import ApplicationRecord, AttemptRecord, RefundRecord
from tui.desk.storage.transactions import Transaction

_Part = TypeVar("_Part", AttemptRecord, RefundRecord, ActRecord)
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
    # A number tells the second, so that the newest are found without reading all.
    asked = select(ApplicationRecord, _to_revoke()).order_by(ApplicationRecord.business_no.desc()).limit(NEWEST)
    if business_no:
        asked = asked.where(ApplicationRecord.business_no == business_no)
    match concern:
        case Concern.ALL:
            pass
        case Concern.FROZEN:
            asked = asked.where(text(FROZEN))
        case Concern.REFUNDING:
            back = select(RefundRecord.business_no).where(RefundRecord.done_at.is_(None))
            asked = asked.where(ApplicationRecord.business_no.in_(back))
        case Concern.REVOKE:
            asked = asked.where(_to_revoke())
        case Concern.OPEN:
            opened = select(AttemptRecord.business_no).where(AttemptRecord.state.in_(OPEN_ATTEMPT))
            asked = asked.where(ApplicationRecord.business_no.in_(opened))
    with reading(engine) as db:
        found = [(record, bool(to_revoke)) for record, to_revoke in db.unit.execute(asked)]
        parts = _Parts.of(db, [record.business_no for record, _ in found])
        found.sort(key=lambda one: one[0].created_at, reverse=True)
        return tuple(_seen(record, parts, to_revoke=to_revoke) for record, to_revoke in found)


def _to_revoke() -> ColumnElement[bool]:
    """The CA's answer may have been lost before the money went back; a final refusal (FAILED) is one that came.

    An application that is live again gets the certificate when it is paid anew: that one must not be revoked.
    """
    over = ApplicationRecord.status.in_((ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED))
    return and_(ApplicationRecord.ca_asked, ApplicationRecord.certificate == b"", over)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to the applications of a list, by their numbers."""

    attempts: defaultdict[str, list[AttemptRecord]]
    refunds: defaultdict[str, list[RefundRecord]]
    acts: defaultdict[str, list[ActRecord]]
    invoices: dict[str, InvoiceRecord]

    @classmethod
    def of(cls, db: Transaction, numbers: Sequence[str]) -> "_Parts":
        """All of them, in one statement a table."""
        attempts = select(AttemptRecord).where(AttemptRecord.business_no.in_(numbers)).order_by(AttemptRecord.ordinal)
        refunds = select(RefundRecord).where(RefundRecord.business_no.in_(numbers)).order_by(RefundRecord.txn_time)
        acts = select(ActRecord).where(ActRecord.business_no.in_(numbers)).order_by(ActRecord.done_at)
        invoices = select(InvoiceRecord).where(InvoiceRecord.business_no.in_(numbers))
        return cls(
            _by_number(db.unit.scalars(attempts)),
            _by_number(db.unit.scalars(refunds)),
            _by_number(db.unit.scalars(acts)),
            {invoice.business_no: invoice for invoice in db.unit.scalars(invoices)},
        )


def _by_number(records: Iterable[_Part]) -> defaultdict[str, list[_Part]]:
    found: defaultdict[str, list[_Part]] = defaultdict(list)
    for record in records:
        found[record.business_no].append(record)
    return found


def _seen(record: ApplicationRecord, parts: _Parts, *, to_revoke: bool) -> Seen:
    form = record.typed_form()
    mine = record.business_no
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
        to_revoke=to_revoke,
        withheld_serial=record.withheld_serial,
        attempts=tuple(map(_attempt, parts.attempts[mine])),
        refunds=tuple(map(_refund, parts.refunds[mine])),
        invoice=_invoice(record, parts.invoices.get(mine)),
        acts=tuple(map(_act, parts.acts[mine])),
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


def _invoice(record: ApplicationRecord, kept: InvoiceRecord | None) -> SeenInvoice:
    buyer = record.typed_invoice()
    title = mask(buyer.title, 2, 2) if buyer else ""
    if kept is None:
        return SeenInvoice(record.invoice_status.value, title, "", None, "")
    return SeenInvoice(record.invoice_status.value, title, kept.number, kept.issued_at, printable(kept.failure))


def _act(record: ActRecord) -> SeenAct:
    reason = masked(printable(record.reason.decode()))
    return SeenAct(record.kind.value, record.attempt_no, record.operator, reason, record.done_at)
