"""What the stand-ins of both payment platforms share: HTTP, the wallet's side, expiry."""

import abc
import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tui.sandbox.gateways.payment_ledger import Ledger, PendingNotice, Stage, Trade
from tui.sandbox.gateways.payment_notices import NoticeSender

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html;charset=utf-8"


class SandboxRefused(Exception):  # noqa: N818
    """The wallet cannot do this: ``code`` for programs, ``text`` for people."""

    def __init__(self, code: str, text: str) -> None:
        """Keep both."""
        super().__init__(code, text)
        self.code = code
        self.text = text


class Scanned(msgspec.Struct, frozen=True):
    """What the wallet's screen shows after a scan or a payment."""

    number: str
    payee: str
    subject: str
    amount_fen: int
    stage: Stage
    expires_at: datetime


class _WalletRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    qr: str
    amount_fen: int | None = None


class _WalletError(msgspec.Struct, frozen=True):
    error: str
    text: str


class PaymentSandbox(abc.ABC):
    """An ASGI application that plays one payment platform."""

    def __init__(self, ledger: Ledger, sender: NoticeSender, payee: str, clock: Callable[[], datetime]) -> None:
        """Keep the parts; the sender starts with the server or with the first notice."""
        self._ledger = ledger
        self._sender = sender
        self._payee = payee
        self._clock = clock

    @abc.abstractmethod
    def call(self, path: str, fields: dict[str, str]) -> Reply | None:
        """Answer a merchant's call, or None if the platform has no such address."""

    @abc.abstractmethod
    def new_platform_no(self) -> str:
        """A number for a payment or refund, in the platform's shape."""

    @abc.abstractmethod
    def payment_notice(self, trade: Trade) -> bytes:
        """The signed form that tells the merchant of a payment."""

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
            raise SandboxRefused("bad_amount", "金额必须大于零")
        with self._ledger.lock:
            self.scan(qr)
            trade = msgspec.structs.replace(self._payable(qr), stage=Stage.PAID, paid_at=self._clock())
            if amount_fen is not None:
                trade = msgspec.structs.replace(trade, amount_fen=amount_fen)
            self._ledger.put(trade, self.notice(trade, self.payment_notice(trade)))
            self._sender.wake()
            return self._shown(trade)

    def trade(self, number: str) -> Trade | None:
        """What the platform knows of a merchant number."""
        with self._ledger.lock:
            trade = self._ledger.trade(number)
            return self._current(trade) if trade else None

    def notice(self, trade: Trade, body: bytes) -> PendingNotice | None:
        """A notice to the trade's own address, if it gave one."""
        return PendingNotice(secrets.token_hex(16), trade.notify_url, body) if trade.notify_url else None

    def close(self) -> None:
        """Stop sending notices."""
        self._sender.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry: lifespan and HTTP."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            reply = self._route(scope, await _read_body(receive))
            headers = [(b"content-type", reply.content_type.encode()), (b"content-length", b"%d" % len(reply.body))]
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await send({"type": "http.response.body", "body": reply.body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = (await receive())["type"]
            if event == "lifespan.startup":
                self._sender.wake()
            else:
                await asyncio.to_thread(self._sender.close)
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return

    def _route(self, scope: Scope, body: bytes) -> Reply:
        # Some clients send an absolute-form target (RFC 9112, 3.2.2), and not every server takes it apart.
        path = urlsplit(scope["path"]).path
        if path in {"/sandbox/scan", "/sandbox/pay"}:
            return self._wallet(path, scope["method"], body)
        try:
            pairs = [
                pair
                for part in (scope["query_string"], body)
                for pair in parse_qsl(part.decode(), keep_blank_values=True, errors="strict", max_num_fields=100)
            ]
        except ValueError:
            return Reply(b"bad request", HTTPStatus.BAD_REQUEST)
        with self._ledger.lock:
            reply = self.call(path, dict(pairs)) if scope["method"] in {"GET", "POST"} else None
        return reply or Reply(b"not found", HTTPStatus.NOT_FOUND)

    def _wallet(self, path: str, method: str, body: bytes) -> Reply:
        if method != "POST":
            return _json(_WalletError("bad_method", "只接受 POST"), HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            asked = msgspec.json.decode(body, type=_WalletRequest)
            shown = self.scan(asked.qr) if path.endswith("scan") else self.pay(asked.qr, asked.amount_fen)
        except msgspec.DecodeError as error:
            return _json(_WalletError("bad_request", str(error)), HTTPStatus.BAD_REQUEST)
        except SandboxRefused as refused:
            status = HTTPStatus.NOT_FOUND if refused.code == "unknown_qr" else HTTPStatus.CONFLICT
            return _json(_WalletError(refused.code, refused.text), status)
        return _json(shown, HTTPStatus.OK)

    def _payable(self, qr: str) -> Trade:
        found = next((trade for trade in self._ledger.trades() if qr and trade.qr == qr), None)
        if found is None:
            raise SandboxRefused("unknown_qr", "二维码无效")
        match self._current(found).stage:
            case Stage.OPEN | Stage.SCANNED:
                return found
            case Stage.PAID:
                raise SandboxRefused("already_paid", "订单已支付")
            case Stage.CLOSED | Stage.DEAD:
                if found.refunds:
                    raise SandboxRefused("already_paid", "订单已支付并已退款")
                if found.expires_at <= self._clock():
                    raise SandboxRefused("expired", "二维码已过期")
                raise SandboxRefused("closed", "交易已关闭，请收银员重新收款")

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


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        event = await receive()
        body += bytes(event.get("body", b""))
        if len(body) > BODY_LIMIT or not event.get("more_body", False):
            return body[:BODY_LIMIT]


def _json(value: msgspec.Struct, status: HTTPStatus) -> Reply:
    return Reply(msgspec.json.encode(value), status, "application/json")
