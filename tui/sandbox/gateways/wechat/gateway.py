"""WeChat Pay API v3 played over HTTP: Native orders, signed answers, sealed notices, refunds, daily bills.

Not certain: that an order whose time is over stays NOTPAY until the merchant closes it.
"""

import dataclasses
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import msgspec

from tui.core.beijing import BEIJING
from tui.process.clock import utc_now
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.ledger import GivenBack, PendingNotice, Stage, Trade
from tui.sandbox.gateways.common.notices import NoticePlan
from tui.sandbox.gateways.common.platform import Operation, PaymentSandbox
from tui.sandbox.gateways.wechat import told
from tui.sandbox.gateways.wechat.bill_centre import BillCentre
from tui.sandbox.gateways.wechat.orders import Order, RefundOrder, ordered, read, refund_ordered
from tui.sandbox.gateways.wechat.speaker import JSON, Refused, WechatSpeaker

SECOND, MINUTE, HOUR = 1, 60, 3600
PLAN = NoticePlan(
    gaps=(
        *(15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE),
        *(30 * MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR),
    ),
    confirmed=lambda answer: answer.status_code in {200, 204},
)
TRADES, REFUNDS = "/v3/pay/transactions/", "/v3/refund/domestic/refunds"
CALLS = (
    ("POST", re.compile(f"{TRADES}native"), Operation.PRECREATE),
    ("GET", re.compile(f"{TRADES}out-trade-no/([^/]+)"), Operation.QUERY),
    ("POST", re.compile(f"{TRADES}out-trade-no/([^/]+)/close"), Operation.CANCEL),
    ("POST", re.compile(REFUNDS), Operation.REFUND),
    ("GET", re.compile(f"{REFUNDS}/([^/]+)"), Operation.REFUND_QUERY),
    ("GET", re.compile("/v3/bill/tradebill"), Operation.BILL),
)
Told = Mapping[str, object] | None
NOT_FOUND = HTTPStatus.NOT_FOUND


class WechatSandbox(PaymentSandbox):
    """WeChat Pay with one merchant, whose keys lie in a directory."""

    def __init__(
        self,
        directory: Path,
        *,
        notice_ca: Path | None = None,
        time_scale: float = 1.0,
        clock: Callable[[], datetime] = utc_now,
        by_hand: bool = False,
    ) -> None:
        """See `Application`."""
        self._speaker = WechatSpeaker(directory, clock)
        self._failed: dict[str, tuple[str, GivenBack]] = {}
        """Refunds that failed for good, with their trades' numbers; forgotten when the platform ends."""
        payee = self._speaker.merchant.payee
        plan = dataclasses.replace(PLAN, by_hand=by_hand)
        super().__init__("wechat", directory, plan, payee, notice_ca=notice_ca, time_scale=time_scale, clock=clock)
        self._bills = BillCentre(self._ledger, self.faults, self._speaker.merchant, clock)
        self._handlers: dict[Operation, Callable[[str, Call], Told]] = {
            Operation.PRECREATE: self._order,
            Operation.QUERY: self._query,
            Operation.CANCEL: self._close,
            Operation.REFUND: self._refund,
            Operation.REFUND_QUERY: self._refund_query,
            Operation.BILL: self._bill,
        }

    def operation(self, call: Call) -> Operation | None:
        """By method and path."""
        return next((what for _, what in _found(call)), None)

    def carry_out(self, operation: Operation | None, call: Call) -> Reply | None:
        """Answer a merchant's call, or give out a bill."""
        try:
            if operation is None:
                return self._bills.download(call, self._speaker.admit)
            self._speaker.admit(call)
            if self.faults.take(Fault.UNSIGNED_ERROR):
                raise Refused(HTTPStatus.UNAUTHORIZED, "SIGN_ERROR", "签名错误，请检查后再试")
        except Refused as refused:
            return self._speaker.complaint(refused)
        try:
            found = self._told(operation, call)
            reply = self._speaker.answer(call, found, self._flaw(()))
        except Refused as refused:
            return self._speaker.answer(call, refused.told, self._flaw(()), refused.status)
        known = self._ledger.trade(read(call, Order).out_trade_no) if operation is Operation.PRECREATE else None
        return self._paid_at_once(known, reply) if known else reply

    def _told(self, operation: Operation, call: Call) -> Told:
        if self.faults.take(Fault.UNAVAILABLE):
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常，请稍后重试")
        if operation is Operation.QUERY and self.faults.take(Fault.TOO_OFTEN):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "FREQUENCY_LIMITED", "频率超限")
        number = next((match[1] for match, _ in _found(call) if match.re.groups), "")
        return self._handlers[operation](number, call)

    def new_platform_no(self) -> str:
        """transaction_id: 28 digits that hold the day."""
        day = f"{self._clock().astimezone(BEIJING):%Y%m%d}"
        return f"4200{secrets.randbelow(10**6):06d}{day}{secrets.randbelow(10**10):010d}"

    def payment_notice(self, trade: Trade) -> bytes:
        """TRANSACTION.SUCCESS."""
        return self._speaker.notice(
            "TRANSACTION.SUCCESS", "transaction", told.transaction(trade, self._speaker.merchant)
        )

    def notice_headers(self, notice: PendingNotice) -> dict[str, str]:
        """Signed anew at each sending."""
        return {"Content-Type": JSON} | self._speaker.proof(notice.body)

    def _order(self, _: str, call: Call) -> Told:
        order, now = read(call, Order), self._clock()
        expires_at = ordered(order, self._speaker.merchant, now)
        request = call.body.decode()
        if known := self.trade(order.out_trade_no):
            if known.stage is Stage.PAID:
                raise Refused(HTTPStatus.BAD_REQUEST, "ORDERPAID", "该订单已支付")
            if known.stage is Stage.CLOSED:
                raise Refused(HTTPStatus.BAD_REQUEST, "ORDER_CLOSED", "订单已关闭")
            if known.request != request:
                raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
            return {"code_url": known.qr}
        trade = Trade(
            number=order.out_trade_no,
            amount_fen=order.amount.total,
            subject=order.description,
            notify_url=order.notify_url,
            asked_at=now,
            expires_at=expires_at,
            qr=f"weixin://wxpay/bizpayurl?pr={secrets.token_urlsafe(6)}zz",
            request=request,
        )
        return {"code_url": self._ledger.put(trade).qr}

    def _query(self, number: str, call: Call) -> Told:
        trade = self.trade(number)
        if trade is None or call.fields.get("mchid") != self._speaker.merchant.mchid:
            raise Refused(NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
        if self.faults.take(Fault.NO_SUCH_TRADE, number):
            raise Refused(NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
        return told.transaction(self._asked(trade), self._speaker.merchant)

    def _close(self, number: str, _: Call) -> Told:
        trade = self.trade(number)
        if trade is None:
            raise Refused(NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
        if trade.stage is Stage.PAID:
            raise Refused(HTTPStatus.BAD_REQUEST, "ORDERPAID", "该订单已支付")
        self._ended(trade, Stage.CLOSED)
        return None

    def _refund(self, _: str, call: Call) -> Told:
        order, now = read(call, RefundOrder), self._clock()
        if known := self._given_back(order.out_refund_no):
            return known
        paid = (trade for trade in self._ledger.trades() if trade.paid_at)
        trade = next((one for one in paid if one.platform_no == order.transaction_id), None)
        if trade is None:
            raise Refused(NOT_FOUND, "RESOURCE_NOT_EXISTS", "订单不存在")
        refund_ordered(order, trade)
        if self.faults.take(Fault.REFUND_REFUSED, order.out_refund_no):
            raise Refused(HTTPStatus.FORBIDDEN, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
        refund_id = f"5030{now.astimezone(BEIJING):%Y%m%d}{secrets.randbelow(10**17):017d}"
        back = GivenBack(order.out_refund_no, order.amount.refund, now, refund_id)
        if self.faults.take(Fault.REFUND_FAILED, back.number):
            self._failed[back.number] = trade.number, back
            return told.refund(trade, back, "PROCESSING", now)
        trade = msgspec.structs.replace(trade, refunds=(*trade.refunds, back))
        body = self._speaker.notice("REFUND.SUCCESS", "refund", told.refund_notice(trade, back, self._speaker.merchant))
        self._ledger.put(trade, *self._notices(trade, body, order.notify_url))
        self._sender.wake()
        pending = self.faults.take(Fault.REFUND_PENDING, back.number)
        return told.refund(trade, back, "PROCESSING" if pending else "SUCCESS", now)

    def _refund_query(self, number: str, _: Call) -> Told:
        if known := self._given_back(number):
            return known
        raise Refused(NOT_FOUND, "RESOURCE_NOT_EXISTS", "退款单不存在")

    def _given_back(self, number: str) -> Told:
        for trade in self._ledger.trades():
            for back in trade.refunds:
                if back.number == number:
                    return told.refund(trade, back, "SUCCESS", back.asked_at)
            if self._failed.get(number, ("",))[0] == trade.number:
                return told.refund(trade, self._failed[number][1], "CLOSED", self._clock())
        return None

    def _bill(self, _: str, call: Call) -> Told:
        return self._bills.address(call, self.new_platform_no())


def _found(call: Call) -> list[tuple[re.Match[str], Operation]]:
    return [
        (match, operation)
        for method, path, operation in CALLS
        if method == call.method and (match := path.fullmatch(call.path))
    ]
