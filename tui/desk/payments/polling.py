"""One attempt at its platform: the code is asked for, the trade is asked about, the end is brought about."""

import logging
from datetime import timedelta

from tui.core.failure import Reason
from tui.core.order import OPEN_ATTEMPT, AttemptState
from tui.desk.context import Desk
from tui.desk.notifications import wording
from tui.desk.payments.apply import apply, apply_outcome
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
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.refusals import Refused
from tui.desk.storage.database import glancing
from tui.desk.storage.records import AttemptRecord
from tui.desk.storage.rows import load

_LOG = logging.getLogger(__name__)
_PUT_BACK = timedelta(minutes=1)
"""A code from so long after now was made while the clock ran ahead: its platform ends it before our clock does."""
_GIVE_UP = timedelta(days=1)
"""After its end, when Alipay cancels no more: a code that nobody scanned is over, the undecided needs a person."""


def follow(desk: Desk, attempt_no: str) -> None:
    """Ask about an attempt that is due: start it once more, query it, or end it when its time is over."""
    with glancing(desk.engine) as connection:
        attempt = load(connection, AttemptRecord, attempt_no)
    gateway, now = desk.gateways.get(attempt.method), desk.clock()
    if gateway is None:
        _LOG.error("attempt %s waits: %s is not set up", attempt_no, attempt.method.value)
        return
    if attempt.state is AttemptState.CLOSED:
        _ask_once_more(desk, gateway, attempt)
    elif attempt.state not in OPEN_ATTEMPT:
        return
    elif attempt.state is AttemptState.CLOSING or not attempt.txn_time - _PUT_BACK < now < attempt.shown_until:
        apply(desk, e.CodeTakenDown(attempt_no))
        finish(desk, attempt)
    elif attempt.qr:
        _ask(desk, gateway, attempt)
    elif not isinstance(apply(desk, e.CodeClaimed(attempt_no)), Refusal):
        try:
            start(desk, gateway, attempt)
        except Refused as refused:
            _LOG.warning("attempt %s: %s", attempt_no, refused)
    else:
        apply(desk, e.AnswerLost(attempt_no))  # the one who claimed the start has gone
        _ask(desk, gateway, attempt)


def start(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Ask for the code of an attempt whose start was claimed.

    :raises Refused: PAYMENT_REFUSED, or PAYMENT_PLATFORM_DOWN when nothing is known.
    """
    try:
        qr = gateway.start(to_port(attempt)).qr
    except (GatewayUnknown, AnswerNotGenuine) as error:
        _LOG.log(error.severity, "start of attempt %s: %s", attempt.attempt_no, error)
        apply(desk, e.AnswerLost(attempt.attempt_no))
        raise Refused(Reason.PAYMENT_PLATFORM_DOWN, type(error).__name__) from error
    except (GatewayRefused, GatewayMisconfigured) as error:
        _LOG.error("start of attempt %s: %s %s", attempt.attempt_no, type(error).__name__, error.code)
        apply(desk, e.StartRefused(attempt.attempt_no))
        raise Refused(Reason.PAYMENT_REFUSED, error.code) from error
    apply(desk, e.CodeIssued(attempt.attempt_no, qr))


def finish(desk: Desk, attempt: AttemptRecord) -> None:
    """Last query, then cancel; whatever stays undecided is asked again by the engine."""
    gateway, number, asked = desk.gateways[attempt.method], attempt.attempt_no, to_port(attempt)
    hopeless = desk.clock() > attempt.expires_at + _GIVE_UP
    try:
        match gateway.end(asked):
            case Ended.CLOSED:
                apply(desk, e.TradeClosed(number))
            case Ended.PAID:
                apply_outcome(desk, number, gateway.query(asked))
            case Ended.PAID_REFUNDED:
                apply(desk, e.ReturnedByPlatform(number))
            case Ended.STILL_OPEN | Ended.UNKNOWN if hopeless:
                apply(desk, e.GaveUp(number))
            case Ended.STILL_OPEN | Ended.UNKNOWN:
                apply(desk, e.TradeUndecided(number))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "end of attempt %s: %s", number, error)
        if hopeless:
            _give_up(desk, gateway, attempt)
        else:
            apply(desk, e.TradeUndecided(number))


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


def _ask(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "query of attempt %s: %s", attempt.attempt_no, error)
        outcome = Outcome(TradeState.UNKNOWN)
    apply_outcome(desk, attempt.attempt_no, outcome)


def _ask_once_more(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """Whether a closed code was paid all the same; not answered, it is asked again when the claim's lease is over."""
    try:
        apply_outcome(desk, attempt.attempt_no, gateway.query(to_port(attempt)))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "last query of attempt %s: %s", attempt.attempt_no, error)


def _give_up(desk: Desk, gateway: PaymentGateway, attempt: AttemptRecord) -> None:
    """A day after its end the platform refuses to cancel: a code that nobody scanned is closed by time."""
    try:
        outcome = gateway.query(to_port(attempt))
    except PaymentGatewayError:
        apply(desk, e.TradeUndecided(attempt.attempt_no))  # not answered: asked again
        return
    match outcome.state:
        case TradeState.NOT_SCANNED:
            apply(desk, e.TradeClosed(attempt.attempt_no))
        case TradeState.SCANNED | TradeState.UNKNOWN:
            apply(desk, e.GaveUp(attempt.attempt_no))
        case TradeState.PAID | TradeState.CLOSED:
            apply_outcome(desk, attempt.attempt_no, outcome)
