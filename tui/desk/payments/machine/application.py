"""Moves of the application that the money waits for."""

from dataclasses import replace
from datetime import datetime

from tui.core.order import OPEN_ATTEMPT, ApplicationStatus, PaymentStatus, RefundCause
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import PAID, Bill
from tui.desk.payments.machine.codes import START_LEASE
from tui.desk.payments.machine.effects import SendRefund
from tui.desk.payments.machine.money import give_back
from tui.desk.payments.machine.move import Next, move
from tui.desk.payments.machine.refusals import Refusal

A = ApplicationStatus


@move(refuses=(Refusal.FROZEN, Refusal.EXPIRED, Refusal.CODE_SHOWN))
def open_payment(bill: Bill, event: e.PaymentOpened, now: datetime) -> Next | Refusal:
    """One code at a time; it is written, and its start claimed, before the platform is asked."""
    if refusal := why_unpayable(bill, now):
        return refusal
    if bill.shown is not None:
        return Refusal.CODE_SHOWN
    attempt = replace(event.attempt, queries=1, next_query_at=now + START_LEASE)
    return replace(bill, attempts=(*bill.attempts, attempt)), ()


@move(A.WITHDRAWN, refuses=(Refusal.FROZEN,))
def withdraw(bill: Bill, event: e.Withdrawn, now: datetime) -> Next | Refusal:
    """Before the money only; what is paid afterwards goes back."""
    if bill.payment_status is PaymentStatus.FROZEN:
        return Refusal.FROZEN
    return replace(bill, status=A.WITHDRAWN), ()


@move(A.LAPSED, refuses=(Refusal.NOT_EXPIRED, Refusal.CODE_OPEN))
def lapse(bill: Bill, event: e.Lapsed, now: datetime) -> Next | Refusal:
    """An open attempt may have been paid in time and told late: its end is waited for."""
    if now <= bill.old_not_after:
        return Refusal.NOT_EXPIRED
    if any(attempt.state in OPEN_ATTEMPT for attempt in bill.attempts):
        return Refusal.CODE_OPEN
    return replace(bill, status=A.LAPSED), ()


@move(A.ISSUED)
def issue(bill: Bill, event: e.Issued, now: datetime) -> Next:
    """The certificate is the person's."""
    return replace(bill, status=A.ISSUED, issued_at=now), ()


@move(A.FAILED, effects=(SendRefund,))
def refuse_issue(bill: Bill, event: e.IssueRefused, now: datetime) -> Next:
    """The money goes back."""
    failed = replace(bill, status=A.FAILED)
    return give_back(failed, paid, RefundCause.ISSUING_FAILED, now) if (paid := bill.credited) else (failed, ())


def why_unpayable(bill: Bill, now: datetime) -> Refusal | None:
    """Whether the bill takes no payment now."""
    if bill.payment_status is PaymentStatus.FROZEN:
        return Refusal.FROZEN
    if bill.status in PAID:
        return Refusal.ALREADY_PAID
    if bill.status is not A.ENTERED:
        return Refusal.MOVED_ON
    return Refusal.EXPIRED if now > bill.old_not_after else None
