"""Moves of one payment code: asked for, shown, put away, closed, given up."""

from dataclasses import replace
from datetime import datetime, timedelta

from tui.core.order import AttemptState
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import Attempt, Bill
from tui.desk.payments.machine.due import at
from tui.desk.payments.machine.effects import Alarm
from tui.desk.payments.machine.move import Next, move
from tui.desk.payments.machine.refusals import Refusal

S = AttemptState
STARTS = 2
"""A code is asked for so often under one number: a platform that took the first request refuses the second."""
START_LEASE = timedelta(seconds=30)
"""Nobody else starts an attempt so long, while the one who claimed it asks the platform."""


@move(S.CREATED, refuses=(Refusal.CODE_KNOWN, Refusal.STARTS_SPENT))
def claim(bill: Bill, attempt: Attempt, event: e.CodeClaimed, now: datetime) -> Next | Refusal:
    """Ask for the code once more."""
    if attempt.qr:
        return Refusal.CODE_KNOWN
    if attempt.queries >= STARTS:
        return Refusal.STARTS_SPENT
    queries = attempt.queries + 1
    return bill.having(replace(attempt, state=S.CREATED, queries=queries, next_query_at=now + START_LEASE)), ()


@move(S.QR_SHOWN)
def show(bill: Bill, attempt: Attempt, event: e.CodeIssued, now: datetime) -> Next:
    """The code is here."""
    return bill.having(at(attempt, S.QR_SHOWN, now, qr=event.qr)), ()


@move()
def keep_code(bill: Bill, attempt: Attempt, event: e.CodeIssued, now: datetime) -> Next:
    """Somebody was faster; the code is kept all the same."""
    return bill.having(replace(attempt, qr=event.qr)), ()


@move(S.UNKNOWN)
def lose(bill: Bill, attempt: Attempt, event: e.AnswerLost, now: datetime) -> Next:
    """Only a query settles it now."""
    return bill.having(at(attempt, S.UNKNOWN, now)), ()


@move(S.CLOSING)
def take_down(bill: Bill, attempt: Attempt, event: e.CodeTakenDown | e.StartRefused, now: datetime) -> Next:
    """On no screen any more; not over before the platform says so."""
    return bill.having(at(attempt, S.CLOSING, now)), ()


@move()
def ask_again(bill: Bill, attempt: Attempt, event: e.PlatformWord, now: datetime) -> Next:
    """Nothing is decided: the platform is asked again, or, about a closed code, for the last time."""
    return bill.having(at(attempt, attempt.state, now)), ()


@move(S.CLOSING)
def reopen(bill: Bill, attempt: Attempt, event: e.TradeScanned | e.TradeUndecided, now: datetime) -> Next:
    """Not over after all: it is ended anew, until the platform says what became of it."""
    return bill.having(at(attempt, S.CLOSING, now)), ()


@move(S.SCANNED)
def scan(bill: Bill, attempt: Attempt, event: e.TradeScanned, now: datetime) -> Next:
    """The person must confirm on the phone."""
    return bill.having(at(attempt, S.SCANNED, now)), ()


@move(S.CLOSED)
def close(bill: Bill, attempt: Attempt, event: e.TradeClosed, now: datetime) -> Next:
    """Over, unpaid; asked about once more after its end."""
    return bill.having(at(attempt, S.CLOSED, now)), ()


@move(S.FROZEN, effects=(Alarm,))
def give_up(bill: Bill, attempt: Attempt, event: e.GaveUp, now: datetime) -> Next:
    """Left to a person."""
    alarm = Alarm(f"attempt {attempt.number} was never decided by its platform: frozen")
    return bill.having(at(attempt, S.FROZEN, now)), (alarm,)
