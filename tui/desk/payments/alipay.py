"""Alipay 订单码 / 当面付: the person scans our code (alipay.trade.precreate, query, cancel, refund)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from pathlib import Path

from tui.desk.payments.alipay_codec import BizContent, dump_biz, open_answer, open_notice, sign_request
from tui.desk.payments.port import (
    AnswerNotGenuine,
    Attempt,
    Channel,
    Ended,
    GatewayRefused,
    NoticeKind,
    Outcome,
    PaymentNotice,
    Refund,
    RefundOutcome,
    RefundState,
    Started,
    TradeState,
)
from tui.desk.payments.rsa_keys import load_private, load_public
from tui.desk.payments.transport import GatewayConnection
from tui.desk.payments.units import DASHED, from_beijing, to_beijing, to_fen, to_yuan, utc_now

NOT_EXIST = "ACQ.TRADE_NOT_EXIST"
FORBIDDEN_IN_SUBJECT = str.maketrans(dict.fromkeys("/=&", " "))
STATES = {
    "WAIT_BUYER_PAY": TradeState.SCANNED,
    "TRADE_SUCCESS": TradeState.PAID,
    "TRADE_FINISHED": TradeState.PAID,
    "TRADE_CLOSED": TradeState.CLOSED,
}


@dataclass(frozen=True, slots=True)
class AlipaySettings:
    """One Alipay application of the merchant, in public-key mode."""

    gateway_url: str
    """Production: https://openapi.alipay.com/gateway.do"""
    app_id: str
    app_private_key: bytes = field(repr=False)
    """PEM or bare base64, PKCS#1 or PKCS#8, RSA of 2048 bits or more."""
    alipay_public_key: bytes = field(repr=False)
    """Alipay's key from the console, not the application's own public key."""
    seller_id: str
    """The merchant's Alipay user number (2088…), compared with every notice."""
    payee: str
    """The merchant's name as wallets show it."""
    product_code: str = "QR_CODE_OFFLINE"
    """By contract: QR_CODE_OFFLINE (订单码支付) or FACE_TO_FACE_PAYMENT (当面付)."""
    store_id: str = ""
    """Letters and digits, left out when empty."""
    deadline: float = 10.0
    """Seconds for one exchange."""
    ca_file: Path | None = None
    """PEM bundle to trust for TLS instead of the system's authorities."""


class Alipay:
    """The Alipay channel."""

    channel = Channel.ALIPAY
    notice_reply = b"success"

    def __init__(self, settings: AlipaySettings, clock: Callable[[], datetime] = utc_now) -> None:
        """Load the keys.

        :raises ValueError: a key is not what the settings promise.
        """
        self.payee = settings.payee
        self._settings = settings
        self._key = load_private(settings.app_private_key)
        self._alipay_key = load_public(settings.alipay_public_key)
        self._connection = GatewayConnection(settings.deadline, settings.ca_file)
        self._clock = clock

    def start(self, attempt: Attempt) -> Started:
        """Ask for a QR code; no trade exists before somebody scans it."""
        lifetime = (attempt.expires_at - attempt.txn_time).total_seconds()
        answer = self._call(
            "alipay.trade.precreate",
            {
                "out_trade_no": attempt.number,
                "total_amount": to_yuan(attempt.amount_fen),
                "subject": attempt.subject.translate(FORBIDDEN_IN_SUBJECT)[:256],
                "product_code": self._settings.product_code,
                "store_id": self._settings.store_id,
                "time_expire": to_beijing(attempt.expires_at, DASHED),
                # From the attempt, not from the clock: a repeated call must carry the same parameters.
                "qr_code_timeout_express": f"{max(1, ceil(lifetime / 60))}m",
            },
            notify_url=attempt.notify_url,
        )
        _expect(answer, out_trade_no=attempt.number)
        if not answer.get("qr_code"):
            raise AnswerNotGenuine("answer has no qr_code")
        return Started(answer["qr_code"])

    def query(self, attempt: Attempt) -> Outcome:
        """Ask for the trade; "no such trade" is a code nobody has scanned yet."""
        try:
            answer = self._call("alipay.trade.query", {"out_trade_no": attempt.number})
        except GatewayRefused as refused:
            if refused.code == NOT_EXIST:
                return Outcome(TradeState.NOT_SCANNED)
            raise
        _expect(answer, out_trade_no=attempt.number)
        return _outcome(answer, "send_pay_date")

    def end(self, attempt: Attempt) -> Ended:
        """Query, then alipay.trade.cancel: it also kills a code nobody scanned, and pays back what came meanwhile."""
        match self.query(attempt).state:
            case TradeState.PAID:
                return Ended.PAID
            case TradeState.CLOSED:
                return Ended.CLOSED
        try:
            answer = self._call("alipay.trade.cancel", {"out_trade_no": attempt.number})
        except GatewayRefused as refused:
            if refused.code == NOT_EXIST:
                return Ended.CLOSED
            raise
        _expect(answer, out_trade_no=attempt.number)
        if answer.get("retry_flag") == "Y":
            return Ended.UNKNOWN
        return Ended.PAID_REFUNDED if answer.get("action") == "refund" else Ended.CLOSED

    def refund(self, refund: Refund) -> RefundOutcome:
        """alipay.trade.refund: only fund_change=Y says the money moved; a repetition answers N."""
        try:
            answer = self._call(
                "alipay.trade.refund",
                {
                    "out_trade_no": refund.attempt.number,
                    "out_request_no": refund.number,
                    "refund_amount": to_yuan(refund.amount_fen),
                    "refund_reason": refund.reason,
                },
            )
        except GatewayRefused as refused:
            return _refused(refused)
        _expect(answer, out_trade_no=refund.attempt.number)
        return RefundOutcome(RefundState.DONE if answer.get("fund_change") == "Y" else RefundState.PENDING)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        """alipay.trade.fastpay.refund.query: Alipay asks to wait 10 seconds after the refund was sent."""
        try:
            answer = self._call(
                "alipay.trade.fastpay.refund.query",
                {"out_trade_no": refund.attempt.number, "out_request_no": refund.number},
            )
        except GatewayRefused as refused:
            return _refused(refused)
        if "refund_status" not in answer:
            return RefundOutcome(RefundState.ABSENT)
        _expect(answer, out_trade_no=refund.attempt.number, out_request_no=refund.number)
        if _amount(answer, "refund_amount") != refund.amount_fen:
            raise AnswerNotGenuine("answer has another amount")
        done = answer["refund_status"] == "REFUND_SUCCESS"
        return RefundOutcome(RefundState.DONE if done else RefundState.PENDING)

    def read_notice(self, body: bytes, url: str) -> PaymentNotice:
        """Prove a trade_status_sync notice; the caller still compares number and amount."""
        del url  # Alipay signs the form alone.
        fields = open_notice(body, self._alipay_key)
        _expect(fields, app_id=self._settings.app_id, seller_id=self._settings.seller_id)
        if "refund_fee" not in fields:
            return PaymentNotice(NoticeKind.PAYMENT, fields.get("out_trade_no", ""), _outcome(fields, "gmt_payment"))
        # A refund notice repeats the trade's TRADE_SUCCESS: it must never look like a payment.
        refunded = Outcome(TradeState.PAID, _amount(fields, "refund_fee"), fields.get("trade_no"))
        return PaymentNotice(NoticeKind.REFUND, fields.get("out_biz_no", ""), refunded)

    def _call(self, method: str, biz: BizContent, notify_url: str = "") -> dict[str, str]:
        request = sign_request(
            {
                "app_id": self._settings.app_id,
                "method": method,
                "format": "json",
                "charset": "utf-8",
                "sign_type": "RSA2",
                "timestamp": to_beijing(self._clock(), DASHED),
                "version": "1.0",
                "notify_url": notify_url,
                "biz_content": dump_biz(biz),
            },
            self._key,
        )
        answer = self._connection.post(f"{self._settings.gateway_url}?{request.query}", request.body)
        return open_answer(answer, method, self._alipay_key)


def _expect(fields: dict[str, str], **expected: str) -> None:
    for name, value in expected.items():
        if fields.get(name) != value:
            raise AnswerNotGenuine(f"message has another {name}")


def _amount(fields: dict[str, str], name: str) -> int:
    try:
        return to_fen(fields.get(name, ""))
    except ValueError as error:
        raise AnswerNotGenuine(f"message has no {name}") from error


def _outcome(fields: dict[str, str], paid_at_field: str) -> Outcome:
    state = STATES.get(fields.get("trade_status", ""), TradeState.UNKNOWN)
    paid_at = None
    try:
        if state is TradeState.PAID and paid_at_field in fields:
            paid_at = from_beijing(fields[paid_at_field][:19], DASHED)
    except ValueError as error:
        raise AnswerNotGenuine(f"message has a broken {paid_at_field}") from error
    if state is TradeState.PAID and not fields.get("trade_no"):
        raise AnswerNotGenuine("paid trade without trade_no")
    return Outcome(state, _amount(fields, "total_amount"), fields.get("trade_no"), paid_at)


def _refused(refused: GatewayRefused) -> RefundOutcome:
    return RefundOutcome(RefundState.REFUSED, f"{refused.code} {refused.text}".strip())
