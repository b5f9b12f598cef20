"""Money on its way back: asked for until the platform says that it is done.

A refund keeps its number, whatever happens to requests and answers. Only where the platform itself says, asked about
that number, that it failed for good, is it sent under another: UnionPay keeps an order that failed and refuses its
number for ever, Alipay takes the same number again.
"""

import logging

from tui.desk.context import Desk
from tui.desk.notifications import wording
from tui.desk.payments.apply import apply
from tui.desk.payments.gateway import PaymentGateway, PaymentGatewayError, Refund, RefundOutcome, RefundState
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.effects import SendRefund
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.polling import to_port
from tui.desk.storage.database import reading
from tui.desk.storage.records import AttemptRecord, RefundRecord

_LOG = logging.getLogger(__name__)


def pursue(desk: Desk, refund_no: str) -> None:
    """Send or query a refund that is due; one that failed for good goes again at once, under its next number."""
    while _take_step(desk, refund_no):
        pass


def _take_step(desk: Desk, refund_no: str) -> bool:
    """Whether there is something to be sent at once."""
    with reading(desk.engine) as db:
        record = db.unit.get_one(RefundRecord, refund_no)
        attempt = db.unit.get_one(AttemptRecord, record.attempt_no)
    gateway = desk.gateways.get(attempt.method)
    if record.done_at is not None:
        return False
    if gateway is None:
        _LOG.error("refund %s waits: %s is not set up", refund_no, attempt.method.value)
        return False
    try:
        outcome = _ask(gateway, _to_port(record, attempt), first=record.state is RefundState.ABSENT)
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "refund %s: %s", refund_no, error)
        outcome = RefundOutcome(RefundState.PENDING)
    if outcome.state in (RefundState.REFUSED, RefundState.FAILED):
        _LOG.error("refund %s was refused: %s", record.numbers[-1], outcome.text)
    effects = apply(desk, _event(record, outcome))
    return not isinstance(effects, Refusal) and SendRefund(refund_no) in effects


def _event(record: RefundRecord, outcome: RefundOutcome) -> e.OfRefund:
    attempt_no, ordinal, text = record.attempt_no, record.ordinal, outcome.text[:255]
    match outcome.state:
        case RefundState.DONE:
            return e.RefundDone(attempt_no)
        case RefundState.PENDING | RefundState.ABSENT:
            return e.RefundPending(attempt_no, ordinal)
        case RefundState.REFUSED:
            return e.RefundRefused(attempt_no, ordinal, text)
        case RefundState.FAILED:
            return e.RefundFailed(attempt_no, ordinal, text)


def _to_port(record: RefundRecord, attempt: AttemptRecord) -> Refund:
    return Refund(
        record.numbers[-1],
        to_port(attempt),
        attempt.platform_no,
        record.amount_fen,
        wording.refund_reason(record.cause),
        record.txn_time,
    )


def _ask(gateway: PaymentGateway, refund: Refund, *, first: bool) -> RefundOutcome:
    if first:
        return gateway.refund(refund)
    outcome = gateway.query_refund(refund)
    return gateway.refund(refund) if outcome.state is RefundState.ABSENT else outcome
