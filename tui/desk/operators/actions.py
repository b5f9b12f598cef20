"""What an operator may decide about money: give it back, or release what is frozen; each with name and reason."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.order import ApplicationStatus, AttemptState
from tui.desk.context import Desk
from tui.desk.invoices.service import RETURNED, redden
from tui.desk.payments.gateway import Outcome, TradeState
from tui.desk.payments.polling import to_port
from tui.desk.payments.settling import give_back, lock, review, schedule
from tui.desk.storage.audit_log import ActKind, ActRecord
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord


class NotAllowed(Exception):  # noqa: N818
    """A rule says no; the text says which, in both languages."""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision: who takes it, and why."""

    kind: ActKind
    operator: str
    reason: str


def refund(desk: Desk, business_no: str, act: Act, *, attempt_no: str = "", after_issue: bool = False) -> str:
    """Decide that the money of an application goes back, and return the attempt's number; a running desk sends it.

    Before the issue the application is withdrawn with it; once the certificate is out, only with ``after_issue``.

    :raises NotAllowed: no such application or payment, or a rule says no.
    """
    now = desk.clock()
    with writing(desk.engine) as db:
        application = _application(db, business_no)
        attempt = _paid_attempt(db, application, attempt_no)
        if application.certificate and not after_issue:
            raise NotAllowed("证书已签发，确要退款请加 --after-issue / the certificate is issued: add --after-issue")
        if application.status is ApplicationStatus.ISSUING:
            application.status = ApplicationStatus.WITHDRAWN
        attempt.state = AttemptState.REFUNDING
        give_back(db, application, attempt, "operator", now)
        _settle(db, application, now)
        _record(db, act, attempt, now)
        return attempt.attempt_no


def release(desk: Desk, business_no: str, attempt_no: str, act: Act) -> AttemptState:
    """Decide about a frozen attempt by what its platform says now; the attempt's new state.

    :raises NotAllowed: it is not frozen, or the platform's word does not bear the decision.
    :raises PaymentGatewayError: the platform was not to be heard.
    """
    with reading(desk.engine) as db:
        _application(db, business_no)
        attempt = _frozen_attempt(db, business_no, attempt_no)
    gateway = desk.gateways.get(attempt.method)
    if gateway is None:
        raise NotAllowed(f"没有配置 {attempt.method.value} / {attempt.method.value} is not set up")
    outcome, now = gateway.query(to_port(attempt)), desk.clock()
    with writing(desk.engine) as db:
        application, _ = lock(db, attempt_no)
        attempt = _frozen_attempt(db, business_no, attempt_no)
        if act.kind is ActKind.CREDIT:
            _credit(db, application, attempt, outcome, now)
        else:
            _return(db, application, attempt, outcome, now)
        schedule(attempt, now)
        _settle(db, application, now)
        _record(db, act, attempt, now)
        return attempt.state


def _settle(db: Session, application: ApplicationRecord, now: datetime) -> None:
    """The payment's status anew; an invoice for money that goes back is taken back with it."""
    review(db, application)
    if application.payment_status in RETURNED:
        redden(db, application.business_no, now)


def _credit(
    db: Session, application: ApplicationRecord, attempt: AttemptRecord, outcome: Outcome, now: datetime
) -> None:
    if outcome.state is not TradeState.PAID or outcome.paid_fen != attempt.amount_fen:
        raise NotAllowed("支付平台未确认足额付款，不能入账 / the platform does not say paid with the right amount")
    paid = AttemptRecord.business_no == application.business_no, AttemptRecord.state == AttemptState.PAID
    if application.status is not ApplicationStatus.ENTERED or db.scalar(select(AttemptRecord).where(*paid)):
        raise NotAllowed("这笔申请不再等待付款，只能退回 / the application waits for no money any more: return it")
    _keep(attempt, outcome, now)
    if attempt.paid_at is None or attempt.paid_at > application.old_not_after:
        raise NotAllowed("付款时原证书已过期，只能退回 / paid after the certificate had expired: return it")
    attempt.state = AttemptState.PAID
    application.status, application.paid_at = ApplicationStatus.ISSUING, attempt.paid_at


def _return(
    db: Session, application: ApplicationRecord, attempt: AttemptRecord, outcome: Outcome, now: datetime
) -> None:
    match outcome.state:
        case TradeState.PAID:
            _keep(attempt, outcome, now)
            attempt.state = AttemptState.REFUNDING
            give_back(db, application, attempt, "operator", now)
        case TradeState.CLOSED if outcome.paid_at or (outcome.paid_fen is not None and attempt.paid_fen is not None):
            _keep(attempt, outcome, now)
            attempt.state = AttemptState.REFUNDED  # the platform has given it back by itself
            done = give_back(db, application, attempt, "operator", now)
            done.done_at, done.next_try_at = now, None
        case TradeState.CLOSED if attempt.paid_fen is None:  # else the platform denies what it has told before
            attempt.state = AttemptState.CLOSED
        case TradeState.NOT_SCANNED if now > attempt.expires_at and attempt.paid_fen is None:
            attempt.state = AttemptState.CLOSED
        case _:
            raise NotAllowed("支付平台尚无结论，请稍后再试 / the platform has not decided yet: try later")


def _keep(attempt: AttemptRecord, outcome: Outcome, now: datetime) -> None:
    attempt.paid_fen = outcome.paid_fen if outcome.paid_fen is not None else attempt.paid_fen or attempt.amount_fen
    attempt.paid_at = outcome.paid_at or attempt.paid_at or now
    attempt.platform_no = outcome.platform_no or attempt.platform_no


def _application(db: Session, business_no: str) -> ApplicationRecord:
    record = db.get(ApplicationRecord, business_no, with_for_update=True)
    if record is None:
        raise NotAllowed(f"没有这笔申请 / no application {business_no}")
    return record


def _paid_attempt(db: Session, application: ApplicationRecord, attempt_no: str) -> AttemptRecord:
    mine = select(AttemptRecord).where(AttemptRecord.business_no == application.business_no)
    if attempt_no:
        attempt = db.scalar(mine.where(AttemptRecord.attempt_no == attempt_no))
    else:
        attempt = db.scalar(mine.where(AttemptRecord.state == AttemptState.PAID))
    if attempt is None:
        raise NotAllowed("没有已入账的付款 / no credited payment")
    match attempt.state:
        case AttemptState.PAID:
            return attempt
        case AttemptState.REFUNDING | AttemptState.REFUNDED:
            raise NotAllowed("这笔付款已在退款 / this payment goes back already")
        case AttemptState.FROZEN:
            raise NotAllowed("这笔付款已冻结，请用 desk release / this payment is frozen: use desk release")
        case _:
            raise NotAllowed("这笔付款没有入账 / this payment was not credited")


def _frozen_attempt(db: Session, business_no: str, attempt_no: str) -> AttemptRecord:
    attempt = db.get(AttemptRecord, attempt_no)
    if attempt is None or attempt.business_no != business_no:
        raise NotAllowed(f"没有这笔付款 / no attempt {attempt_no} of {business_no}")
    if attempt.state is not AttemptState.FROZEN:
        raise NotAllowed(f"这笔付款没有冻结 / this payment is not frozen but {attempt.state.value}")
    return attempt


def _record(db: Session, act: Act, attempt: AttemptRecord, now: datetime) -> None:
    db.add(
        ActRecord(
            act_no=secrets.token_hex(16),
            business_no=attempt.business_no,
            attempt_no=attempt.attempt_no,
            kind=act.kind,
            operator=act.operator,
            reason=act.reason.encode(),
            done_at=now,
        )
    )
