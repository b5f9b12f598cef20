"""What the stand-ins of the payment platforms share: the wallet's side, expiry, notices, faults on command."""

import abc
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from pathlib import Path

import msgspec

from tui.sandbox.faults import Fault, Faults
from tui.sandbox.gateways.common.control import SandboxRefused, Scanned, steer
from tui.sandbox.gateways.common.http import SILENCE, Call, Fate, Reply, Service
from tui.sandbox.gateways.common.ledger import Ledger, PendingNotice, Stage, Trade
from tui.sandbox.gateways.common.notices import NoticePlan, NoticeSender


class Operation(Enum):
    """What a merchant's call asks for, the same for all platforms."""

    PRECREATE = "precreate"
    QUERY = "query"
    CANCEL = "cancel"
    CLOSE = "close"
    REFUND = "refund"
    REFUND_QUERY = "refund query"
    BILL = "bill"


TIMEOUTS = {
    Operation.PRECREATE: Fault.PRECREATE_TIMEOUT,
    Operation.QUERY: Fault.QUERY_TIMEOUT,
    Operation.CANCEL: Fault.CANCEL_TIMEOUT,
    Operation.REFUND: Fault.REFUND_TIMEOUT,
    Operation.REFUND_QUERY: Fault.QUERY_TIMEOUT,
}
FLAWS = (Fault.WRONG_SIGNATURE, Fault.DUPLICATE_NODE, Fault.WRONG_CHAIN)


class PaymentSandbox(Service, abc.ABC):
    """An ASGI application that plays one payment platform; ``faults`` says what it does wrong."""

    def __init__(
        self,
        channel: str,
        directory: Path,
        plan: NoticePlan,
        payee: str,
        *,
        notice_ca: Path | None,
        time_scale: float,
        clock: Callable[[], datetime],
    ) -> None:
        """The trades lie in ``directory``; notices go out once the server is up, or with the first payment."""
        super().__init__({})
        self.faults = Faults(channel)
        self.silence = SILENCE * time_scale
        self._ledger = Ledger(directory / "trades.json")
        self._sender = NoticeSender(
            self._ledger, plan, self.faults, self.notice_headers, ca_file=notice_ca, time_scale=time_scale
        )
        self._payee = payee
        self._clock = clock

    @abc.abstractmethod
    def operation(self, call: Call) -> Operation | None:
        """What is asked; None for an address or a method that the platform does not have."""

    @abc.abstractmethod
    def carry_out(self, operation: Operation | None, call: Call) -> Reply | None:
        """Do it, or say why not; None if the platform has no such address."""

    @abc.abstractmethod
    def new_platform_no(self) -> str:
        """A number for a payment or refund, in the platform's shape."""

    @abc.abstractmethod
    def payment_notice(self, trade: Trade) -> bytes:
        """The body that tells the merchant of a payment."""

    def notice_headers(self, notice: PendingNotice) -> Mapping[str, str]:
        """What a notice is sent with, made at each sending."""
        del notice
        return {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}

    def scan(self, qr: str) -> Scanned:
        """Scan a code with the wallet, without paying yet.

        :raises SandboxRefused: unknown_qr, expired, closed or already_paid.
        """
        with self._ledger.lock:
            trade = self._payable(qr)
            if trade.stage is Stage.OPEN:
                trade = msgspec.structs.replace(trade, stage=Stage.SCANNED, platform_no=self.new_platform_no())
            return self._shown(self._ledger.put(trade))

    def pay(self, qr: str, amount_fen: int | None = None) -> Scanned:
        """Scan if need be, and pay; another ``amount_fen`` than asked plays a platform that has gone wrong.

        :raises SandboxRefused: bad_amount, unknown_qr, expired, closed or already_paid.
        """
        if amount_fen is not None and amount_fen <= 0:
            raise SandboxRefused("bad_amount", "金额必须大于零 / the amount must be above zero")
        with self._ledger.lock:
            begun = len(self.faults.played)
            trade = self._payable(qr)
            if amount_fen is None and self.faults.take(Fault.WRONG_AMOUNT, trade.number):
                amount_fen = 1 if trade.amount_fen > 1 else 2
            earlier = self._earlier(trade)
            trade = self._take_money(trade, amount_fen)
            if earlier and self.faults.take(Fault.PAID_TWICE, earlier.number):
                self._take_money(earlier)
            faults = tuple(played.fault for played in self.faults.played[begun:])
            return msgspec.structs.replace(self._shown(trade), faults=faults)

    def trade(self, number: str) -> Trade | None:
        """What the platform knows of a merchant number."""
        with self._ledger.lock:
            trade = self._ledger.trade(number)
            return self._current(trade) if trade else None

    def pending(self) -> list[PendingNotice]:
        """The notices that are to be sent, oldest first."""
        with self._ledger.lock:
            self._ledger.release(self._clock())
            return [notice for notice in self._ledger.notices() if not notice.held_until]

    def confirm(self, notice: PendingNotice) -> None:
        """Never send this notice again."""
        with self._ledger.lock:
            self._ledger.drop_notice(notice)

    def answer(self, call: Call) -> Reply | None:
        """Answer a merchant's call, unless a fault cuts the connection."""
        operation = self.operation(call)
        with self._ledger.lock:
            if operation and self.faults.take(Fault.RESET):
                return Reply(b"", fate=Fate.RESET)
            reply = self.carry_out(operation, call)
            if self._ledger.release(self._clock()):
                self._sender.wake()
            if reply and operation in TIMEOUTS and self.faults.take(TIMEOUTS[operation]):
                return replace(reply, fate=Fate.SILENT)
            return reply

    def respond(self, call: Call) -> Reply | None:
        """Answer the wallet, who arms a fault, or a merchant."""
        return steer(self, call) or (self.answer(call) if call.method in {"GET", "POST"} else None)

    def start(self) -> None:
        """Send what an earlier run left unconfirmed."""
        self._sender.wake()

    def close(self) -> None:
        """Stop sending notices."""
        self._sender.close()

    def _flaw(self, fields: Iterable[str]) -> Fault | None:
        """What is wrong with the proof of an answer of these values."""
        flaw = next((flaw for flaw in FLAWS if self.faults.take(flaw)), None)
        if flaw is None and any("/" in value for value in fields) and self.faults.take(Fault.ESCAPED_SLASH):
            return Fault.ESCAPED_SLASH
        return flaw

    def _asked(self, trade: Trade) -> Trade:
        """The trade as a query finds it."""
        if trade.stage in {Stage.OPEN, Stage.SCANNED} and self.faults.take(Fault.TIME_JUMP, trade.number):
            return self._current(msgspec.structs.replace(trade, expires_at=self._clock()))
        return trade

    def _paid_at_once(self, trade: Trade, reply: Reply) -> Reply:
        """The answer to precreate, held back for a notice that comes before it."""
        if not (trade.stage is Stage.OPEN and trade.notify_url and self.faults.take(Fault.NOTICE_EARLY, trade.number)):
            return reply
        noticed = self._sender.watch(trade.number)
        self._take_money(trade)
        return replace(reply, after=noticed)

    def _take_money(self, trade: Trade, amount_fen: int | None = None) -> Trade:
        trade = msgspec.structs.replace(
            trade,
            stage=Stage.PAID,
            paid_at=self._clock(),
            platform_no=trade.platform_no or self.new_platform_no(),
            amount_fen=amount_fen or trade.amount_fen,
            result="A6" if self.faults.take(Fault.A6, trade.number) else "00",
        )
        self._ledger.put(trade, *self._payment_notices(trade))
        self._sender.wake()
        return trade

    def _payment_notices(self, trade: Trade) -> list[PendingNotice]:
        notices = self._notices(trade, self.payment_notice(trade))
        if notices and self.faults.take(Fault.NOTICE_DROPPED, trade.number):
            return []
        if notices and self.faults.take(Fault.NOTICE_LATE, trade.number):
            return [msgspec.structs.replace(notice, held_until=trade.expires_at) for notice in notices]
        if notices and self.faults.take(Fault.NOTICE_DOUBLED, trade.number):
            return notices + [msgspec.structs.replace(notice, key=secrets.token_hex(16)) for notice in notices]
        return notices

    def _notices(self, trade: Trade, body: bytes, url: str = "") -> list[PendingNotice]:
        """The notice to ``url`` or to the trade's own address, if it gave one."""
        url = url or trade.notify_url
        return [PendingNotice(secrets.token_hex(16), url, body, number=trade.number)] if url else []

    def _ended(self, trade: Trade, stage: Stage) -> Trade:
        """The trade is closed or its code dead: a notice that waited for this goes out."""
        if self._ledger.release(self._clock(), trade.number):
            self._sender.wake()
        return self._ledger.put(msgspec.structs.replace(trade, stage=stage))

    def _payable(self, qr: str) -> Trade:
        found = next((trade for trade in self._ledger.trades() if qr and trade.qr == qr), None)
        if found is None:
            raise SandboxRefused("unknown_qr", "二维码无效 / no such code")
        match self._current(found).stage:
            case Stage.OPEN | Stage.SCANNED:
                return found
            case Stage.PAID:
                raise SandboxRefused("already_paid", "订单已支付 / paid already")
            case Stage.CLOSED | Stage.DEAD:
                if found.refunds:
                    raise SandboxRefused("already_paid", "订单已支付并已退款 / paid already, and given back")
                if self.faults.take(Fault.PAID_LATE, found.number):
                    return found
                if found.expires_at <= self._clock():
                    raise SandboxRefused("expired", "二维码已过期 / the code has expired")
                raise SandboxRefused("closed", "交易已关闭，请收银员重新收款 / closed, ask for another code")

    def _earlier(self, trade: Trade) -> Trade | None:
        """The newest other code for the same thing that nobody paid."""
        same = (other for other in self._ledger.trades() if other.number != trade.number and other.qr)
        return next(
            (
                other
                for other in same
                if not other.paid_at and (other.subject, other.amount_fen) == (trade.subject, trade.amount_fen)
            ),
            None,
        )

    def _current(self, trade: Trade) -> Trade:
        if trade.expires_at > self._clock():
            return trade
        match trade.stage:
            case Stage.OPEN:
                return self._ledger.put(msgspec.structs.replace(trade, stage=Stage.DEAD))
            case Stage.SCANNED:
                return self._ledger.put(msgspec.structs.replace(trade, stage=Stage.CLOSED))
            case Stage.PAID | Stage.CLOSED | Stage.DEAD:
                return trade

    def _shown(self, trade: Trade) -> Scanned:
        return Scanned(trade.number, self._payee, trade.subject, trade.amount_fen, trade.stage, trade.expires_at)
