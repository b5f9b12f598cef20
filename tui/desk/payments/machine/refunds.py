"""Moves of money on its way back: under one number until the platform has refused that number for good."""

from dataclasses import replace
from datetime import datetime, timedelta

from tui.core.order import AttemptState, RefundState
from tui.desk.backoff import delay
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import Bill, Refund
from tui.desk.payments.machine.due import at
from tui.desk.payments.machine.effects import SendRefund
from tui.desk.payments.machine.move import Next, move
from tui.desk.payments.machine.refusals import Refusal

R = RefundState
ORDERS = 99
"""Of one refund: what was refused so often needs a person."""
_STALE = (Refusal.SUPERSEDED,)
_TEN_SECONDS, _HOUR, _DAY = timedelta(seconds=10), timedelta(hours=1), timedelta(days=1)


@move(R.DONE)
def complete(bill: Bill, refund: Refund, event: e.RefundDone, now: datetime) -> Next:
    """The money is back, whichever order carried it."""
    done = replace(refund, state=R.DONE, done_at=now, next_try_at=None, tries=refund.tries + 1, refusal="")
    after, attempt = bill.refunding(done), bill.attempt(refund.attempt_no)
    return (after.having(at(attempt, AttemptState.REFUNDED, now)) if attempt else after), ()


@move(R.PENDING, refuses=_STALE)
def await_refund(bill: Bill, refund: Refund, event: e.RefundPending, now: datetime) -> Next | Refusal:
    """Ask again; Alipay wants 10 seconds between a refund and the question after it."""
    if event.ordinal != refund.ordinal:
        return Refusal.SUPERSEDED
    tries = refund.tries + 1
    due = now + delay(tries, first=_TEN_SECONDS, longest=_HOUR)
    return bill.refunding(replace(refund, state=R.PENDING, tries=tries, next_try_at=due)), ()


@move(R.REFUSED, refuses=_STALE)
def put_off(bill: Bill, refund: Refund, event: e.RefundRefused, now: datetime) -> Next | Refusal:
    """The same order goes again later."""
    return _put_off(bill, refund, event, R.REFUSED, now)


@move(R.FAILED, refuses=_STALE)
def fail(bill: Bill, refund: Refund, event: e.RefundFailed, now: datetime) -> Next | Refusal:
    """Refused at its first sending: only what the platform says when asked about the order proves that it failed."""
    return _put_off(bill, refund, event, R.FAILED, now)


@move(R.ABSENT, R.FAILED, effects=(SendRefund,), refuses=_STALE)
def renew(bill: Bill, refund: Refund, event: e.RefundFailed, now: datetime) -> Next | Refusal:
    """Another order, written before it is sent, in the place of the one that failed."""
    if refund.ordinal >= ORDERS or event.ordinal != refund.ordinal:
        return _put_off(bill, refund, event, R.FAILED, now)
    order = replace(refund, state=R.ABSENT, ordinal=refund.ordinal + 1, txn_time=now.replace(microsecond=0))
    return bill.refunding(replace(order, next_try_at=now, refusal=event.text)), (SendRefund(refund.number),)


def _put_off(
    bill: Bill, refund: Refund, event: e.RefundRefused | e.RefundFailed, state: RefundState, now: datetime
) -> Next | Refusal:
    if event.ordinal != refund.ordinal:
        return Refusal.SUPERSEDED
    due = now + delay(refund.ordinal, first=_HOUR, longest=_DAY)
    order = replace(refund, state=state, tries=refund.tries + 1, next_try_at=due, refusal=event.text)
    return bill.refunding(order), ()
