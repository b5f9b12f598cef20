"""Payment attempts: one bill, many attempts, at most one on a screen; each is written before its platform is asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tui.core.application import check_invoice, normalise_invoice
from tui.core.beijing import beijing
from tui.core.failure import Reason
from tui.core.order import OPEN_ATTEMPT, Application, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.context import Desk
from tui.desk.numbers import ATTEMPT, number
from tui.desk.payments.apply import LockedBill, apply, apply_outcome, locked
from tui.desk.payments.gateway import PaymentGateway, PaymentGatewayError
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.application import why_unpayable
from tui.desk.payments.machine.codes import STARTS
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.polling import finish, start, to_port
from tui.desk.refusals import Refused
from tui.desk.renewals.applications import own, see
from tui.desk.renewals.views import application_view
from tui.desk.storage.database import reading
from tui.desk.storage.records import AttemptRecord
from tui.desk.storage.rows import new
from tui.deskclient.wire import PayRequest

_LOG = logging.getLogger(__name__)
_ASKED_AT_ONCE = 5
"""Attempts, the newest first; the engine asks about the others."""


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
    asked = PayRequest(request.method, invoice)
    try:
        attempt, ours = _open(desk, account, business_no, gateway, asked)
    except _ShownIsOver:
        end_payment(desk, account, business_no)
        attempt, ours = _open(desk, account, business_no, gateway, asked, ended=True)
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
            apply_outcome(desk, attempt.attempt_no, desk.gateways[attempt.method].query(to_port(attempt)))
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
        apply(desk, e.CodeTakenDown(attempt.attempt_no))
        finish(desk, attempt)
    return see(desk, account, business_no)


def withdraw(desk: Desk, account: str, business_no: str) -> Application:
    """撤销申请: before the money only; what is paid afterwards goes back.

    :raises Refused: ALREADY_PAID, PAYMENT_FROZEN or APPLICATION_MOVED_ON.
    """
    end_payment(desk, account, business_no)
    with _own(desk, account, business_no) as held:
        refusal = held.apply(e.Withdrawn())
        if isinstance(refusal, Refusal) and refusal is not Refusal.WITHDRAWN:
            raise _refused(held, refusal)
        held.save()
        return application_view(held.db, held.application, held.now)


class _ShownIsOver(Exception):  # noqa: N818 — what was found
    """The code on the screen has had its time: its end comes first."""


def _open(
    desk: Desk, account: str, business_no: str, gateway: PaymentGateway, request: PayRequest, *, ended: bool = False
) -> tuple[AttemptRecord, bool]:
    """The attempt to be shown, and whether its start is ours: two kiosks never start the same one.

    :raises _ShownIsOver: unless what could be `ended` was.
    """
    with _own(desk, account, business_no) as held:
        shown = held.bill.shown
        if shown is not None and held.now >= shown.shown_until and not ended:
            raise _ShownIsOver
        if refusal := why_unpayable(held.bill, held.now):
            raise _refused(held, refusal)
        if held.application.new_not_after > desk.ca.not_after:
            raise Refused(Reason.TERM_TOO_LONG)
        attempt = held.records[shown.number] if shown else None
        if attempt is not None and _is_stuck(attempt, request):
            held.apply(e.CodeTakenDown(attempt.attempt_no))
            attempt = None
        if attempt is not None and attempt.method is not request.method:
            raise Refused(Reason.PAYMENT_PENDING)
        held.application.invoice = msgspec.json.encode(request.invoice)
        if attempt is not None:
            lost = attempt.state is AttemptState.UNKNOWN
            return attempt, lost and not isinstance(held.apply(e.CodeClaimed(attempt.attempt_no)), Refusal)
        attempt = _new_attempt(desk, held, gateway, request.method)
        opened = held.open(attempt)
        if isinstance(opened, Refusal):
            raise _refused(held, opened)
        return attempt, True


def _is_stuck(attempt: AttemptRecord, request: PayRequest) -> bool:
    """Its code was never shown: it must not stand in the way of another method, nor be started for ever."""
    tired = attempt.state is AttemptState.UNKNOWN and attempt.queries >= STARTS
    return not attempt.qr and (tired or attempt.method is not request.method)


def _new_attempt(desk: Desk, held: LockedBill, gateway: PaymentGateway, method: PaymentMethod) -> AttemptRecord:
    made = held.now.replace(microsecond=0)
    shown_until = made + timedelta(seconds=desk.settings.qr_seconds)
    return new(
        AttemptRecord,
        attempt_no=number(ATTEMPT, held.now),
        business_no=held.application.business_no,
        ordinal=max((known.ordinal for known in held.records.values()), default=0) + 1,
        method=method,
        amount_fen=held.application.fee_fen,
        payee=gateway.payee,
        txn_time=made,
        shown_until=shown_until,
        expires_at=shown_until + timedelta(seconds=15),
        notify_url=f"{desk.settings.public_url}/notify/{method.value}",
    )


def _attempts(desk: Desk, account: str, business_no: str, states: frozenset[AttemptState]) -> list[AttemptRecord]:
    with reading(desk.engine) as db:
        own(db, account, business_no, lock=False)
        mine = AttemptRecord.business_no == business_no, AttemptRecord.method.in_(desk.gateways)
        newest = select(AttemptRecord).where(*mine, AttemptRecord.state.in_(states))
        return list(db.unit.scalars(newest.order_by(AttemptRecord.ordinal.desc()).limit(_ASKED_AT_ONCE)))


@contextmanager
def _own(desk: Desk, account: str, business_no: str) -> Iterator[LockedBill]:
    """The account's application, locked.

    :raises Refused: APPLICATION_MISSING, also when it is somebody else's.
    """
    try:
        with locked(desk, business_no) as held:
            if held.application.account != account:
                raise Refused(Reason.APPLICATION_MISSING)
            yield held
    except NoResultFound as error:
        raise Refused(Reason.APPLICATION_MISSING) from error


def _refused(held: LockedBill, refusal: Refusal) -> Refused:
    """In the person's words."""
    if held.bill.payment_status is PaymentStatus.FROZEN:
        return Refused(Reason.PAYMENT_FROZEN)
    match refusal:
        case Refusal.ALREADY_PAID:
            return Refused(Reason.ALREADY_PAID)
        case Refusal.EXPIRED:
            return Refused(Reason.CERTIFICATE_EXPIRED)
        case _:
            return Refused(Reason.APPLICATION_MOVED_ON, held.application.status.value)
