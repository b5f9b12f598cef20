"""Every way a payment can go wrong at each platform, and where it must end."""

from dataclasses import dataclass

from tests.harness.desk.plays import (
    Play,
    code_lost,
    crash,
    crash_at_refund,
    left_with,
    money_back,
    nobody_scans,
    ordinary,
    paid_after_close,
    paid_after_close_and_denied_once,
    paid_after_close_and_found_by_the_bill,
    paid_after_withdrawal,
    paid_then_left,
    paid_twice,
    refunded_by_an_operator,
    scanned_only,
    scanned_then_paid,
    switched,
    time_jumps,
    wrong_amount,
    wrong_amount_returned,
)
from tests.harness.desk.world import PRICE, End, world
from tui.core.order import ApplicationStatus, AttemptState, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.sandbox.faults import Fault, channels_of

S = AttemptState

PAID = End(PaymentStatus.PAID, (S.PAID,), ApplicationStatus.ISSUED, PRICE)
UNPAID = End(PaymentStatus.UNPAID, (S.CLOSED,), ApplicationStatus.ENTERED, 0)
PAID_ANEW = End(PaymentStatus.PAID, (S.CLOSED, S.PAID), ApplicationStatus.ISSUED, PRICE)
SURPLUS = End(PaymentStatus.PAID, (S.REFUNDED, S.PAID), ApplicationStatus.ISSUED, PRICE)
RETURNED = End(PaymentStatus.REFUNDED, (S.REFUNDED,), ApplicationStatus.ENTERED, 0)
WITHDRAWN = End(PaymentStatus.REFUNDED, (S.REFUNDED,), ApplicationStatus.WITHDRAWN, 0)
FAILED = End(PaymentStatus.REFUNDED, (S.REFUNDED,), ApplicationStatus.FAILED, 0)
FROZEN = End(PaymentStatus.FROZEN, (S.FROZEN,), ApplicationStatus.ENTERED, 1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, and how it ends at each platform; None where a platform cannot play it."""

    name: str
    play: Play
    alipay: End | None
    unionpay: End | None

    def expected(self, method: PaymentMethod) -> End | None:
        """The end at one platform."""
        return self.alipay if method is PaymentMethod.ALIPAY else self.unionpay


def played(scenario: Scenario, method: PaymentMethod) -> End:
    """Play it in a world of its own."""
    with world() as town:
        scenario.play(town, method)
        return town.end()


def both(name: str, play: Play, end: End) -> Scenario:
    """The same end at both platforms."""
    return Scenario(name, play, end, end)


def alone(name: str, fault: Fault, play: Play, end: End) -> Scenario:
    """Where one platform alone can play it."""
    channels = channels_of(fault)
    return Scenario(name, play, end if "alipay" in channels else None, end if "unionpay" in channels else None)


SCENARIOS = (
    both("not scanned", nobody_scans, UNPAID),
    both("scanned, never paid", scanned_only, UNPAID),
    both("scanned, then paid", scanned_then_paid, PAID),
    both("notice dropped", ordinary(Fault.NOTICE_DROPPED), PAID),
    both("notice doubled", ordinary(Fault.NOTICE_DOUBLED), PAID),
    both("notice before the start's answer", ordinary(Fault.NOTICE_EARLY), PAID),
    both("notice after close", paid_then_left(Fault.NOTICE_LATE), PAID),
    both("confirmation lost, notice again", ordinary(Fault.NOTICE_RESENT), PAID),
    Scenario("busy at the start (20000, 05), then OK", code_lost(Fault.UNAVAILABLE), PAID, PAID_ANEW),
    both("busy at the query (20000, 05), then OK", ordinary(after=(Fault.UNAVAILABLE,), told=False), PAID),
    both("queried too often (40005, 37)", ordinary(after=(Fault.TOO_OFTEN,), told=False), PAID),
    Scenario("start done, answer lost", code_lost(Fault.PRECREATE_TIMEOUT), PAID, PAID_ANEW),
    both("query's answer lost", ordinary(after=(Fault.QUERY_TIMEOUT,), told=False), PAID),
    both("connection reset at the query", ordinary(after=(Fault.RESET,), told=False), PAID),
    alone("cancel done, answer lost", Fault.CANCEL_RETRY, left_with(Fault.CANCEL_TIMEOUT), UNPAID),
    alone("cancel: retry_flag=Y", Fault.CANCEL_RETRY, left_with(Fault.CANCEL_RETRY), UNPAID),
    alone("cancel: action=refund", Fault.CANCEL_REFUNDS, left_with(Fault.CANCEL_REFUNDS), RETURNED),
    alone(
        "cancel: action=refund, answer lost",
        Fault.CANCEL_REFUNDS,
        left_with(Fault.CANCEL_REFUNDS, Fault.CANCEL_TIMEOUT, Fault.NOTICE_DROPPED),
        RETURNED,
    ),
    both("refund pending (fund_change=N, 05)", money_back(Fault.REFUND_PENDING), FAILED),
    both("refund done, answer lost", money_back(Fault.REFUND_TIMEOUT, Fault.CANCEL_TIMEOUT), FAILED),
    both("refund refused (balance), then OK", money_back(Fault.REFUND_REFUSED), FAILED),
    alone("refund failed for good, then OK", Fault.REFUND_FAILED, money_back(Fault.REFUND_FAILED), FAILED),
    both("issuing fails", money_back(), FAILED),
    both("wrong signature", ordinary(after=(Fault.WRONG_SIGNATURE,), told=False), PAID),
    both("unsigned error", ordinary(after=(Fault.UNSIGNED_ERROR,), told=False), PAID),
    both("duplicate node", ordinary(after=(Fault.DUPLICATE_NODE,), told=False), PAID),
    alone("escaped slash", Fault.ESCAPED_SLASH, ordinary(Fault.ESCAPED_SLASH), PAID),
    alone("wrong chain", Fault.WRONG_CHAIN, ordinary(after=(Fault.WRONG_CHAIN,), told=False), PAID),
    both("no such trade (34) once", ordinary(after=(Fault.NO_SUCH_TRADE,), told=False), PAID),
    alone("A6", Fault.A6, ordinary(Fault.A6), PAID),
    both("time jumps over the end", time_jumps, UNPAID),
    both("paid just before it is put away", paid_then_left(Fault.NOTICE_DROPPED), PAID),
    both("paid after close", paid_after_close, PAID),
    both("paid after close, notice lost", paid_after_close_and_found_by_the_bill, PAID),
    both("paid after close, denied once", paid_after_close_and_denied_once, PAID),
    both("paid after withdrawal", paid_after_withdrawal, WITHDRAWN),
    both("paid twice", paid_twice, SURPLUS),
    both("method switched, both paid", switched, SURPLUS),
    both("another amount paid", wrong_amount, FROZEN),
    both("another amount paid, returned by operator", wrong_amount_returned, RETURNED),
    both("refunded by operator before the issue", refunded_by_an_operator, WITHDRAWN),
    both("desk dies before the start is sent", crash("crash-before"), PAID),
    Scenario("desk dies before the code is kept", crash("crash-after"), PAID, PAID_ANEW),
    both("desk dies before the refund is noted", crash_at_refund, FAILED),
)


def table() -> str:
    """What people read: each scenario at each platform."""
    lines = [
        "| scenario | platform | bill | attempts | application | taken − returned (fen) |",
        "|---|---|---|---|---|---|",
    ]
    for scenario in SCENARIOS:
        for method in PaymentMethod:
            if scenario.expected(method) is None:
                lines.append(f"| {scenario.name} | {method.value} | – | – | – | – |")
                continue
            end = played(scenario, method)
            attempts = ", ".join(state.value for state in end.attempts)
            row = (scenario.name, method.value, end.bill.value, attempts, end.application.value, str(end.net_fen))
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)
