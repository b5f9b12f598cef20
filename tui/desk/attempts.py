"""Payment attempts: one bill, many attempts, at most one on a screen; each is written before its platform is asked."""

import logging
from datetime import timedelta

import msgspec
from sqlalchemy import select

from tui.core.application import check_invoice, normalise_invoice
from tui.core.failure import Reason
from tui.core.order import OPEN_ATTEMPT, Application, ApplicationStatus, AttemptState, PaymentStatus
from tui.desk.applications import own, see
from tui.desk.clock import number
from tui.desk.database import reading, writing
from tui.desk.desk import Desk
from tui.desk.payments.port import (
    AnswerNotGenuine,
    Attempt,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    Outcome,
    PaymentGateway,
    PaymentGatewayError,
    TradeState,
)
from tui.desk.records import ApplicationRecord, AttemptRecord
from tui.desk.refusals import Refused
from tui.desk.settling import freeze, lock, returned_by_platform, review, schedule, settle
from tui.desk.views import application_view, latest_attempt, shown_attempt
from tui.wire import PayRequest

_LOG = logging.getLogger(__name__)
_START_LEASE = timedelta(seconds=30)
"""The watch leaves a new attempt alone so long, while the request that made it asks the platform."""
_GIVE_UP = timedelta(days=1)
"""After its end, when Alipay cancels no more: a code that nobody scanned is over, the undecided needs a person."""
_PAID = {ApplicationStatus.ISSUING, ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED}


def pay(desk: Desk, account: str, business_no: str, request: PayRequest) -> Application:
    """Open an attempt; a shown one of the same method is answered as it is, with the invoice as now given.

    :raises Refused: FORM_INVALID, ALREADY_PAID, PAYMENT_PENDING, PAYMENT_REFUSED, PAYMENT_PLATFORM_DOWN, …
    """
    invoice = normalise_invoice(request.invoice)
    if errors := check_invoice(invoice):
        raise Refused(Reason.FORM_INVALID, field_errors=tuple((name, error.value) for name, error in errors))
    gateway = desk.gateways.get(request.method)
    if gateway is None:
        raise Refused(Reason.PAYMENT_REFUSED, f"{request.method.value} is not offered here")
    if _shown_is_over(desk, account, business_no):
        end_payment(desk, account, business_no)
    attempt = _open(desk, account, business_no, gateway, PayRequest(request.method, invoice))
    if not attempt.qr:
        _start(desk, gateway, attempt)
    return see(desk, account, business_no)


def query_payment(desk: Desk, account: str, business_no: str) -> Application:
    """Ask the platform now about every open attempt.

    :raises Refused: APPLICATION_MISSING, or PAYMENT_PLATFORM_DOWN when none could be asked.
    """
    for attempt in _open_attempts(desk, account, business_no):
        try:
            settle(desk, attempt.attempt_no, desk.gateways[attempt.method].query(to_port(attempt)))
        except PaymentGatewayError as error:
            _LOG.warning("query of attempt %s: %s", attempt.attempt_no, error)
            raise Refused(Reason.PAYMENT_PLATFORM_DOWN, type(error).__name__) from error
    return see(desk, account, business_no)


def end_payment(desk: Desk, account: str, business_no: str) -> Application:
    """Take the open attempts off the screen: last query, then cancel; what cannot be closed waits in CLOSING."""
    for attempt in _open_attempts(desk, account, business_no):
        with writing(desk.engine) as db:
            application, current = lock(db, attempt.attempt_no)
            if current.state in OPEN_ATTEMPT and current.state is not AttemptState.CLOSING:
                current.state, current.queries = AttemptState.CLOSING, 0
                schedule(current, desk.clock())
                review(db, application)
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
            entered = record.status is ApplicationStatus.ENTERED
            record.status = ApplicationStatus.WITHDRAWN
            db.flush()
        else:
            entered = False
        view = application_view(db, record, now)
    if entered:
        desk.signals.wake(business_no)
    return view


def follow(desk: Desk, attempt_no: str) -> None:
    """Ask about an attempt that is due: start it once more, query it, or end it when its time is over."""
    with reading(desk.engine) as db:
        attempt = db.get_one(AttemptRecord, attempt_no)
    gateway, now = desk.gateways.get(attempt.method), desk.clock()
    if attempt.state not in OPEN_ATTEMPT or gateway is None:
        return
    if attempt.state is AttemptState.CLOSING or now >= attempt.shown_until:
        _take_down(desk, attempt_no)
        finish(desk, attempt)
    elif not attempt.qr:
        try:
            _start(desk, gateway, attempt)
        except Refused as refused:
            _LOG.warning("attempt %s: %s", attempt_no, refused)
    else:
        _ask(desk, gateway, attempt)


def finish(desk: Desk, attempt: AttemptRecord) -> None:
    """Last query, then cancel; whatever stays undecided is asked again by the watch."""
    gateway, number_, asked = desk.gateways[attempt.method], attempt.attempt_no, to_port(attempt)
    try:
        match gateway.end(asked):
            case Ended.CLOSED:
                settle(desk, number_, Outcome(TradeState.CLOSED))
            case Ended.PAID:
                settle(desk, number_, gateway.query(asked))
            case Ended.PAID_REFUNDED:
                returned_by_platform(desk, number_)
            case Ended.STILL_OPEN | Ended.UNKNOWN if desk.clock() > attempt.expires_at + _GIVE_UP:
                freeze(desk, number_)
            case Ended.STILL_OPEN | Ended.UNKNOWN:
                settle(desk, number_, Outcome(TradeState.UNKNOWN))
    except PaymentGatewayError as error:
        _LOG.warning("end of attempt %s: %s", number_, error)
        if desk.clock() > attempt.expires_at + _GIVE_UP:
            _give_up(desk, gateway, attempt)
        else:
            settle(desk, number_, Outcome(TradeState.UNKNOWN))


def to_port(record: AttemptRecord) -> Attempt:
    """The attempt as the channels take it, the same at every call."""
    return Attempt(
        record.attempt_no,
        record.amount_fen,
        f"数字证书续期 {record.business_no}",
        record.txn_time,
        record.expires_at,
        record.notify_url,
    )


def _open(desk: Desk, account: str, business_no: str, gateway: PaymentGateway, request: PayRequest) -> AttemptRecord:
    now = desk.clock()
    with writing(desk.engine) as db:
        record = own(db, account, business_no)
        _refuse_unpayable(record)
        if now > record.old_not_after:
            raise Refused(Reason.CERTIFICATE_EXPIRED)
        attempt = shown_attempt(db, business_no)
        if attempt is not None and attempt.method is not request.method:
            raise Refused(Reason.PAYMENT_PENDING)
        record.invoice = msgspec.json.encode(request.invoice)
        if attempt is None:
            before, made = latest_attempt(db, business_no), now.replace(microsecond=0)
            shown_until = made + timedelta(seconds=desk.settings.qr_seconds)
            attempt = AttemptRecord(
                attempt_no=number("ZF", now),
                business_no=business_no,
                ordinal=before.ordinal + 1 if before else 1,
                method=request.method,
                state=AttemptState.CREATED,
                amount_fen=record.fee_fen,
                payee=gateway.payee,
                txn_time=made,
                shown_until=shown_until,
                expires_at=shown_until + timedelta(seconds=15),
                notify_url=f"{desk.settings.public_url}/notify/{request.method.value}",
                qr="",
                platform_no="",
                queries=0,
                next_query_at=now + _START_LEASE,
            )
            db.add(attempt)
            review(db, record)
        return attempt


def _start(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Ask for the code; the same number and parameters may be asked again after an unknown answer."""
    try:
        qr = gateway.start(to_port(attempt)).qr
    except (GatewayUnknown, AnswerNotGenuine) as error:
        _LOG.warning("start of attempt %s: %s", attempt.attempt_no, error)
        _mark(desk, attempt.attempt_no, AttemptState.UNKNOWN)
        raise Refused(Reason.PAYMENT_PLATFORM_DOWN, type(error).__name__) from error
    except (GatewayRefused, GatewayMisconfigured) as error:
        _LOG.error("start of attempt %s: %s %s", attempt.attempt_no, type(error).__name__, error.code)
        _mark(desk, attempt.attempt_no, AttemptState.CLOSING)
        raise Refused(Reason.PAYMENT_REFUSED, error.code) from error
    _mark(desk, attempt.attempt_no, AttemptState.QR_SHOWN, qr)


def _mark(desk: Desk, attempt_no: str, state: AttemptState, qr: str = "") -> None:
    """What came of the start, unless a notice was faster."""
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        attempt.qr = qr or attempt.qr
        if attempt.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
            attempt.state = state
        schedule(attempt, desk.clock())
        review(db, application)


def _take_down(desk: Desk, attempt_no: str) -> None:
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        if attempt.state in OPEN_ATTEMPT and attempt.state is not AttemptState.CLOSING:
            attempt.state, attempt.queries = AttemptState.CLOSING, 0
            review(db, application)


def _ask(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError as error:
        _LOG.warning("query of attempt %s: %s", attempt.attempt_no, error)
        outcome = Outcome(TradeState.UNKNOWN)
    settle(desk, attempt.attempt_no, outcome)


def _give_up(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """A day after its end the platform refuses to cancel: a code that nobody scanned is closed by time."""
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError:
        outcome = Outcome(TradeState.UNKNOWN)
    if outcome.state is TradeState.NOT_SCANNED:
        outcome = Outcome(TradeState.CLOSED)
    settle(desk, attempt.attempt_no, outcome)


def _open_attempts(desk: Desk, account: str, business_no: str) -> list[AttemptRecord]:
    with reading(desk.engine) as db:
        own(db, account, business_no, lock=False)
        mine = AttemptRecord.business_no == business_no, AttemptRecord.method.in_(desk.gateways)
        return list(db.scalars(select(AttemptRecord).where(*mine, AttemptRecord.state.in_(OPEN_ATTEMPT))))


def _shown_is_over(desk: Desk, account: str, business_no: str) -> bool:
    with reading(desk.engine) as db:
        own(db, account, business_no, lock=False)
        attempt = shown_attempt(db, business_no)
        return attempt is not None and desk.clock() >= attempt.shown_until


def _refuse_unpayable(record: ApplicationRecord) -> None:
    if record.payment_status is PaymentStatus.FROZEN:
        raise Refused(Reason.PAYMENT_FROZEN)
    if record.status in _PAID:
        raise Refused(Reason.ALREADY_PAID)
    if record.status is not ApplicationStatus.ENTERED:
        raise Refused(Reason.APPLICATION_MOVED_ON, record.status.value)
