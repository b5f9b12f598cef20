"""Money on its way back: asked for until the platform says that it is done.

A refund keeps its number, whatever happens to requests and answers. Only where the platform itself says, asked about
that number, that it failed for good, is it sent under another: UnionPay keeps an order that failed and refuses its
number for ever, Alipay takes the same number again.
"""

import logging
from datetime import timedelta

from tui.core.order import AttemptState
from tui.desk.context import Desk
from tui.desk.notifications import wording
from tui.desk.payments.gateway import PaymentGateway, PaymentGatewayError, Refund, RefundOutcome, RefundState
from tui.desk.payments.polling import to_port
from tui.desk.payments.settling import lock, review
from tui.desk.storage.database import reading, writing
from tui.desk.storage.records import AttemptRecord, RefundRecord

_LOG = logging.getLogger(__name__)
_LAST = 99
"""Orders of one refund: what was refused so often needs a person."""


def pursue(desk: Desk, refund_no: str) -> None:
    """Send or query a refund that is due."""
    with reading(desk.engine) as db:
        record = db.get_one(RefundRecord, refund_no)
        attempt = db.get_one(AttemptRecord, record.attempt_no)
    gateway = desk.gateways.get(attempt.method)
    if record.done_at is not None or gateway is None:
        return
    first = record.tries == 0
    try:
        outcome = _ask(gateway, _to_port(record, attempt), first=first)
        if outcome.state is RefundState.FAILED and not first and (renewed := _renew(desk, record)):
            outcome = gateway.refund(_to_port(renewed, attempt))
    except PaymentGatewayError as error:
        _LOG.log(error.severity, "refund %s: %s", refund_no, error)
        outcome = RefundOutcome(RefundState.PENDING)
    _note(desk, refund_no, attempt.attempt_no, outcome)


def _to_port(record: RefundRecord, attempt: AttemptRecord) -> Refund:
    return Refund(
        record.numbers[-1],
        to_port(attempt),
        attempt.platform_no,
        record.amount_fen,
        wording.refund_reason(record.cause),
        record.txn_time,
    )


def _renew(desk: Desk, failed: RefundRecord) -> RefundRecord | None:
    """Another order in the place of the one that failed, written before it is sent; None if there is one already."""
    with writing(desk.engine) as db:
        lock(db, failed.attempt_no)
        record = db.get_one(RefundRecord, failed.refund_no)
        if record.done_at is not None or record.ordinal != failed.ordinal or record.ordinal >= _LAST:
            return None
        record.ordinal += 1
        record.txn_time = desk.clock().replace(microsecond=0)
        _LOG.error("refund %s failed for good and is sent again as %s", failed.numbers[-1], record.numbers[-1])
        return record


def _ask(gateway: PaymentGateway, refund: Refund, *, first: bool) -> RefundOutcome:
    if first:
        return gateway.refund(refund)
    outcome = gateway.query_refund(refund)
    return gateway.refund(refund) if outcome.state is RefundState.ABSENT else outcome


def _note(desk: Desk, refund_no: str, attempt_no: str, outcome: RefundOutcome) -> None:
    now = desk.clock()
    with writing(desk.engine) as db:
        application, attempt = lock(db, attempt_no)
        record = db.get_one(RefundRecord, refund_no)
        if record.done_at is not None:
            return
        record.tries += 1
        match outcome.state:
            case RefundState.DONE:
                record.done_at, record.next_try_at, record.refusal = now, None, ""
                attempt.state = AttemptState.REFUNDED
            case RefundState.REFUSED | RefundState.FAILED:
                _LOG.error("refund %s was refused: %s", record.numbers[-1], outcome.text)
                record.refusal = outcome.text[:255]
                record.next_try_at = now + timedelta(hours=min(2 ** (record.ordinal - 1), 24))
            case RefundState.PENDING | RefundState.ABSENT:
                # Alipay asks for 10 seconds between a refund and the question after it.
                record.next_try_at = now + timedelta(seconds=min(10 * 2 ** min(record.tries - 1, 9), 3600))
        review(db, application)
