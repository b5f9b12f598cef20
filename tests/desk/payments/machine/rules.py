"""What must hold of a bill whatever happens, said without the page of edges: each rule can find it wrong."""

from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

from tui.core.order import (
    OPEN_ATTEMPT,
    RETURNED,
    SHOWN_ATTEMPT,
    ApplicationStatus,
    AttemptState,
    PaymentStatus,
    RefundCause,
)
from tui.core.order import RefundState as R
from tui.desk.payments.machine import effects as f
from tui.desk.payments.machine import events as e
from tui.desk.payments.machine.bill import CERTIFIED, Attempt, Bill

PRICE = 20000
S, A = AttemptState, ApplicationStatus
Kinds = tuple[type[e.Event], ...]


class Trade(Enum):
    """What is true at the platform."""

    UNKNOWN = auto()
    OPEN = auto()
    PAID = auto()
    CLOSED = auto()
    RETURNED = auto()


LEFT: dict[StrEnum, Kinds] = {
    A.ISSUED: (),
    A.INSTALLED: (),
    A.WITHDRAWN: (),
    A.LAPSED: (),
    A.FAILED: (),
    A.DRAFT: (e.Withdrawn, e.Lapsed),
    A.ENTERED: (e.Withdrawn, e.Lapsed, e.TradePaid, e.OperatorCredited),
    A.ISSUING: (e.Issued, e.IssueRefused, e.ReturnedByPlatform, e.OperatorRefunded),
}
"""What alone an application leaves a status by."""
DECIDED: dict[StrEnum, Kinds] = {
    S.CLOSED: (e.TradePaid, e.ReturnedByPlatform, e.TradeScanned, e.TradeUndecided),
    S.PAID: (e.ReturnedByPlatform, e.OperatorRefunded, e.IssueRefused),
    S.REFUNDING: (e.ReturnedByPlatform, e.RefundDone),
    S.REFUNDED: (),
    S.FROZEN: (e.OperatorCredited, e.OperatorReturned),
}
"""What alone an attempt leaves a decided state by."""
ENTERED: dict[StrEnum, Kinds] = {
    S.CREATED: (e.CodeClaimed,),
    S.UNKNOWN: (e.AnswerLost,),
    S.QR_SHOWN: (e.CodeIssued,),
    S.SCANNED: (e.TradeScanned,),
    S.CLOSING: (
        e.CodeTakenDown,
        e.StartRefused,
        e.TradePaid,
        e.OperatorCredited,
        e.TradeScanned,
        e.TradeUndecided,
    ),
}
"""What alone an attempt comes into an open state by."""
TRUE: dict[Trade, frozenset[AttemptState]] = {
    Trade.PAID: frozenset({S.PAID, S.FROZEN}),
    Trade.RETURNED: frozenset({S.REFUNDED, S.FROZEN}),
    Trade.CLOSED: frozenset({S.CLOSED, S.FROZEN}),
}
"""Where an attempt comes to rest for what is true of its trade."""


def state_of(bill: Bill, event: e.Event) -> StrEnum:
    """The state that the event is about."""
    if isinstance(event, e.OfBill):
        return bill.status
    one = bill.refund(event.attempt_no) if isinstance(event, e.OfRefund) else bill.attempt(event.attempt_no)
    assert one is not None
    return one.state


def age(bill: Bill) -> tuple[int, int]:
    """Of two views of one bill the later has the greater one, or both have the same."""
    return len(bill.refunds), list(A).index(bill.status)


def check_event(before: Bill, event: e.Event, after: Bill, now: datetime) -> None:
    """Every event has done what it is for, or is not one that may move the state that it met."""
    told = (event, before, after)
    assert age(before) <= age(after), told  # kiosks tell late answers by it
    if after.status is not before.status:
        assert isinstance(event, LEFT[before.status]), told
    for old, new in zip(before.attempts, after.attempts, strict=False) if after is not before else ():
        if new.state is not old.state:
            assert old.state in OPEN_ATTEMPT or isinstance(event, DECIDED[old.state]), told
            assert new.state not in OPEN_ATTEMPT or isinstance(event, ENTERED[new.state]), told
    if isinstance(event, e.OfBill):
        check_application(before, event, after, now)
    elif isinstance(event, e.OfRefund):
        check_refund(before, event, after)
    else:
        met, left = before.attempt(event.attempt_no), after.attempt(event.attempt_no)
        assert met is not None and left is not None  # noqa: PT018
        check_attempt(before, met, event, left, now)


def check_application(before: Bill, event: e.OfBill, after: Bill, now: datetime) -> None:
    """Each moves what waits for it."""
    told = (event, before, after)
    waits, frozen = before.status in (A.DRAFT, A.ENTERED), before.payment_status is PaymentStatus.FROZEN
    match event:
        case e.Withdrawn():
            assert (after.status is A.WITHDRAWN) == ((waits and not frozen) or before.status is A.WITHDRAWN), told
        case e.Lapsed():
            decided = all(attempt.state not in OPEN_ATTEMPT for attempt in before.attempts)
            over = waits and decided and now > before.old_not_after
            assert (after.status is A.LAPSED) == (over or before.status is A.LAPSED), told
        case e.Issued():
            assert (after.status is not before.status) == (before.status is A.ISSUING), told
            assert after.issued_at == (now if before.status is A.ISSUING else before.issued_at), told
        case e.IssueRefused():
            assert (after.status is A.FAILED) == (before.status in (A.ISSUING, A.FAILED)), told
        case e.PaymentOpened():
            free = before.shown is None and not frozen and now <= before.old_not_after
            assert (len(after.attempts) > len(before.attempts)) == (free and before.status is A.ENTERED), told


def check_attempt(bill: Bill, old: Attempt, event: e.OfAttempt, new: Attempt, now: datetime) -> None:
    """Each is believed where nothing is decided yet, and what stays open is asked about later."""
    told = (event, old, new)
    is_open = old.state in OPEN_ATTEMPT
    match event:
        case e.CodeIssued():
            assert new.qr == event.qr, told
            assert (new.state is S.QR_SHOWN) == (old.state in (S.CREATED, S.UNKNOWN, S.QR_SHOWN)), told
        case e.CodeClaimed():
            free = old.state in SHOWN_ATTEMPT and not old.qr and old.queries < 2
            assert (new.queries, new.state) == ((old.queries + 1, S.CREATED) if free else (old.queries, old.state)), (
                told
            )
        case e.AnswerLost():
            assert new.state is (S.UNKNOWN if old.state is S.CREATED else old.state), told
        case e.StartRefused():
            assert new.state is (S.CLOSING if old.state in (S.CREATED, S.UNKNOWN) else old.state), told
        case e.CodeTakenDown():
            assert new.state is (S.CLOSING if old.state in SHOWN_ATTEMPT else old.state), told
        case e.TradeNotScanned():
            assert new.state is old.state, told
        case e.TradeScanned() | e.TradeUndecided() if old.state is S.CLOSED:
            assert new.state is S.CLOSING, told  # not over after all
        case e.TradeUndecided():
            assert new.state is old.state, told
        case e.TradeScanned():
            assert new.state is (S.SCANNED if old.state in SHOWN_ATTEMPT else old.state), told
        case e.TradePaid():
            assert new.state not in OPEN_ATTEMPT | {S.CLOSED}, told
            assert new.paid_fen is not None, told
        case e.TradeClosed():
            assert new.state is (S.CLOSED if is_open else old.state), told
        case e.ReturnedByPlatform():
            out = bill.status in CERTIFIED and old.state is S.PAID
            assert new.state is (S.FROZEN if out or old.state is S.FROZEN else S.REFUNDED), told
        case e.GaveUp():
            assert new.state is (S.FROZEN if is_open else old.state), told
        case _:
            check_decision(bill, old, event, new, now)
    if isinstance(event, e.PlatformWord) and (is_open or old.state is S.CLOSED):
        check_due(old, new, now)


def check_decision(bill: Bill, old: Attempt, event: e.OfAttempt, new: Attempt, now: datetime) -> None:
    """What an operator decides stands where the platform's word bears it."""
    told = (event, old, new)
    match event:
        case e.OperatorRefunded():
            out = bill.status in CERTIFIED and not event.after_issue
            assert new.state is (S.REFUNDING if old.state is S.PAID and not out else old.state), told
        case e.OperatorCredited() | e.OperatorReturned() if old.state is not S.FROZEN:
            assert new == old, told
        case e.OperatorCredited(word=e.TradePaid(paid_fen=fen)):
            in_time = (event.word.paid_at or old.paid_at or now) <= bill.old_not_after  # type: ignore[union-attr]
            assert (new.state is S.PAID) == (fen == PRICE and in_time and bill.status is A.ENTERED), told
        case e.OperatorReturned(word=e.TradePaid()):
            assert new.state is S.REFUNDING, told
        case e.OperatorReturned(word=e.ReturnedByPlatform()):
            assert new.state is S.REFUNDED, told
        case e.OperatorReturned(word=e.TradeClosed(paid_fen=None)):
            assert (new.state is S.CLOSED) == (old.paid_fen is None), told
        case _:
            pass


def check_due(old: Attempt, new: Attempt, now: datetime) -> None:
    """What was heard of is asked about soon while it is shown, ever more seldom after, and once more after its end."""
    due, once_more = new.next_query_at, new.expires_at + timedelta(minutes=1)
    if new.state in SHOWN_ATTEMPT:
        assert due is not None, new
        assert now <= due <= now + timedelta(seconds=5), new
    elif new.state is S.CLOSING:
        assert new.queries == (old.queries if old.state is S.CLOSING else 0) + 1, new
    elif new.state is S.CLOSED:
        assert due == (once_more if now < once_more else None), new


def check_refund(before: Bill, event: e.OfRefund, after: Bill) -> None:
    """The platform's last word about the present order is kept, and one that failed has a successor."""
    old, new = before.refund(event.attempt_no), after.refund(event.attempt_no)
    assert old is not None and new is not None, event  # noqa: PT018
    told = (event, old, new)
    if old.state is R.DONE or (not isinstance(event, e.RefundDone) and event.ordinal != old.ordinal):
        assert new == old, told
        return
    match event:
        case e.RefundDone():
            assert (new.state, new.tries) == (R.DONE, old.tries + 1), told
        case e.RefundPending():
            assert (new.state, new.tries) == (R.PENDING, old.tries + 1), told
        case e.RefundRefused():
            assert (new.state, new.tries) == (R.REFUSED, old.tries + 1), told
        case e.RefundFailed() if old.state is R.ABSENT:
            assert (new.state, new.ordinal) == (R.FAILED, old.ordinal), told
        case e.RefundFailed():
            again = (R.ABSENT, old.ordinal + 1) if old.ordinal < ORDERS else (R.FAILED, old.ordinal)
            assert (new.state, new.ordinal) == again, told


ORDERS = 2
"""Of one refund, in these tests."""


def check_bill(bill: Bill) -> None:
    """What holds after every event."""
    states = [attempt.state for attempt in bill.attempts]
    assert states.count(S.PAID) <= 1, bill
    shown = [state for state in states if state in SHOWN_ATTEMPT]
    assert len(shown) <= (S.PAID not in states), bill  # one code at most, none beside a payment
    assert (S.PAID in states) == (bill.status in CERTIFIED | {A.ISSUING}) or bill.status in CERTIFIED, bill
    for attempt in bill.attempts:
        assert (attempt.next_query_at is not None) >= (attempt.state in OPEN_ATTEMPT), bill
        assert attempt.state in OPEN_ATTEMPT | {S.CLOSED} or attempt.next_query_at is None, bill
        assert (attempt.paid_fen is not None) >= (attempt.state in (S.PAID, S.REFUNDING, S.REFUNDED)), bill
        assert attempt.state not in (S.CREATED, S.UNKNOWN) or not attempt.qr, bill
        refund = bill.refund(attempt.number)
        assert (refund is not None) == (attempt.state in (S.REFUNDING, S.REFUNDED)), bill
        if refund is not None:
            assert (refund.state is R.DONE) == (attempt.state is S.REFUNDED) == (refund.next_try_at is None), bill
            assert 0 <= refund.amount_fen == attempt.paid_fen, bill


def check_effects(before: Bill, event: e.Event, after: Bill, effects: tuple[f.Effect, ...]) -> None:
    """Nothing is left to be done that no effect asks for, and nothing is asked for in vain."""
    told = (event, before, after, effects)
    frozen = [sum(one.state is S.FROZEN for one in bill.attempts) for bill in (before, after)]
    met = before.attempt(event.attempt_no) if isinstance(event, e.TradePaid) else None
    another = isinstance(event, e.TradePaid) and met is not None and met.paid_fen not in (None, event.paid_fen)
    assert any(isinstance(one, f.Alarm) for one in effects) == (frozen[1] > frozen[0] or another), told
    if not effects and after.status is before.status and after.refunds is before.refunds:
        return
    paid = after.status is A.ISSUING is not before.status
    assert (f.Issue() in effects) == paid, told
    number = getattr(event, "attempt_no", "")
    others = {one.number for one in before.attempts if one.state in SHOWN_ATTEMPT and one.number != number}
    down = {one.attempt_no for one in effects if isinstance(one, f.TakeDownOtherCode)}
    assert down == (others if paid else set()), told
    orders = {(one.attempt_no, one.ordinal) for one in before.refunds}
    new = {one.number for one in after.refunds if one.state is R.ABSENT and (one.attempt_no, one.ordinal) not in orders}
    assert {one.refund_no for one in effects if isinstance(one, f.SendRefund)} == new, told
    decided = isinstance(event, e.OperatorRefunded | e.OperatorReturned)
    assert (f.RedInvoice() in effects) <= (decided and after.payment_status in RETURNED), told


def judge(bill: Bill, trades: dict[str, Trade], fen: dict[str, int]) -> None:
    """Where it came to rest: the price for what was issued, nothing for what was not, but for what a person holds."""
    told = (bill, trades)
    states = {attempt.number: attempt.state for attempt in bill.attempts}
    for number, trade in trades.items():
        assert states[number] in TRUE[trade], told
    assert all(refund.state is R.DONE for refund in bill.refunds), told
    held = {number: fen[number] if trade is Trade.PAID else 0 for number, trade in trades.items()}
    net = sum(kept for number, kept in held.items() if states[number] is not S.FROZEN)
    if bill.credited is not None:
        assert bill.status in CERTIFIED, told
        assert net == held[bill.credited.number] == PRICE, told
    else:
        assert net == 0, told
    if bill.status in CERTIFIED and bill.credited is None:
        returned = any(refund.cause is RefundCause.OPERATOR for refund in bill.refunds)
        assert returned or bill.payment_status is PaymentStatus.FROZEN, told
    assert (S.FROZEN in states.values()) == (bill.payment_status is PaymentStatus.FROZEN), told
