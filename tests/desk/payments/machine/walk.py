"""Random sequences of what can happen to one bill, at platforms that tell the truth sooner or later; no I/O, no clock.

After every event of a walk its bill is also brought to rest in a copy, which is one sequence more that has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from tests.desk.payments.machine.rules import (
    PRICE,
    Trade,
    check_bill,
    check_effects,
    check_event,
    judge,
    state_of,
)
from tui.core.order import OPEN_ATTEMPT, ApplicationStatus, AttemptState
from tui.core.order import RefundState as R
from tui.desk.payments.machine import effects as f
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import Attempt, Bill
from tui.desk.payments.machine.move import Next
from tui.desk.payments.machine.refusals import Refusal
from tui.desk.payments.machine.table import advance

BEGIN = datetime(2026, 11, 23, 4, tzinfo=UTC)
STEPS = 16
"""Events of one walk."""
PAUSES = [timedelta(0)] * 20 + [timedelta(seconds=s) for s in (4, 70, 320, 400)] + [timedelta(days=d) for d in (1, 8)]
SOON = timedelta(seconds=300)
T = TypeVar("T")
S, A = AttemptState, ApplicationStatus
PAUSES = [timedelta(0)] * 20 + [timedelta(seconds=s) for s in (4, 70, 320, 400)] + [timedelta(days=d) for d in (1, 8)]
SOON = timedelta(seconds=300)


def pick(chance: Random, among: Sequence[T]) -> T:
    """One of them; `Random.choice` takes twice the time."""
    return among[int(chance.random() * len(among))]


@dataclass(slots=True)
class Seen:
    """What walks have met, to be held against what the page of edges declares."""

    ends: set[tuple[type[e.Event], StrEnum, StrEnum]] = field(default_factory=set)
    """Event, state before, state after."""
    refusals: set[tuple[type[e.Event], StrEnum, Refusal]] = field(default_factory=set)
    effects: set[tuple[type[e.Event], type[f.Effect]]] = field(default_factory=set)
    sequences: int = 0

    def note(self, before: Bill, event: e.Event, step: Next | Refusal) -> None:
        """One event."""
        kind, state = type(event), state_of(before, event)
        if isinstance(step, Refusal):
            self.refusals.add((kind, state, step))
            return
        self.ends.add((kind, state, state_of(step[0], event)))
        for effect in step[1]:
            self.effects.add((kind, type(effect)))


class Walk:
    """One bill, and what its platforms hold."""

    __slots__ = ("bill", "chance", "fen", "now", "seen", "trades")

    def __init__(self, chance: Random, seen: Seen | None, bill: Bill) -> None:
        """`seen` is told of every event, and every event is checked; None where only the end counts."""
        self.chance, self.seen, self.bill, self.now = chance, seen, bill, BEGIN
        self.trades: dict[str, Trade] = {}
        self.fen: dict[str, int] = {}

    def happen(self, event: e.Event) -> bool:
        """Whether the event moved the bill; every rule that holds at every moment is looked at."""
        before = self.bill
        step = advance(before, event, self.now)
        moved = not isinstance(step, Refusal)
        if not isinstance(step, Refusal):
            self.bill = step[0]
        if self.seen is not None:
            self.seen.note(before, event, step)
            check_event(before, event, self.bill, self.now)
            if not isinstance(step, Refusal):
                check_bill(self.bill)
                check_effects(before, event, *step)
        return moved

    def act(self) -> None:
        """Something happens."""
        chance = self.chance
        self.now += pick(chance, PAUSES)
        if not self.bill.attempts:
            act = Walk.open if chance.random() < 0.9 else Walk.decide_application
        else:
            act = pick(chance, ACTS)
        act(self)

    def open(self) -> None:
        """A code is asked for, often in the place of another; the request may never reach the platform."""
        shown = self.bill.shown
        if shown is not None and self.chance.random() < 0.6:
            self.happen(e.CodeTakenDown(shown.number))
        number, now = f"ZF{len(self.bill.attempts)}", self.now
        if self.happen(e.PaymentOpened(Attempt(number, PRICE, now, now + SOON, now + SOON))):
            self.trades[number] = Trade.OPEN if self.chance.random() < 0.9 else Trade.UNKNOWN

    def answer_start(self) -> None:
        """What came of the request for a code."""
        number, chance = self.any_attempt(), self.chance.random()
        if chance < 0.5:
            self.happen(e.CodeIssued(number, "qr"))
        elif chance < 0.7:
            self.happen(e.AnswerLost(number))
        elif chance < 0.8:
            self.happen(e.StartRefused(number))
        else:
            self.happen(e.CodeClaimed(number))

    def pay(self) -> None:
        """Somebody scans, also an old code, also one that its platform had closed."""
        number = self.any_attempt()
        if self.trades[number] is Trade.OPEN or (self.trades[number] is Trade.CLOSED and self.chance.random() < 0.5):
            self.trades[number] = Trade.PAID
            self.fen[number] = PRICE if self.chance.random() < 0.85 else 1

    def tell(self) -> None:
        """Notice or query; a notice of money that was told of already may come late, and name another amount."""
        number = self.any_attempt()
        known = self.bill.attempt(number).paid_fen  # type: ignore[union-attr]
        if known is not None and self.chance.random() < 0.2:
            self.happen(e.TradePaid(number, pick(self.chance, (known, known + 1))))
        else:
            self.happen(self.word(number))

    def word(self, number: str) -> e.PlatformWord:
        """The truth, or nothing."""
        chance = self.chance.random()
        if chance < 0.1:
            return e.TradeUndecided(number)
        match self.trades[number]:
            case Trade.PAID:
                return e.TradePaid(number, self.fen[number], self.now if chance < 0.6 else None, "T")
            case Trade.RETURNED if chance < 0.2:
                return e.TradeClosed(number, self.fen[number])
            case Trade.RETURNED:
                return e.ReturnedByPlatform(number, self.fen[number], self.now if chance < 0.6 else None, "T")
            case Trade.CLOSED:
                return e.TradeClosed(number)
            case _ if chance > 0.9:
                self.trades[number] = Trade.CLOSED  # its time is over at the platform
                return e.TradeClosed(number)
            case _:
                return e.TradeScanned(number) if chance < 0.4 else e.TradeNotScanned(number)

    def end(self) -> None:
        """The code is put away, and its platform ends it, takes its time, or gives the money back."""
        number, chance = self.any_attempt(), self.chance.random()
        self.happen(e.CodeTakenDown(number))
        if chance < 0.4 or self.bill.attempt(number).state not in OPEN_ATTEMPT:  # type: ignore[union-attr]
            return
        if self.trades[number] is Trade.OPEN:
            self.trades[number] = Trade.CLOSED
        elif self.trades[number] is Trade.PAID and chance < 0.7:
            self.trades[number] = Trade.RETURNED
        self.happen(self.word(number))

    def give_up(self) -> None:
        """A day later."""
        self.happen(e.GaveUp(self.any_attempt()))

    def take_back(self) -> None:
        """A cancel that was on its way when the money had been told of."""
        number = self.any_attempt()
        if self.trades[number] is Trade.PAID and not self.bill.refund(number):
            self.trades[number] = Trade.RETURNED
            self.happen(self.word(number))

    def decide_application(self) -> None:
        """The person or the CA."""
        if self.bill.status is A.ISSUED and self.chance.random() < 0.5:
            self.bill = replace(self.bill, status=A.INSTALLED)  # the proof moves no money
        events: tuple[e.OfBill, ...] = (e.Withdrawn(), e.Lapsed(), e.Issued(), e.Issued(), e.IssueRefused())
        self.happen(pick(self.chance, events))

    def operate(self) -> None:
        """An operator decides, about what is frozen if anything is."""
        frozen = [attempt.number for attempt in self.bill.attempts if attempt.state is S.FROZEN]
        number, chance = pick(self.chance, frozen or [self.any_attempt()]), self.chance.random()
        if chance < (0.1 if frozen else 0.6):
            self.happen(e.OperatorRefunded(number, after_issue=self.chance.random() < 0.7))
        elif chance < (0.7 if frozen else 0.8):
            self.happen(e.OperatorCredited(number, self.word(number)))
        else:
            self.happen(e.OperatorReturned(number, self.word(number)))

    def refund(self) -> None:
        """A refund's order is answered a few times, perhaps about an order that another has replaced."""
        if not self.bill.refunds:
            self.pay()
            return
        number = pick(self.chance, self.bill.refunds).attempt_no
        for _ in range(int(4 * self.chance.random())):
            self.answer_refund(number, self.chance.random())

    def answer_refund(self, number: str, chance: float) -> None:
        """One answer, or the money goes and nobody is told."""
        refund = self.bill.refund(number)
        assert refund is not None
        ordinal = refund.ordinal - (self.chance.random() < 0.1)
        if chance < 0.2 and refund.state is not R.DONE:
            self.trades[number] = Trade.RETURNED
        if chance < 0.15:
            self.happen(e.RefundDone(number))
        elif chance < 0.4:
            self.happen(e.RefundPending(number, ordinal))
        elif chance < 0.6:
            self.happen(e.RefundRefused(number, ordinal, "no"))
        elif self.trades[number] is not Trade.RETURNED:
            self.happen(e.RefundFailed(number, ordinal, "never"))

    def any_attempt(self) -> str:
        """The newest more often than others."""
        attempts = self.bill.attempts
        return (attempts[-1] if self.chance.random() < 0.5 else pick(self.chance, attempts)).number

    def rest(self) -> "Walk":
        """A copy in which every platform has told the truth, everything due is done, and nothing is asked any more."""
        after = Walk(self.chance, None, self.bill)
        after.now, after.trades, after.fen = self.now, self.trades.copy(), self.fen
        for attempt in after.bill.attempts:
            number = attempt.number
            if after.trades[number] in (Trade.OPEN, Trade.UNKNOWN):
                after.trades[number] = Trade.CLOSED
            known = attempt.state is S.PAID and after.trades[number] is Trade.PAID
            if not known and attempt.state not in (S.REFUNDED, S.FROZEN):
                after.happen(after.truth(number))
        if after.bill.status is A.ISSUING:
            after.happen(e.Issued())
        for refund in after.bill.refunds:
            if refund.state is not R.DONE:
                after.trades[refund.attempt_no] = Trade.RETURNED
                after.happen(e.RefundDone(refund.attempt_no))
        return after

    def truth(self, number: str) -> e.PlatformWord:
        """Without delay."""
        match self.trades[number]:
            case Trade.PAID:
                return e.TradePaid(number, self.fen[number], self.now, "T")
            case Trade.RETURNED:
                return e.ReturnedByPlatform(number, self.fen[number], self.now, "T")
            case _:
                return e.TradeClosed(number)


ACTS = (
    [Walk.tell, Walk.open] * 6
    + [Walk.pay, Walk.end] * 5
    + [Walk.refund] * 4
    + [Walk.answer_start] * 3
    + [Walk.operate] * 2
    + [Walk.give_up, Walk.give_up, Walk.decide_application, Walk.take_back]
)


def walk(seed: int, sequences: int) -> Seen:
    """So many sequences."""
    seen, chance = Seen(), Random(seed)
    while seen.sequences < sequences:
        status = A.DRAFT if chance.random() < 0.05 else A.ENTERED
        end = BEGIN + timedelta(days=10 if chance.random() < 0.95 else -1)
        one = Walk(chance, seen, Bill(status, end))
        for _ in range(STEPS):
            bill, trades = one.bill, one.trades.copy()
            one.act()
            if one.bill is not bill or one.trades != trades:
                after = one.rest()
                judge(after.bill, after.trades, after.fen)
                seen.sequences += 1
            elif chance.random() < 0.15:
                break  # little happens any more
    return seen
