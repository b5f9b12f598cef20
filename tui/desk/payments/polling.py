"""One attempt at its platform: the code is asked for, the trade is asked about, the end is brought about."""

import logging
from datetime import datetime, timedelta

from tui.core.failure import Reason
from tui.core.order import OPEN_ATTEMPT, AttemptState
from tui.desk.context import Desk
from tui.desk.notifications import wording
from tui.desk.payments.gateway import (
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
from tui.desk.payments.settling import freeze, lock, returned_by_platform, review, schedule, settle
from tui.desk.refusals import Refused
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import SHOWN_ATTEMPT, AttemptRecord

_LOG = logging.getLogger(__name__)
STARTS = 2
"""A code is asked for so often under one number: a platform that took the first request refuses the second."""
_START_LEASE = timedelta(seconds=30)
"""Nobody else starts an attempt so long, while the one who claimed it asks the platform."""
_GIVE_UP = timedelta(days=1)
"""After its end, when Alipay cancels no more: a code that nobody scanned is over, the undecided needs a person."""


def follow(desk: Desk, attempt_no: str) -> None:
    """Ask about an attempt that is due: start it once more, query it, or end it when its time is over."""
    with reading(desk.engine) as db:
        attempt = db.get_one(AttemptRecord, attempt_no)
    gateway, now = desk.gateways.get(attempt.method), desk.clock()
    if gateway is None:
        return
    if attempt.state is AttemptState.CLOSED:
        _ask_once_more(desk, gateway, attempt)
    elif attempt.state not in OPEN_ATTEMPT:
        return
    elif attempt.state is AttemptState.CLOSING or now >= attempt.shown_until:
        take_down(desk, attempt_no)
        finish(desk, attempt)
    elif attempt.qr:
        _ask(desk, gateway, attempt)
    elif _claim_again(desk, attempt_no):
        try:
            start(desk, gateway, attempt)
        except Refused as refused:
            _LOG.warning("attempt %s: %s", attempt_no, refused)
    else:
        _mark(desk, attempt_no, AttemptState.UNKNOWN)  # the one who claimed the start has gone
        _ask(desk, gateway, attempt)


def claim_start(attempt: AttemptRecord, now: datetime) -> bool:
    """Whether the caller's transaction has taken it upon itself to ask for the code."""
    if attempt.qr or attempt.state not in SHOWN_ATTEMPT or attempt.queries >= STARTS:
        return False
    attempt.state, attempt.next_query_at = AttemptState.CREATED, now + _START_LEASE
    attempt.queries += 1
    return True


def start(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Ask for the code of an attempt whose start was claimed.

    :raises Refused: PAYMENT_REFUSED, or PAYMENT_PLATFORM_DOWN when nothing is known.
    """
    try:
        qr = gateway.start(to_port(attempt)).qr
    except (GatewayUnknown, AnswerNotGenuine) as error:
        _LOG.log(error.severity, "start of attempt %s: %s", attempt.attempt_no, error)
        _mark(desk, attempt.attempt_no, AttemptState.UNKNOWN)
        raise Refused(Reason.PAYMENT_PLATFORM_DOWN, type(error).__name__) from error
    except (GatewayRefused, GatewayMisconfigured) as error:
        _LOG.error("start of attempt %s: %s %s", attempt.attempt_no, type(error).__name__, error.code)
        _mark(desk, attempt.attempt_no, AttemptState.CLOSING)
        raise Refused(Reason.PAYMENT_REFUSED, error.code) from error
    _mark(desk, attempt.attempt_no, AttemptState.QR_SHOWN, qr)


def take_down(desk: Desk, attempt_no: str) -> None:
    """The code is not shown any more."""
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        put_away(attempt, desk.clock())
        review(db, application)


def put_away(attempt: AttemptRecord, now: datetime) -> None:
    """From shown to closing, in the caller's transaction."""
    if attempt.state in SHOWN_ATTEMPT:
        attempt.state, attempt.queries = AttemptState.CLOSING, 0
        schedule(attempt, now)


def finish(desk: Desk, attempt: AttemptRecord) -> None:
    """Last query, then cancel; whatever stays undecided is asked again by the engine."""
    gateway, number, asked = desk.gateways[attempt.method], attempt.attempt_no, to_port(attempt)
    hopeless = desk.clock() > attempt.expires_at + _GIVE_UP
    try:
        match gateway.end(asked):
            case Ended.CLOSED:
                settle(desk, number, Outcome(TradeState.CLOSED))
            case Ended.PAID:
                settle(desk, number, gateway.query(asked))
            case Ended.PAID_REFUNDED:
                returned_by_platform(desk, number)
            case Ended.STILL_OPEN | Ended.UNKNOWN if hopeless:
                freeze(desk, number)
            case Ended.STILL_OPEN | Ended.UNKNOWN:
                settle(desk, number, Outcome(TradeState.UNKNOWN))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "end of attempt %s: %s", number, error)
        if hopeless:
            _give_up(desk, gateway, attempt)
        else:
            settle(desk, number, Outcome(TradeState.UNKNOWN))


def to_port(record: AttemptRecord) -> Attempt:
    """The attempt as the channels take it, the same at every call."""
    return Attempt(
        record.attempt_no,
        record.amount_fen,
        wording.payment_subject(record.business_no),
        record.txn_time,
        record.expires_at,
        record.notify_url,
    )


def _claim_again(desk: Desk, attempt_no: str) -> bool:
    with writing(desk.engine) as db:
        _, attempt = lock(db, attempt_no)
        return claim_start(attempt, desk.clock())


def _mark(desk: Desk, attempt_no: str, state: AttemptState, qr: str = "") -> None:
    """What came of the start, unless a notice was faster."""
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        attempt.qr = qr or attempt.qr
        if attempt.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
            attempt.state = state
        schedule(attempt, desk.clock())
        review(db, application)


def _ask(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "query of attempt %s: %s", attempt.attempt_no, error)
        outcome = Outcome(TradeState.UNKNOWN)
    settle(desk, attempt.attempt_no, outcome)


def _ask_once_more(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Whether a closed code was paid all the same; not answered, it is asked again when the claim's lease is over."""
    try:
        settle(desk, attempt.attempt_no, gateway.query(to_port(attempt)))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "last query of attempt %s: %s", attempt.attempt_no, error)


def _give_up(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """A day after its end the platform refuses to cancel: a code that nobody scanned is closed by time."""
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError:
        settle(desk, attempt.attempt_no, Outcome(TradeState.UNKNOWN))  # not answered: asked again
        return
    match outcome.state:
        case TradeState.NOT_SCANNED:
            settle(desk, attempt.attempt_no, Outcome(TradeState.CLOSED))
        case TradeState.SCANNED | TradeState.UNKNOWN:
            freeze(desk, attempt.attempt_no)
        case TradeState.PAID | TradeState.CLOSED:
            settle(desk, attempt.attempt_no, outcome)
