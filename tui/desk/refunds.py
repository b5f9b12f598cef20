"""Money on its way back: one fixed number a refund, asked for until the platform says that it is done."""

import logging
from datetime import timedelta

from tui.core.order import AttemptState
from tui.desk.database import reading, writing
from tui.desk.desk import Desk
from tui.desk.following import to_port
from tui.desk.payments.port import PaymentGateway, PaymentGatewayError, Refund, RefundOutcome, RefundState
from tui.desk.records import AttemptRecord, RefundRecord
from tui.desk.settling import lock, review

_LOG = logging.getLogger(__name__)
_REASONS = {
    "paid_twice": "重复支付退款",
    "paid_late": "超时支付退款",
    "withdrawn": "申请已撤销",
    "issuing_failed": "证书未能签发",
    "operator": "客服退款",
}


def pursue(desk: Desk, refund_no: str) -> None:
    """Send or query a refund that is due."""
    with reading(desk.engine) as db:
        record = db.get_one(RefundRecord, refund_no)
        attempt = db.get_one(AttemptRecord, record.attempt_no)
    gateway = desk.gateways.get(attempt.method)
    if record.done_at is not None or gateway is None:
        return
    refund = Refund(
        record.refund_no,
        to_port(attempt),
        attempt.platform_no,
        record.amount_fen,
        _REASONS.get(record.cause, "退款"),
        record.txn_time,
    )
    try:
        outcome = _ask(gateway, refund, first=record.tries == 0)
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "refund %s: %s", refund_no, error)
        outcome = RefundOutcome(RefundState.PENDING)
    _note(desk, refund_no, outcome)


def _ask(gateway: PaymentGateway, refund: Refund, *, first: bool) -> RefundOutcome:
    if first:
        return gateway.refund(refund)
    outcome = gateway.query_refund(refund)
    return gateway.refund(refund) if outcome.state is RefundState.ABSENT else outcome


def _note(desk: Desk, refund_no: str, outcome: RefundOutcome) -> None:
    now = desk.clock()
    with writing(desk.engine) as db:
        record = db.get_one(RefundRecord, refund_no)
        application, attempt = lock(db, record.attempt_no)
        if record.done_at is not None:
            return
        record.tries += 1
        match outcome.state:
            case RefundState.DONE:
                record.done_at, record.next_try_at, record.refusal = now, None, ""
                attempt.state = AttemptState.REFUNDED
            case RefundState.REFUSED:
                _LOG.error("refund %s was refused: %s", refund_no, outcome.text)
                record.refusal, record.next_try_at = outcome.text[:255], now + timedelta(hours=1)
            case RefundState.PENDING | RefundState.ABSENT:
                # Alipay asks for 10 seconds between a refund and the question after it.
                record.next_try_at = now + timedelta(seconds=min(10 * 2 ** min(record.tries - 1, 9), 3600))
        review(db, application)
