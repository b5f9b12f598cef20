"""Every way a payment can go wrong at each platform, and where it must end."""

from collections.abc import Mapping
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
    """What happens, and how it ends at each platform that can play it."""

    name: str
    play: Play
    ends: Mapping[PaymentMethod, End]

    def expected(self, method: PaymentMethod) -> End | None:
        """The end at one platform."""
        return self.ends.get(method)


def played(scenario: Scenario, method: PaymentMethod) -> End:
    """Play it in a world of its own."""
    with world() as town:
        scenario.play(town, method)
        return town.end()


def every(name: str, play: Play, end: End, **others: End) -> Scenario:
    """The same end at every platform, but at `others`."""
    return Scenario(name, play, {method: others.get(method.value, end) for method in PaymentMethod})


def some(name: str, fault: Fault, play: Play, end: End) -> Scenario:
    """Where not every platform can play it."""
    return Scenario(name, play, {PaymentMethod(channel): end for channel in channels_of(fault)})


SCENARIOS = (
    every("not scanned", nobody_scans, UNPAID),
    every("scanned, never paid", scanned_only, UNPAID),
    every("scanned, then paid", scanned_then_paid, PAID),
    every("notice dropped", ordinary(Fault.NOTICE_DROPPED), PAID),
    every("notice doubled", ordinary(Fault.NOTICE_DOUBLED), PAID),
    every("notice before the start's answer", ordinary(Fault.NOTICE_EARLY), PAID),
    every("notice after close", paid_then_left(Fault.NOTICE_LATE), PAID),
    every("confirmation lost, notice again", ordinary(Fault.NOTICE_RESENT), PAID),
    every("busy at the start (20000, 05), then OK", code_lost(Fault.UNAVAILABLE), PAID, unionpay=PAID_ANEW),
    every("busy at the query (20000, 05), then OK", ordinary(after=(Fault.UNAVAILABLE,), told=False), PAID),
    every("queried too often (40005, 37)", ordinary(after=(Fault.TOO_OFTEN,), told=False), PAID),
    every("start done, answer lost", code_lost(Fault.PRECREATE_TIMEOUT), PAID, unionpay=PAID_ANEW),
    every("query's answer lost", ordinary(after=(Fault.QUERY_TIMEOUT,), told=False), PAID),
    every("connection reset at the query", ordinary(after=(Fault.RESET,), told=False), PAID),
    some("cancel done, answer lost", Fault.CANCEL_RETRY, left_with(Fault.CANCEL_TIMEOUT), UNPAID),
    Scenario("close done, answer lost", left_with(Fault.CANCEL_TIMEOUT), {PaymentMethod.WECHAT: UNPAID}),
    some("cancel: retry_flag=Y", Fault.CANCEL_RETRY, left_with(Fault.CANCEL_RETRY), UNPAID),
    some("cancel: action=refund", Fault.CANCEL_REFUNDS, left_with(Fault.CANCEL_REFUNDS), RETURNED),
    some(
        "cancel: action=refund, answer lost",
        Fault.CANCEL_REFUNDS,
        left_with(Fault.CANCEL_REFUNDS, Fault.CANCEL_TIMEOUT, Fault.NOTICE_DROPPED),
        RETURNED,
    ),
    every("refund pending (fund_change=N, 05)", money_back(Fault.REFUND_PENDING), FAILED),
    every("refund done, answer lost", money_back(Fault.REFUND_TIMEOUT, Fault.CANCEL_TIMEOUT), FAILED),
    every("refund refused (balance), then OK", money_back(Fault.REFUND_REFUSED), FAILED),
    some("refund failed for good, then OK", Fault.REFUND_FAILED, money_back(Fault.REFUND_FAILED), FAILED),
    every("issuing fails", money_back(), FAILED),
    every("wrong signature", ordinary(after=(Fault.WRONG_SIGNATURE,), told=False), PAID),
    every("unsigned error", ordinary(after=(Fault.UNSIGNED_ERROR,), told=False), PAID),
    every("duplicate node", ordinary(after=(Fault.DUPLICATE_NODE,), told=False), PAID),
    some("escaped slash", Fault.ESCAPED_SLASH, ordinary(Fault.ESCAPED_SLASH), PAID),
    some("wrong chain", Fault.WRONG_CHAIN, ordinary(after=(Fault.WRONG_CHAIN,), told=False), PAID),
    every("no such trade (34) once", ordinary(after=(Fault.NO_SUCH_TRADE,), told=False), PAID),
    some("A6", Fault.A6, ordinary(Fault.A6), PAID),
    every("time jumps over the end", time_jumps, UNPAID),
    every("paid just before it is put away", paid_then_left(Fault.NOTICE_DROPPED), PAID),
    every("paid after close", paid_after_close, PAID),
    every("paid after close, notice lost", paid_after_close_and_found_by_the_bill, PAID),
    every("paid after close, denied once", paid_after_close_and_denied_once, PAID),
    every("paid after withdrawal", paid_after_withdrawal, WITHDRAWN),
    every("paid twice", paid_twice, SURPLUS),
    every("method switched, both paid", switched, SURPLUS),
    every("another amount paid", wrong_amount, FROZEN),
    every("another amount paid, returned by operator", wrong_amount_returned, RETURNED),
    every("refunded by operator before the issue", refunded_by_an_operator, WITHDRAWN),
    every("desk dies before the start is sent", crash("crash-before"), PAID),
    every("desk dies before the code is kept", crash("crash-after"), PAID, unionpay=PAID_ANEW),
    every("desk dies before the refund is noted", crash_at_refund, FAILED),
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
