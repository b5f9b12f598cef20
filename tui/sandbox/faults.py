"""What a payment platform can be told to do wrong: each scenario by name, and which platform can play it."""

import threading
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from tui.core.payment_method import PaymentMethod

CHANNELS = tuple(method.value for method in PaymentMethod)
CLEAR = "clear"
"""In the place of a name: end all."""


class Fault(StrEnum):
    """A scenario; it is played at the next calls that it fits."""

    NOTICE_DROPPED = "notice-dropped"
    NOTICE_DOUBLED = "notice-doubled"
    NOTICE_EARLY = "notice-early"
    NOTICE_LATE = "notice-late"
    NOTICE_RESENT = "notice-resent"
    RESET = "reset"
    PRECREATE_TIMEOUT = "precreate-timeout"
    QUERY_TIMEOUT = "query-timeout"
    CANCEL_TIMEOUT = "cancel-timeout"
    REFUND_TIMEOUT = "refund-timeout"
    UNAVAILABLE = "unavailable"
    TOO_OFTEN = "too-often"
    NO_SUCH_TRADE = "no-such-trade"
    WRONG_SIGNATURE = "wrong-signature"
    UNSIGNED_ERROR = "unsigned-error"
    DUPLICATE_NODE = "duplicate-node"
    ESCAPED_SLASH = "escaped-slash"
    WRONG_CHAIN = "wrong-chain"
    A6 = "a6"
    TIME_JUMP = "time-jump"
    WRONG_AMOUNT = "wrong-amount"
    PAID_LATE = "paid-late"
    PAID_TWICE = "paid-twice"
    CANCEL_REFUNDS = "cancel-refunds"
    CANCEL_RETRY = "cancel-retry"
    REFUND_PENDING = "refund-pending"
    REFUND_REFUSED = "refund-refused"
    REFUND_FAILED = "refund-failed"
    BILL_TODAY = "bill-today"
    BILL_NONE = "bill-none"
    BILL_MISSING = "bill-missing"
    BILL_EXTRA = "bill-extra"
    BILL_AMOUNT = "bill-amount"


ABOUT = {
    Fault.NOTICE_DROPPED: "付款的通知不发 / a payment's notice is never sent",
    Fault.NOTICE_DOUBLED: "付款的通知发两次 / a payment's notice is sent twice",
    Fault.NOTICE_EARLY: "下单时即被付款，通知先于下单应答 / paid at once, the notice comes before precreate's answer",
    Fault.NOTICE_LATE: "通知等到码关闭或到期后才发 / the notice waits until the code is closed or has ended",
    Fault.NOTICE_RESENT: "商户的确认丢失，通知重发 / the merchant's confirmation is lost, the notice comes again",
    Fault.RESET: "请求未受理，连接被重置 / the connection is reset, nothing was done",
    Fault.PRECREATE_TIMEOUT: "下单已受理，但没有应答 / precreate is done, but never answered",
    Fault.QUERY_TIMEOUT: "查询没有应答 / a query is never answered",
    Fault.CANCEL_TIMEOUT: "撤销已受理，但没有应答 / cancel is done, but never answered",
    Fault.REFUND_TIMEOUT: "退款已受理，但没有应答 / refund is done, but never answered",
    Fault.UNAVAILABLE: "系统繁忙：20000 或 05 / busy: 20000, or 05 (UnionPay: accepted, query it)",
    Fault.TOO_OFTEN: "查询太频繁：40005 或 37 / queried too often: 40005, or 37",
    Fault.NO_SUCH_TRADE: "查询不到已有的交易 / a trade that exists is not found (ACQ.TRADE_NOT_EXIST, 34)",
    Fault.WRONG_SIGNATURE: "应答由别的密钥签名 / the answer is signed by another key",
    Fault.UNSIGNED_ERROR: "网关级错误，没有签名 / a gateway error without a signature",
    Fault.DUPLICATE_NODE: "应答里混入伪造的成功节点 / a forged node that says paid stands beside the signed one",
    Fault.ESCAPED_SLASH: "先签名，后转义斜线 / signed first, slashes escaped afterwards",
    Fault.WRONG_CHAIN: "应答附带冒名的证书 / the answer brings a certificate of the right name from another CA",
    Fault.A6: "有缺陷的成功：A6 / paid with a defect: A6 in the place of 00",
    Fault.TIME_JUMP: "查询时码恰好到期 / the code's end passes just before a query",
    Fault.WRONG_AMOUNT: "付款金额与订单不符 / another amount is paid (1 fen)",
    Fault.PAID_LATE: "已关闭或到期的码仍能付款 / a code that is closed or has ended is paid all the same",
    Fault.PAID_TWICE: "同一订单的旧码也被付款 / the earlier code for the same thing is paid too",
    Fault.CANCEL_REFUNDS: "撤销前一刻被付款：action=refund / paid just before cancel, which then refunds",
    Fault.CANCEL_RETRY: "撤销未完成：retry_flag=Y / cancel is not done and asks for a retry",
    Fault.REFUND_PENDING: "退款处理中：fund_change=N 或 05 / a refund is pending, a later query finds it done",
    Fault.REFUND_REFUSED: "退款被拒，如余额不足 / a refund is refused, as for want of balance",
    Fault.REFUND_FAILED: "退款已受理，终告失败 / a refund is accepted and fails for good, its number is spent",
    Fault.BILL_TODAY: "不等第二天就出账单 / the bill is ready before the day is over",
    Fault.BILL_NONE: "当天没有账单 / there is no bill for the day",
    Fault.BILL_MISSING: "账单少一笔 / the bill lacks one entry",
    Fault.BILL_EXTRA: "账单多一笔 / the bill has one entry too many",
    Fault.BILL_AMOUNT: "账单有一笔金额不同 / one entry of the bill has another amount",
}
"""One line for each, Chinese first."""


NAMES = (*Fault, CLEAR)
"""What may be asked for."""


def channels_of(fault: Fault) -> tuple[str, ...]:
    """The platforms that can play it."""
    return tuple(name for name in CHANNELS if fault not in _cannot(name))


def only() -> dict[Fault, tuple[str, ...]]:
    """The faults that not every platform can play, with those that can."""
    found = {fault: channels_of(fault) for fault in Fault}
    return {fault: channels for fault, channels in found.items() if channels != CHANNELS}


def _cannot(channel: str) -> frozenset[Fault]:
    found: frozenset[Fault] = import_module(f"tui.sandbox.gateways.{channel}.traits").CANNOT
    return found


@dataclass(frozen=True, slots=True)
class Played:
    """One fault that was played."""

    fault: Fault
    number: str
    """The merchant's number that it hit, empty where there is none."""


class Faults:
    """What one platform will do wrong; safe to use from several threads, forgotten when the platform ends."""

    def __init__(self, channel: str) -> None:
        """Nothing is armed at first."""
        self._channel = channel
        self._lock = threading.Lock()
        self._armed: dict[Fault, int] = {}
        self.played: list[Played] = []
        """Everything that was played, oldest first."""

    def arm(self, fault: Fault, count: int = 1) -> None:
        """Play it at the next ``count`` calls that it fits, instead of how often it was armed for.

        :raises ValueError: this platform cannot, or ``count`` is below one.
        """
        if self._channel not in channels_of(fault) or count < 1:
            raise ValueError(f"{self._channel} cannot play {fault} {count} times")
        with self._lock:
            self._armed[fault] = count

    def clear(self) -> None:
        """End all."""
        with self._lock:
            self._armed.clear()

    def armed(self) -> dict[Fault, int]:
        """How often each will still be played."""
        with self._lock:
            return dict(self._armed)

    def take(self, fault: Fault, number: str = "") -> bool:
        """Whether the fault is to be played now; uses it up once."""
        with self._lock:
            left = self._armed.pop(fault, 0)
            if left > 1:
                self._armed[fault] = left - 1
            if left:
                self.played.append(Played(fault, number))
            return left > 0
