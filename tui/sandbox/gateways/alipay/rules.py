"""What Alipay allows: orders, their end, repetitions (opendocs.alipay.com, alipay.trade.precreate)."""

import re
from datetime import datetime, timedelta

from tui.core.beijing import BEIJING
from tui.desk.platforms.common.units import DASHED, from_beijing, to_fen
from tui.sandbox.gateways.alipay.speaker import Failed, Node
from tui.sandbox.gateways.common.ledger import Stage, Trade

QR_LIFE = timedelta(hours=2)
"""No code lives longer, whatever was asked."""
CANCEL_WINDOW = timedelta(hours=24)
MOST_FEN = 100_000_000_00
PRODUCTS = {"QR_CODE_OFFLINE", "FACE_TO_FACE_PAYMENT"}
NUMBER = re.compile(r"[A-Za-z0-9_]{1,64}")
SUBJECT = re.compile(r"[^/=&]{1,256}")
LIFE = re.compile(r"([1-9][0-9]{0,4})([mhd])")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def ordered(biz: Node, now: datetime) -> tuple[int, datetime]:
    """Amount in fen and end of a new order.

    :raises Failed: something about it is not allowed.
    """
    try:
        amount_fen, expires_at = to_fen(need(biz, "total_amount")), expiry(biz, now)
    except ValueError:
        raise Failed("ACQ.INVALID_PARAMETER", "参数无效") from None
    if expires_at <= now:
        raise Failed("ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR", "当前时间已超过允许支付的时间")
    if amount_fen > MOST_FEN:
        raise Failed("ACQ.TOTAL_FEE_EXCEED", "订单总金额超过限额")
    texts = NUMBER.fullmatch(need(biz, "out_trade_no")) and SUBJECT.fullmatch(need(biz, "subject"))
    if not texts or amount_fen < 1 or biz.get("product_code", "FACE_TO_FACE_PAYMENT") not in PRODUCTS:
        raise Failed("ACQ.INVALID_PARAMETER", "参数无效")
    return amount_fen, expires_at


def expiry(biz: Node, now: datetime) -> datetime:
    """The end of the code: ``time_expire`` wins over ``timeout_express``; the code may have a shorter life of its own.

    :raises ValueError: a time or a span is not well written.
    """
    ends = [now + QR_LIFE]
    if "time_expire" in biz:
        ends.append(from_beijing(biz["time_expire"], DASHED))
    elif "timeout_express" in biz:
        ends.append(_after(now, biz["timeout_express"]))
    if "qr_code_timeout_express" in biz:
        ends.append(_after(now, biz["qr_code_timeout_express"]))
    return min(ends)


def _after(now: datetime, span: str) -> datetime:
    if span == "1c":
        return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    match = LIFE.fullmatch(span)
    if match is None:
        raise ValueError("not a span")
    return now + int(match[1]) * UNITS[match[2]]


def need(biz: Node, name: str) -> str:
    """The member of ``biz_content``.

    :raises Failed: it is not there.
    """
    if not biz.get(name):
        raise Failed("ACQ.INVALID_PARAMETER", f"参数无效：{name}")
    return biz[name]


def repeated(known: Trade, request: str) -> str:
    """The code of an order that is asked for again.

    :raises Failed: with other parameters, or when it has ended.
    """
    match known.stage:
        case Stage.PAID:
            raise Failed("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        case Stage.CLOSED | Stage.DEAD:
            raise Failed("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        case Stage.OPEN | Stage.SCANNED if known.request != request:
            raise Failed("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
        case Stage.OPEN | Stage.SCANNED:
            return known.qr
