"""Moves of money: it pays the bill, it goes back, or it is frozen for a person to decide; it is never dropped."""

from dataclasses import replace
from datetime import datetime

from tui.core.order import SHOWN_ATTEMPT, ApplicationStatus, AttemptState, PaymentStatus, RefundCause, RefundState
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import CERTIFIED, PAID, Attempt, Bill, Refund
from tui.desk.payments.machine.due import at
from tui.desk.payments.machine.effects import Alarm, Effect, Issue, SendRefund, TakeDownOtherCode
from tui.desk.payments.machine.move import Next, move
from tui.desk.payments.machine.refusals import Refusal

S = AttemptState


@move(S.PAID, S.REFUNDING, S.FROZEN, effects=(Issue, TakeDownOtherCode, SendRefund, Alarm))
def credit(bill: Bill, attempt: Attempt, event: e.TradePaid, now: datetime) -> Next:
    """Pay the bill with it, give it back, or freeze it: what is not the amount that was asked, or of a frozen bill."""
    attempt = keep_word(attempt, event, now)
    paid_at = event.paid_at or now
    if event.paid_fen != attempt.amount_fen:
        return freeze(bill, attempt, "was paid with another amount: frozen", now)
    if bill.status is not ApplicationStatus.ENTERED or paid_at > bill.old_not_after:
        return give_back(bill, attempt, _why_returned(bill.status), now)
    if bill.payment_status is PaymentStatus.FROZEN:
        return freeze(bill, attempt, "was paid for a frozen bill: frozen too", now)
    return pay(bill, attempt, paid_at, now)


@move(effects=(Alarm,))
def note(bill: Bill, attempt: Attempt, event: e.TradePaid, now: datetime) -> Next:
    """Keep the first word about the money of a frozen attempt for the person who decides."""
    return bill.having(keep_word(attempt, event, now)), _another_amount(attempt, event)


@move(effects=(Alarm,), refuses=(Refusal.DECIDED,))
def hear_again(bill: Bill, attempt: Attempt, event: e.TradePaid, now: datetime) -> Next | Refusal:
    """A second messenger changes nothing; one who names another amount than the first is told to a person."""
    alarm = _another_amount(attempt, event)
    return (bill, alarm) if alarm else Refusal.DECIDED


@move(S.REFUNDED)
def return_done(bill: Bill, attempt: Attempt, event: e.ReturnedByPlatform, now: datetime) -> Next:
    """The platform has given it back by itself: there is nothing to be sent."""
    return returned(bill, attempt, event, RefundCause.PAID_LATE, now), ()


@move(S.REFUNDED, S.FROZEN, effects=(Alarm,))
def take_back(bill: Bill, attempt: Attempt, event: e.ReturnedByPlatform, now: datetime) -> Next:
    """The bill is unpaid again, unless the certificate is out already: then a person must look."""
    if bill.status in CERTIFIED:
        return freeze(bill, attempt, "was taken back by its platform after the issue: frozen", now)
    after = returned(bill, attempt, event, RefundCause.PAID_LATE, now)
    return replace(after, status=ApplicationStatus.ENTERED, paid_at=None), ()


def pay(bill: Bill, attempt: Attempt, paid_at: datetime, now: datetime) -> Next:
    """The bill is paid by this attempt, and its other code comes down at once."""
    others = [other for other in bill.attempts if other.state in SHOWN_ATTEMPT and other.number != attempt.number]
    down = [replace(at(other, S.CLOSING, now), next_query_at=now) for other in others]
    after = bill.having(at(attempt, S.PAID, now), *down)
    effects: list[Effect] = [Issue(), *(TakeDownOtherCode(other.number) for other in others)]
    return replace(after, status=ApplicationStatus.ISSUING, paid_at=paid_at), tuple(effects)


def freeze(bill: Bill, attempt: Attempt, why: str, now: datetime) -> Next:
    """A person decides."""
    return bill.having(at(attempt, S.FROZEN, now)), (Alarm(f"attempt {attempt.number} {why}"),)


def give_back(bill: Bill, attempt: Attempt, cause: RefundCause, now: datetime) -> Next:
    """Decide a refund of the whole attempt under its one fixed number."""
    refund = _refund(attempt, cause, now)
    return bill.having(at(attempt, S.REFUNDING, now)).refunding(refund), (SendRefund(refund.number),)


def returned(bill: Bill, attempt: Attempt, word: e.ReturnedByPlatform, cause: RefundCause, now: datetime) -> Bill:
    """The money went back without our doing: a refund that is done, also where one was under way."""
    attempt = at(
        attempt,
        S.REFUNDED,
        now,
        paid_fen=attempt.paid_fen or word.paid_fen or attempt.amount_fen,
        paid_at=attempt.paid_at or word.paid_at or now,
        platform_no=attempt.platform_no or word.platform_no,
    )
    refund = bill.refund(attempt.number) or _refund(attempt, cause, now)
    return bill.having(attempt).refunding(replace(refund, state=RefundState.DONE, done_at=now, next_try_at=None))


def keep_word(attempt: Attempt, word: e.TradePaid, now: datetime) -> Attempt:
    """What the platform told first about the money stands."""
    if attempt.paid_fen is not None:
        return attempt
    paid_at = word.paid_at or now
    return replace(attempt, paid_fen=word.paid_fen, paid_at=paid_at, platform_no=word.platform_no)


def _another_amount(attempt: Attempt, word: e.TradePaid) -> tuple[Alarm, ...]:
    if attempt.paid_fen in (None, word.paid_fen):
        return ()
    return (Alarm(f"attempt {attempt.number} was told of with another amount than before"),)


def _refund(attempt: Attempt, cause: RefundCause, now: datetime) -> Refund:
    amount = attempt.paid_fen if attempt.paid_fen is not None else attempt.amount_fen
    return Refund(attempt.number, amount, cause, now.replace(microsecond=0), next_try_at=now)


def _why_returned(status: ApplicationStatus) -> RefundCause:
    if status in PAID:
        return RefundCause.PAID_TWICE
    match status:
        case ApplicationStatus.WITHDRAWN:
            return RefundCause.WITHDRAWN
        case ApplicationStatus.FAILED:
            return RefundCause.ISSUING_FAILED
        case _:
            return RefundCause.PAID_LATE
