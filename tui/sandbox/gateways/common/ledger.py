"""Keep the trades of a played payment platform in one JSON file that survives a restart."""

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec


class Stage(StrEnum):
    """Where a trade stands."""

    OPEN = "open"
    """The code exists, nobody has scanned it."""
    SCANNED = "scanned"
    PAID = "paid"
    CLOSED = "closed"
    """Ended after the scan, or paid and given back in full."""
    DEAD = "dead"
    """Ended before anybody scanned: the platform denies that the trade ever was."""


class GivenBack(msgspec.Struct, frozen=True):
    """One refund of a trade."""

    number: str
    amount_fen: int
    asked_at: datetime
    """The time the merchant gave (UnionPay), or when it was asked."""
    platform_no: str
    kind: str = ""
    """UnionPay's txnType."""
    pending: bool = False
    """The next query does not find it done yet."""


class Trade(msgspec.Struct, frozen=True):
    """One trade, from its code on."""

    number: str
    amount_fen: int
    subject: str
    notify_url: str
    asked_at: datetime
    """The time the merchant gave (UnionPay), or when it was asked."""
    expires_at: datetime
    qr: str
    request: str = ""
    """What was asked, to tell a repetition from a contradiction."""
    stage: Stage = Stage.OPEN
    platform_no: str = ""
    paid_at: datetime | None = None
    refunds: tuple[GivenBack, ...] = ()
    result: str = "00"
    """UnionPay's respCode for the payment."""

    @property
    def refunded_fen(self) -> int:
        """The sum of all refunds."""
        return sum(refund.amount_fen for refund in self.refunds)


class PendingNotice(msgspec.Struct, frozen=True):
    """A notice the merchant has not confirmed yet."""

    key: str
    url: str
    body: bytes
    sent: int = 0
    """How many times it was sent."""
    number: str = ""
    """The trade's merchant number."""
    held_until: datetime | None = None
    """Not to be sent before this time, or before the trade is closed."""


class _Page(msgspec.Struct):
    trades: dict[str, Trade] = {}
    notices: dict[str, PendingNotice] = {}


class Ledger:
    """Everything one gateway must not forget; hold ``lock`` from reading to writing."""

    def __init__(self, path: Path) -> None:
        """Read what an earlier run left."""
        self.lock = threading.RLock()
        self._path = path
        self._page = msgspec.json.decode(path.read_bytes(), type=_Page) if path.exists() else _Page()

    def trade(self, number: str) -> Trade | None:
        """The trade with this merchant number."""
        return self._page.trades.get(number)

    def trades(self) -> Iterator[Trade]:
        """All trades, newest first."""
        return reversed(self._page.trades.values())

    def notices(self) -> list[PendingNotice]:
        """The unconfirmed notices, oldest first."""
        return list(self._page.notices.values())

    def put(self, trade: Trade, *notices: PendingNotice) -> Trade:
        """Keep a new state of a trade, together with the notices it causes."""
        self._page.trades[trade.number] = trade
        self._page.notices |= {notice.key: notice for notice in notices}
        self._write()
        return trade

    def release(self, now: datetime, number: str = "") -> bool:
        """Let go the held notices whose time has come, and those of a trade; tells whether there were any."""
        held = [notice for notice in self._page.notices.values() if notice.held_until]
        for notice in (due := [n for n in held if n.number == number or (n.held_until and n.held_until <= now)]):
            self._page.notices[notice.key] = msgspec.structs.replace(notice, held_until=None)
        if due:
            self._write()
        return bool(due)

    def put_notice(self, notice: PendingNotice) -> None:
        """Keep that a notice has been sent once more."""
        self._page.notices[notice.key] = notice
        self._write()

    def drop_notice(self, notice: PendingNotice) -> None:
        """Forget a notice that was confirmed or given up."""
        self._page.notices.pop(notice.key, None)
        self._write()

    def _write(self) -> None:
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(self._page))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
