"""The one transition that turns a platform's word into the state of attempt and application; idempotent.

Notice, poll and sweep all end here. Unknown never becomes failed, and money is never dropped: it pays the
application, it goes back, or it is frozen for a person to decide: what is not the amount that was asked.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus, AttemptState, PaymentStatus
from tui.desk.context import Desk
from tui.desk.payments.gateway import Outcome, TradeState
from tui.desk.storage.database import writing
from tui.desk.storage.records import SHOWN_ATTEMPT, ApplicationRecord, AttemptRecord, RefundRecord

_LOG = logging.getLogger(__name__)
_KEEN, _STEADY = timedelta(seconds=3), timedelta(seconds=5)
_KEEN_FOR = timedelta(seconds=60)
_ONCE_MORE = timedelta(minutes=1)
"""After its end a closed attempt is asked about a last time: no official word says that a cancelled code is dead."""
_CREDITABLE = OPEN_ATTEMPT | {AttemptState.CLOSED}


def settle(desk: Desk, attempt_no: str, outcome: Outcome) -> None:
    """Record what the platform said about an attempt, in one transaction."""
    now = desk.clock()
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        match outcome.state:
            case TradeState.PAID:
                _credit(db, application, attempt, outcome, now)
            case TradeState.CLOSED if outcome.paid_at is not None:
                _returned(db, application, attempt, outcome, now)
            case TradeState.CLOSED if attempt.state in OPEN_ATTEMPT:
                attempt.state = AttemptState.CLOSED
            case TradeState.SCANNED if attempt.state in SHOWN_ATTEMPT:
                attempt.state = AttemptState.SCANNED
            case _:
                pass  # not scanned yet, or unknown: nothing is decided
        schedule(attempt, now)
        review(db, application)


def returned_by_platform(desk: Desk, attempt_no: str) -> None:
    """The platform gave the money back itself while the attempt was being ended (Alipay cancel, action=refund).

    A notice may have credited it meanwhile: the bill is unpaid again, unless the certificate is out already.
    """
    now = desk.clock()
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        _returned(db, application, attempt, Outcome(TradeState.CLOSED), now)
        schedule(attempt, now)
        review(db, application)


def freeze(desk: Desk, attempt_no: str) -> None:
    """Leave an open attempt, which its platform never decides, to a person."""
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        if attempt.state in OPEN_ATTEMPT:
            _LOG.critical("attempt %s was never decided by its platform: frozen", attempt_no)
            attempt.state = AttemptState.FROZEN
        schedule(attempt, desk.clock())
        review(db, application)


def lock(db: Session, attempt_no: str) -> tuple[ApplicationRecord, AttemptRecord]:
    """Application first, then the attempt as it is under that lock."""
    business_no = db.scalar(select(AttemptRecord.business_no).where(AttemptRecord.attempt_no == attempt_no))
    application = db.get_one(ApplicationRecord, business_no, with_for_update=True)
    return application, db.get_one(AttemptRecord, attempt_no, populate_existing=True)


def give_back(
    db: Session, application: ApplicationRecord, attempt: AttemptRecord, cause: str, now: datetime
) -> RefundRecord:
    """Decide a refund of the whole attempt under its one fixed number."""
    refund_no = f"RF{attempt.attempt_no}"
    known = db.get(RefundRecord, refund_no)
    if known is not None:
        return known
    refund = RefundRecord(
        refund_no=refund_no,
        attempt_no=attempt.attempt_no,
        business_no=application.business_no,
        amount_fen=attempt.paid_fen if attempt.paid_fen is not None else attempt.amount_fen,
        cause=cause,
        txn_time=now.replace(microsecond=0),
        next_try_at=now,
        tries=0,
        refusal="",
    )
    db.add(refund)
    return refund


def review(db: Session, application: ApplicationRecord) -> None:
    """The payment's status follows from attempts and refunds alone."""
    db.flush()
    states = set(db.scalars(select(AttemptRecord.state).where(AttemptRecord.business_no == application.business_no)))
    if AttemptState.FROZEN in states:
        application.payment_status = PaymentStatus.FROZEN
    elif AttemptState.PAID in states:
        application.payment_status = PaymentStatus.PAID
    elif states & SHOWN_ATTEMPT:
        application.payment_status = PaymentStatus.PAYING
    elif AttemptState.REFUNDING in states:
        application.payment_status = PaymentStatus.REFUNDING
    elif AttemptState.REFUNDED in states:
        application.payment_status = PaymentStatus.REFUNDED
    else:
        application.payment_status = PaymentStatus.UNPAID


def schedule(attempt: AttemptRecord, now: datetime) -> None:
    """When to ask the platform next: often while shown, then 2^n seconds, at most hourly, until it is final."""
    if attempt.state in SHOWN_ATTEMPT:
        pace = _KEEN if now < attempt.txn_time + _KEEN_FOR else _STEADY
        attempt.next_query_at = min(now + pace, max(attempt.shown_until, now))
    elif attempt.state is AttemptState.CLOSING:
        longest = 60 if now < attempt.expires_at else 3600
        attempt.next_query_at = now + timedelta(seconds=min(2 ** min(attempt.queries, 12), longest))
        attempt.queries += 1
    elif attempt.state is AttemptState.CLOSED and now < attempt.expires_at + _ONCE_MORE:
        attempt.next_query_at = attempt.expires_at + _ONCE_MORE
    else:
        attempt.next_query_at = None


def _credit(
    db: Session, application: ApplicationRecord, attempt: AttemptRecord, outcome: Outcome, now: datetime
) -> None:
    if attempt.state not in _CREDITABLE | {AttemptState.FROZEN}:
        return  # the second messenger finds it done
    paid_at = outcome.paid_at or now
    if attempt.paid_fen is None:
        attempt.paid_fen, attempt.paid_at = outcome.paid_fen, paid_at
        attempt.platform_no = outcome.platform_no or ""
    if attempt.state is AttemptState.FROZEN:
        return  # kept for the person who decides
    if outcome.paid_fen != attempt.amount_fen:
        _LOG.critical("attempt %s was paid with another amount: frozen", attempt.attempt_no)
        attempt.state = AttemptState.FROZEN
    elif application.status is not ApplicationStatus.ENTERED or paid_at > application.old_not_after:
        attempt.state = AttemptState.REFUNDING
        give_back(db, application, attempt, _why_returned(application.status), now)
    elif application.payment_status is PaymentStatus.FROZEN:
        _LOG.critical("attempt %s was paid for a frozen bill: frozen too", attempt.attempt_no)
        attempt.state = AttemptState.FROZEN
    else:
        attempt.state = AttemptState.PAID
        application.status, application.paid_at = ApplicationStatus.ISSUING, paid_at


def _returned(
    db: Session, application: ApplicationRecord, attempt: AttemptRecord, outcome: Outcome, now: datetime
) -> None:
    credited = attempt.state is AttemptState.PAID
    if attempt.state in (AttemptState.REFUNDED, AttemptState.FROZEN):
        return
    if credited and application.certificate:
        _LOG.critical("attempt %s was taken back by its platform after the issue: frozen", attempt.attempt_no)
        attempt.state = AttemptState.FROZEN
        return
    attempt.state = AttemptState.REFUNDED
    attempt.paid_fen = attempt.paid_fen or outcome.paid_fen or attempt.amount_fen
    attempt.paid_at = attempt.paid_at or outcome.paid_at or now
    attempt.platform_no = attempt.platform_no or outcome.platform_no or ""
    refund = give_back(db, application, attempt, "paid_late", now)
    refund.done_at, refund.next_try_at = now, None
    if credited and application.status is ApplicationStatus.ISSUING:
        application.status, application.paid_at = ApplicationStatus.ENTERED, None


def _why_returned(status: ApplicationStatus) -> str:
    match status:
        case ApplicationStatus.WITHDRAWN:
            return "withdrawn"
        case ApplicationStatus.ISSUING | ApplicationStatus.ISSUED | ApplicationStatus.INSTALLED:
            return "paid_twice"
        case ApplicationStatus.FAILED:
            return "issuing_failed"
        case ApplicationStatus.DRAFT | ApplicationStatus.ENTERED | ApplicationStatus.LAPSED:
            return "paid_late"
