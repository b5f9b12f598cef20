"""Payment attempts: one bill, many attempts, at most one on a screen; each is written before its platform is asked."""

import logging
from datetime import timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from tui.core.application import check_invoice, normalise_invoice
from tui.core.beijing import beijing
from tui.core.failure import Reason
from tui.core.order import OPEN_ATTEMPT, Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.clock import ATTEMPT, number
from tui.desk.context import Desk
from tui.desk.payments.gateway import PaymentGateway, PaymentGatewayError
from tui.desk.payments.polling import STARTS, claim_start, finish, put_away, start, take_down, to_port
from tui.desk.payments.settling import review, settle
from tui.desk.refusals import Refused
from tui.desk.renewals.applications import own, see
from tui.desk.renewals.views import application_view
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import ApplicationRecord, AttemptRecord
from tui.deskclient.wire import PayRequest

_LOG = logging.getLogger(__name__)
_ASKED_AT_ONCE = 5
"""Attempts, the newest first; the engine asks about the others."""
_PAID = {ApplicationStatus.ISSUING, ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED}


def pay(desk: Desk, account: str, business_no: str, request: PayRequest) -> Application:
    """Open an attempt; a shown one of the same method is answered as it is, with the invoice as now given.

    :raises Refused: FORM_INVALID, ALREADY_PAID, PAYMENT_PENDING, PAYMENT_REFUSED, PAYMENT_PLATFORM_DOWN, …
    """
    invoice = normalise_invoice(request.invoice)
    if errors := check_invoice(invoice, beijing(desk.clock()).date()):
        raise Refused(Reason.FORM_INVALID, field_errors=tuple((name, error.value) for name, error in errors))
    gateway = desk.gateways.get(request.method)
    if gateway is None:
        raise Refused(Reason.PAYMENT_REFUSED, f"{request.method.value} is not offered here")
    if _shown_is_over(desk, account, business_no):
        end_payment(desk, account, business_no)
    attempt, ours = _open(desk, account, business_no, gateway, PayRequest(request.method, invoice))
    if ours:
        start(desk, gateway, attempt)
    return see(desk, account, business_no)


def query_payment(desk: Desk, account: str, business_no: str) -> Application:
    """Ask the platform now about every attempt that is open, or closed and may have been paid too late.

    :raises Refused: APPLICATION_MISSING, or PAYMENT_PLATFORM_DOWN when none of them was answered.
    """
    answered, failure = False, None
    for attempt in _attempts(desk, account, business_no, OPEN_ATTEMPT | {AttemptState.CLOSED}):
        try:
            settle(desk, attempt.attempt_no, desk.gateways[attempt.method].query(to_port(attempt)))
            answered = True
        except PaymentGatewayError as error:
            _LOG.log(error.severity, "query of attempt %s: %s", attempt.attempt_no, error)
            failure = error
    if failure is not None and not answered:
        raise Refused(Reason.PAYMENT_PLATFORM_DOWN, type(failure).__name__) from failure
    return see(desk, account, business_no)


def end_payment(desk: Desk, account: str, business_no: str) -> Application:
    """Take the open attempts off the screen: last query, then cancel; what cannot be closed waits in CLOSING."""
    for attempt in _attempts(desk, account, business_no, OPEN_ATTEMPT):
        take_down(desk, attempt.attempt_no)
        finish(desk, attempt)
    return see(desk, account, business_no)


def withdraw(desk: Desk, account: str, business_no: str) -> Application:
    """撤销申请: before the money only; what is paid afterwards goes back.

    :raises Refused: ALREADY_PAID, PAYMENT_FROZEN or APPLICATION_MOVED_ON.
    """
    end_payment(desk, account, business_no)
    now = desk.clock()
    with writing(desk.engine) as db:
        record = own(db, account, business_no)
        if record.status is not ApplicationStatus.WITHDRAWN:
            if record.payment_status is PaymentStatus.FROZEN:
                raise Refused(Reason.PAYMENT_FROZEN)
            if record.status in _PAID:
                raise Refused(Reason.ALREADY_PAID)
            if record.status not in (ApplicationStatus.DRAFT, ApplicationStatus.ENTERED):
                raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
            record.status = ApplicationStatus.WITHDRAWN
            db.flush()
        return application_view(db, record, now)


def _open(
    desk: Desk, account: str, business_no: str, gateway: PaymentGateway, request: PayRequest
) -> tuple[AttemptRecord, bool]:
    """The attempt to be shown, and whether its start is ours: two kiosks never start the same one."""
    now = desk.clock()
    with writing(desk.engine) as db:
        record = own(db, account, business_no)
        _refuse_unpayable(record)
        if now > record.old_not_after:
            raise Refused(Reason.CERTIFICATE_EXPIRED)
        if record.new_not_after > desk.ca.not_after:
            raise Refused(Reason.TERM_TOO_LONG)
        attempt = AttemptRecord.shown(db, business_no)
        if attempt is not None and _is_stuck(attempt, request):
            put_away(attempt, now)
            db.flush()  # before the insert: one shown attempt at most
            attempt = None
        if attempt is not None and attempt.method is not request.method:
            raise Refused(Reason.PAYMENT_PENDING)
        record.invoice = msgspec.json.encode(request.invoice)
        if attempt is not None:
            return attempt, attempt.state is AttemptState.UNKNOWN and claim_start(attempt, now)
        attempt = _new_attempt(desk, db, record, gateway, request.method)
        db.add(attempt)
        review(db, record)
        return attempt, claim_start(attempt, now)


def _is_stuck(attempt: AttemptRecord, request: PayRequest) -> bool:
    """Its code was never shown: it must not stand in the way of another method, nor be started for ever."""
    tired = attempt.state is AttemptState.UNKNOWN and attempt.queries >= STARTS
    return not attempt.qr and (tired or attempt.method is not request.method)


def _new_attempt(
    desk: Desk, db: Session, record: ApplicationRecord, gateway: PaymentGateway, method: PaymentMethod
) -> AttemptRecord:
    now, before = desk.clock(), AttemptRecord.latest(db, record.business_no)
    made = now.replace(microsecond=0)
    shown_until = made + timedelta(seconds=desk.settings.qr_seconds)
    return AttemptRecord(
        attempt_no=number(ATTEMPT, now),
        business_no=record.business_no,
        ordinal=before.ordinal + 1 if before else 1,
        method=method,
        state=AttemptState.CREATED,
        amount_fen=record.fee_fen,
        payee=gateway.payee,
        txn_time=made,
        shown_until=shown_until,
        expires_at=shown_until + timedelta(seconds=15),
        notify_url=f"{desk.settings.public_url}/notify/{method.value}",
        qr="",
        platform_no="",
        queries=0,
    )


def _attempts(desk: Desk, account: str, business_no: str, states: frozenset[AttemptState]) -> list[AttemptRecord]:
    with reading(desk.engine) as db:
        own(db, account, business_no, lock=False)
        mine = AttemptRecord.business_no == business_no, AttemptRecord.method.in_(desk.gateways)
        newest = select(AttemptRecord).where(*mine, AttemptRecord.state.in_(states))
        return list(db.scalars(newest.order_by(AttemptRecord.ordinal.desc()).limit(_ASKED_AT_ONCE)))


def _shown_is_over(desk: Desk, account: str, business_no: str) -> bool:
    with reading(desk.engine) as db:
        own(db, account, business_no, lock=False)
        attempt = AttemptRecord.shown(db, business_no)
        return attempt is not None and desk.clock() >= attempt.shown_until


def _refuse_unpayable(record: ApplicationRecord) -> None:
    if record.payment_status is PaymentStatus.FROZEN:
        raise Refused(Reason.PAYMENT_FROZEN)
    if record.status in _PAID:
        raise Refused(Reason.ALREADY_PAID)
    if record.status is not ApplicationStatus.ENTERED:
        raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
