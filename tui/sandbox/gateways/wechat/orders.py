"""What WeChat Pay allows: orders and refunds as merchants write them (pay.weixin.qq.com, Native下单, 退款申请)."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec

from tui.sandbox.gateways.common.http import Call
from tui.sandbox.gateways.common.ledger import Trade
from tui.sandbox.gateways.wechat.keys import WechatMerchant
from tui.sandbox.gateways.wechat.speaker import Refused

NUMBER = re.compile(r"[A-Za-z0-9_*-]{6,32}")
REFUND_NUMBER = re.compile(r"[A-Za-z0-9_*@|-]{1,64}")
REASON = 80
"""Bytes of a refund's reason."""
T = TypeVar("T")


class Money(msgspec.Struct, frozen=True):
    """Of an order; in fen."""

    total: int
    currency: str = "CNY"


class Order(msgspec.Struct, frozen=True):
    """Body of a Native order."""

    appid: str
    mchid: str
    description: str
    out_trade_no: str
    notify_url: str
    amount: Money
    time_expire: str


class MoneyBack(msgspec.Struct, frozen=True):
    """Of a refund; in fen."""

    refund: int
    total: int
    currency: str


class RefundOrder(msgspec.Struct, frozen=True):
    """Body of a refund's order."""

    transaction_id: str
    out_refund_no: str
    amount: MoneyBack
    reason: str = ""
    notify_url: str = ""


def read(call: Call, kind: type[T]) -> T:
    """The body of a call.

    :raises Refused: PARAM_ERROR.
    """
    try:
        return msgspec.json.decode(call.body, type=kind)
    except msgspec.MsgspecError as error:
        raise _wrong(str(error)) from error


def ordered(order: Order, merchant: WechatMerchant, now: datetime) -> datetime:
    """When a new order ends.

    :raises Refused: something about it is not allowed.
    """
    if (order.appid, order.mchid) != (merchant.appid, merchant.mchid):
        raise Refused(HTTPStatus.BAD_REQUEST, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    try:
        expires_at = datetime.fromisoformat(order.time_expire)
    except ValueError as error:
        raise _wrong("time_expire") from error
    if expires_at.tzinfo is None or not 1 <= len(order.description) <= 127:
        raise _wrong("time_expire, description")
    if not NUMBER.fullmatch(order.out_trade_no) or order.amount.total < 1 or order.amount.currency != "CNY":
        raise _wrong("out_trade_no, amount")
    if not order.notify_url.startswith(("https://", "http://")) or "?" in order.notify_url:
        raise _wrong("notify_url")
    if expires_at <= now:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", "time_expire早于当前时间")
    return expires_at


def refund_ordered(order: RefundOrder, trade: Trade) -> None:
    """Check a new refund.

    :raises Refused: something about it is not allowed.
    """
    if not REFUND_NUMBER.fullmatch(order.out_refund_no) or len(order.reason.encode()) > REASON:
        raise _wrong("out_refund_no, reason")
    if order.amount.total != trade.amount_fen or order.amount.currency != "CNY":
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致")
    if not 0 < order.amount.refund <= trade.amount_fen - trade.refunded_fen:
        raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", "申请退款金额超过订单可退金额")


def _wrong(what: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, "PARAM_ERROR", f"参数错误：{what}")
