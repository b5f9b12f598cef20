"""Moves that an operator decides: a bill's money is sent back, or a frozen payment is released."""

from dataclasses import replace
from datetime import datetime

from tui.core.order import RETURNED, ApplicationStatus, AttemptState, RefundCause
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import CERTIFIED, Attempt, Bill
from tui.desk.payments.machine.due import at
from tui.desk.payments.machine.effects import Effect, Issue, RedInvoice, SendRefund, TakeDownOtherCode
from tui.desk.payments.machine.money import give_back, pay, returned
from tui.desk.payments.machine.move import Next, move
from tui.desk.payments.machine.refusals import Refusal

S = AttemptState


@move(S.REFUNDING, effects=(SendRefund, RedInvoice), refuses=(Refusal.CERTIFICATE_OUT,))
def refund_bill(bill: Bill, attempt: Attempt, event: e.OperatorRefunded, now: datetime) -> Next | Refusal:
    """Before the issue the application is withdrawn with it."""
    if bill.status in CERTIFIED and not event.after_issue:
        return Refusal.CERTIFICATE_OUT
    after, effects = give_back(bill, attempt, RefundCause.OPERATOR, now)
    if bill.status is ApplicationStatus.ISSUING:
        after = replace(after, status=ApplicationStatus.WITHDRAWN)
    return _with_invoice(after, effects)


@move(
    S.PAID,
    effects=(Issue, TakeDownOtherCode),
    refuses=(Refusal.NOT_PAID_IN_FULL, Refusal.NO_MONEY_AWAITED, Refusal.PAID_TOO_LATE),
)
def credit_frozen(bill: Bill, attempt: Attempt, event: e.OperatorCredited, now: datetime) -> Next | Refusal:
    """Only the full amount, paid in time, for an application that waits for it."""
    word = event.word
    if not isinstance(word, e.TradePaid) or word.paid_fen != attempt.amount_fen:
        return Refusal.NOT_PAID_IN_FULL
    if bill.status is not ApplicationStatus.ENTERED or bill.credited is not None:
        return Refusal.NO_MONEY_AWAITED
    attempt = _told_now(attempt, word, now)
    if attempt.paid_at is None or attempt.paid_at > bill.old_not_after:
        return Refusal.PAID_TOO_LATE
    return pay(bill, attempt, attempt.paid_at, now)


@move(S.REFUNDING, S.REFUNDED, S.CLOSED, effects=(SendRefund, RedInvoice), refuses=(Refusal.UNDECIDED,))
def return_frozen(bill: Bill, attempt: Attempt, event: e.OperatorReturned, now: datetime) -> Next | Refusal:
    """What is here is sent back, what went back is noted, and what never came is closed."""
    match event.word:
        case e.TradePaid() as word:
            return _with_invoice(*give_back(bill, _told_now(attempt, word, now), RefundCause.OPERATOR, now))
        case e.ReturnedByPlatform() as word:
            return _with_invoice(returned(bill, _told_now(attempt, word, now), word, RefundCause.OPERATOR, now), ())
        case e.TradeClosed(paid_fen=int(fen)) if attempt.paid_fen is not None:
            word = e.ReturnedByPlatform(attempt.number, fen)
            return _with_invoice(returned(bill, _told_now(attempt, word, now), word, RefundCause.OPERATOR, now), ())
        case e.TradeClosed() if attempt.paid_fen is None:  # else the platform denies what it has told before
            return _with_invoice(bill.having(at(attempt, S.CLOSED, now)), ())
        case e.TradeNotScanned() if now > attempt.expires_at and attempt.paid_fen is None:
            return _with_invoice(bill.having(at(attempt, S.CLOSED, now)), ())
        case _:
            return Refusal.UNDECIDED


def _told_now(attempt: Attempt, word: e.TradePaid | e.ReturnedByPlatform, now: datetime) -> Attempt:
    """For an operator the platform's last word counts, not its first."""
    return replace(
        attempt,
        paid_fen=word.paid_fen if word.paid_fen is not None else attempt.paid_fen or attempt.amount_fen,
        paid_at=word.paid_at or attempt.paid_at or now,
        platform_no=word.platform_no or attempt.platform_no,
    )


def _with_invoice(bill: Bill, effects: tuple[Effect, ...]) -> Next:
    return bill, (*effects, RedInvoice()) if bill.payment_status in RETURNED else effects
