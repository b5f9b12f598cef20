"""Alipay 订单码 / 当面付: the person scans our code (alipay.trade.precreate, query, cancel, refund)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

from tui.core.payment_method import PaymentMethod
from tui.desk.payments.bill import Bill
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Attempt,
    Ended,
    GatewayRefused,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    PaymentNotice,
    Refund,
    RefundOutcome,
    RefundState,
    Started,
    TradeState,
)
from tui.desk.payments.notice_rules import NO_HEADERS, NoticeRules
from tui.desk.platforms.alipay.bill import read_bill
from tui.desk.platforms.alipay.codec import BizContent, dump_biz, open_answer, open_notice, sign_request
from tui.desk.platforms.alipay.settings import AlipaySettings, identity_of
from tui.desk.platforms.common.transport import BILL_LIMIT, Connection, GatewayConnection
from tui.desk.platforms.common.units import DASHED, from_beijing, to_beijing, to_fen, to_yuan
from tui.process.clock import utc_now

NOT_EXIST = "ACQ.TRADE_NOT_EXIST"
NO_BILL = {"isp.bill_not_exist", "invalid_arguments"}
"""No bill of this day (yet); a day that is not over yet is an invalid argument."""
NUMBER_TAKEN = {"ACQ.APPLY_PC_MERCHANT_CODE_ERROR", "ACQ.TRADE_HAS_SUCCESS"}
"""Precreate: a code was asked for under this number before, or has been paid already. A query tells which."""
DISCORDANT = "ACQ.DISCORDANT_REPEAT_REQUEST"
"""Under this refund number stands another amount: sending it again changes nothing, a person must look."""
MOVED_ON = {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"}
"""Close: the trade does not wait for its payer any more."""
FORBIDDEN_IN_SUBJECT = str.maketrans(dict.fromkeys("/=&", " "))
STATES = {
    "WAIT_BUYER_PAY": TradeState.SCANNED,
    "TRADE_SUCCESS": TradeState.PAID,
    "TRADE_FINISHED": TradeState.PAID,
    "TRADE_CLOSED": TradeState.CLOSED,
}


class Alipay:
    """The Alipay channel."""

    method = PaymentMethod.ALIPAY
    notices = NoticeRules(taken=b"success")
    bill_edge = timedelta(minutes=10)

    def __init__(
        self,
        settings: AlipaySettings,
        clock: Callable[[], datetime] = utc_now,
        connection: Connection | None = None,
    ) -> None:
        """Load the keys, which the settings have checked; without a ``connection`` the gateway is reached by HTTPS."""
        self.payee = settings.payee
        self._settings = settings
        self._identity = identity_of(settings)
        self._connection = connection or GatewayConnection(settings.deadline, settings.ca_file)
        self._clock = clock

    def start(self, attempt: Attempt) -> Started:
        """Ask for a QR code; no trade exists before somebody scans it."""
        try:
            answer = self._precreate(attempt)
        except GatewayRefused as refused:
            if refused.code in NUMBER_TAKEN:
                raise GatewayUnknown(refused.code) from refused
            raise
        _expect(answer, out_trade_no=attempt.number)
        if not answer.get("qr_code"):
            raise AnswerNotGenuine("answer has no qr_code")
        return Started(answer["qr_code"])

    def _precreate(self, attempt: Attempt) -> dict[str, str]:
        lifetime = (attempt.expires_at - attempt.txn_time).total_seconds()
        return self._call(
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
        """Query; then close what surely waits for its payer, and cancel what is not known (page 00f7nv).

        Close never gives money back. Cancel also kills a code nobody scanned, and gives back what came meanwhile.
        """
        outcome = self.query(attempt)
        match outcome.state:
            case TradeState.PAID:
                return Ended.PAID
            case TradeState.CLOSED:
                return _closed(outcome)
            case TradeState.SCANNED:
                return self._close(attempt)
            case TradeState.NOT_SCANNED | TradeState.UNKNOWN:
                return self._cancel(attempt)

    def _close(self, attempt: Attempt) -> Ended:
        try:
            answer = self._call("alipay.trade.close", {"out_trade_no": attempt.number})
        except GatewayRefused as refused:
            if refused.code not in MOVED_ON:
                raise
            outcome = self.query(attempt)
            match outcome.state:
                case TradeState.PAID:
                    return Ended.PAID
                case TradeState.CLOSED:
                    return _closed(outcome)
                case _:
                    return Ended.UNKNOWN
        _expect(answer, out_trade_no=attempt.number)
        # The signature does not cover the node's name: these fields are of answers to other calls.
        return Ended.UNKNOWN if answer.keys() & {"trade_status", "qr_code"} else Ended.CLOSED

    def _cancel(self, attempt: Attempt) -> Ended:
        try:
            answer = self._call("alipay.trade.cancel", {"out_trade_no": attempt.number})
        except GatewayRefused as refused:
            if refused.code == NOT_EXIST:
                return Ended.CLOSED
            raise
        _expect(answer, out_trade_no=attempt.number)
        # The signature does not cover the node's name: only retry_flag shows that this is an answer to a cancel.
        match answer.get("retry_flag"), answer.get("action"):
            case "N", "refund":
                return Ended.PAID_REFUNDED
            case "N", "close" | "" | None:
                return Ended.CLOSED
            case _:
                return Ended.UNKNOWN

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
        if answer.get("fund_change") != "Y":
            return RefundOutcome(RefundState.PENDING)
        if _amount(answer, "refund_fee") < refund.amount_fen:  # the sum of the trade's refunds so far
            raise AnswerNotGenuine("answer has another refund_fee")
        return RefundOutcome(RefundState.DONE)

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
            return RefundOutcome(RefundState.REFUSED, f"{DISCORDANT} {answer['refund_amount']}")
        done = answer["refund_status"] == "REFUND_SUCCESS"
        return RefundOutcome(RefundState.DONE if done else RefundState.PENDING)

    def bill(self, day: date) -> Bill | None:
        """The trade bill of a day (业务明细); its address lives for 30 seconds and must be Alipay's own."""
        asked = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            answer = self._call("alipay.data.dataservice.bill.downloadurl.query", asked)
        except GatewayRefused as refused:
            if refused.code in NO_BILL:
                return None
            raise
        url = answer.get("bill_download_url", "")
        if not _is_of(url, self._settings.gateway_url):
            raise AnswerNotGenuine("bill is to be fetched from somebody else")
        return read_bill(self._connection.get(url, BILL_LIMIT), self._settings.seller_id)

    def read_notice(self, body: bytes, url: str, headers: Mapping[str, str] = NO_HEADERS) -> PaymentNotice:
        """Prove a trade_status_sync notice; the caller still compares number and amount."""
        del url, headers  # Alipay signs the form alone.
        fields = open_notice(body, self._identity.trust)
        _expect(fields, app_id=self._settings.app_id, seller_id=self._settings.seller_id)
        number = fields.get("out_trade_no", "")
        if not _tells_of_refund(fields):
            return PaymentNotice(NoticeKind.PAYMENT, number, _outcome(fields, "gmt_payment"))
        # A refund notice repeats the trade's TRADE_SUCCESS: it must never look like a payment.
        refunded = Outcome(TradeState.PAID, _amount(fields, "refund_fee"), fields.get("trade_no"))
        return PaymentNotice(NoticeKind.REFUND, fields.get("out_biz_no") or number, refunded)

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
                **self._identity.parameters,
            },
            self._identity.key,
        )
        url, asks = f"{self._settings.gateway_url}?{request.query}", method.endswith(".query")
        answer = self._connection.post(url, request.body, asks=asks)
        return open_answer(answer, method, self._identity.trust)


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
    # A trade that is closed without any payment may still carry a time, so the buyer's amount has to say it too.
    moved = state is TradeState.PAID or (
        state is TradeState.CLOSED and bool(fields.get("buyer_pay_amount")) and _amount(fields, "buyer_pay_amount") > 0
    )
    try:
        if moved and fields.get(paid_at_field):
            paid_at = from_beijing(fields[paid_at_field][:19], DASHED)
    except ValueError as error:
        raise AnswerNotGenuine(f"message has a broken {paid_at_field}") from error
    amount = _amount(fields, "total_amount")
    if state is TradeState.PAID and not (fields.get("trade_no") and amount):
        raise AnswerNotGenuine("paid trade without trade_no or amount")
    return Outcome(state, amount, fields.get("trade_no"), paid_at)


def _closed(outcome: Outcome) -> Ended:
    """A closed trade that was paid has been given back: the answer to an earlier cancel was lost."""
    return Ended.PAID_REFUNDED if outcome.paid_at else Ended.CLOSED


def _is_of(url: str, gateway_url: str) -> bool:
    """Whether a bill's address belongs to the platform that we ask: a signed answer, but no signed file."""
    try:
        found, ours = urlsplit(url), urlsplit(gateway_url)
    except ValueError:
        return False
    same = (found.scheme, found.netloc) == (ours.scheme, ours.netloc)
    return same or (found.scheme == "https" and (found.hostname or "").endswith((".alipay.com", ".alipaydev.com")))


def _tells_of_refund(fields: dict[str, str]) -> bool:
    named = fields.get("gmt_refund") or fields.get("out_biz_no")
    return bool(named) or (bool(fields.get("refund_fee")) and _amount(fields, "refund_fee") > 0)


def _refused(refused: GatewayRefused) -> RefundOutcome:
    return RefundOutcome(RefundState.REFUSED, f"{refused.code} {refused.text}".strip())
