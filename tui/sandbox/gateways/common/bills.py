"""Write one day's bill from a platform's ledger, with the faults that a reconciliation must find."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec

from tui.core.beijing import BEIJING
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.gateways.common.ledger import GivenBack, Ledger, Stage, Trade


@dataclass(frozen=True, slots=True)
class Entry:
    """Money that came in, or went back."""

    trade: Trade
    refund: GivenBack | None
    amount_fen: int
    """Never negative, whichever way the money went."""
    at: datetime


def entries(ledger: Ledger, day: date) -> list[Entry]:
    """Everything that moved money on this day in Beijing, oldest first."""
    moved = (entry for entry in _all(ledger) if entry.at.astimezone(BEIJING).date() == day)
    return sorted(moved, key=lambda entry: entry.at)


def spoilt(whole: list[Entry], faults: Faults, day: date, platform_no: str) -> list[Entry]:
    """The bill as it is sent; ``platform_no`` is for an entry that nobody has ever heard of."""
    if whole and faults.take(Fault.BILL_MISSING, whole[0].trade.number):
        whole = whole[1:]
    if whole and faults.take(Fault.BILL_AMOUNT, whole[0].trade.number):
        whole = [replace(whole[0], amount_fen=whole[0].amount_fen + 1), *whole[1:]]
    if faults.take(Fault.BILL_EXTRA):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)
        number = f"ZF{day:%Y%m%d}12000000000001"  # of the desk's form, under which it knows no payment
        unknown = Trade(number, 100, "不明交易", "", noon, noon, "", stage=Stage.PAID, platform_no=platform_no)
        whole = [*whole, Entry(msgspec.structs.replace(unknown, paid_at=noon), None, 100, noon)]
    return whole


def _all(ledger: Ledger) -> Iterator[Entry]:
    for trade in reversed([*ledger.trades()]):
        if trade.paid_at:
            yield Entry(trade, None, trade.amount_fen, trade.paid_at)
        for refund in trade.refunds:
            yield Entry(trade, refund, refund.amount_fen, refund.asked_at)
