"""UnionPay 全渠道 5.1.0, QR consume 主扫: the person scans our code; there is no close, only payTimeout ends it."""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from tui.core.beijing import BEIJING
from tui.core.payment_method import PaymentMethod
from tui.core.text_safety import printable
from tui.desk.payments.bill import Bill
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Attempt,
    Ended,
    GatewayMisconfigured,
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
from tui.desk.platforms.common.transport import ANSWER_LIMIT, BILL_LIMIT, Connection, GatewayConnection
from tui.desk.platforms.common.units import COMPACT, from_beijing, to_beijing
from tui.desk.platforms.unionpay.bill import read_file
from tui.desk.platforms.unionpay.codec import OK, UNDECIDED, MerchantKey, open_answer, open_notice
from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.desk.platforms.unionpay.trust import UnionPayTrust
from tui.process.clock import utc_now

_LOG = logging.getLogger(__name__)
NO_SUCH_TRADE = "34"
NO_FILE = "98"
DUPLICATE = "12"
OUR_FAULT = {"10", "11", "13", "31", "32"}
"""Format, signature, missing field, merchant status, no permission."""
FEN = re.compile(r"[0-9]{1,12}")
"""txnAmt (N1..12)."""
YUAN_RENMINBI = "156"
"""ISO 4217 number of CNY."""
CONSUME = {"txnType": "01", "txnSubType": "07", "bizType": "000000", "channelType": "08"}
REFUND = {"txnType": "04", "txnSubType": "00", "bizType": "000000", "channelType": "08"}
CANCEL = REFUND | {"txnType": "31"}
QUERY = {"txnType": "00", "txnSubType": "00", "bizType": "000000"}
FILE = {"txnType": "76", "txnSubType": "01", "bizType": "000000", "fileType": "00"}
ASKING = {QUERY["txnType"], FILE["txnType"]}
"""What may reach the platform twice."""
NOTICE_KINDS = {"01": NoticeKind.PAYMENT, "04": NoticeKind.REFUND, "31": NoticeKind.REFUND}
"""Consume; refund 退货; same-day cancellation 消费撤销."""


class UnionPay:
    """The UnionPay channel."""

    method = PaymentMethod.UNIONPAY
    notices = NoticeRules(taken=b"ok")
    bill_edge = timedelta(minutes=70)
    """UnionPay's day ends at 23:00."""

    def __init__(
        self,
        settings: UnionPaySettings,
        clock: Callable[[], datetime] = utc_now,
        connection: Connection | None = None,
    ) -> None:
        """Open the merchant's key file and the trusted certificates, which the settings have checked.

        Without a ``connection`` the gateway is reached by HTTPS.
        """
        self.payee = settings.payee
        self._settings = settings
        self._key = MerchantKey(settings.pfx, settings.pfx_password)
        self._trust = UnionPayTrust(settings.trust_bundle, clock)
        self._connection = connection or GatewayConnection(settings.deadline, settings.ca_file)
        self._clock = clock

    def start(self, attempt: Attempt) -> Started:
        """Ask for a QR code that lives until payTimeout; a number that is taken may have been taken by us."""
        money = {"txnAmt": str(attempt.amount_fen), "currencyCode": YUAN_RENMINBI, "backUrl": attempt.notify_url}
        limits = {"payTimeout": to_beijing(attempt.expires_at, COMPACT), "orderDesc": attempt.subject[:32]}
        try:
            answer = self._call("backTransReq.do", CONSUME | money | limits, attempt.number, attempt.txn_time)
        except GatewayRefused as refused:
            if refused.code == DUPLICATE:
                raise GatewayUnknown(refused.code) from refused
            raise
        if not answer.get("qrCode"):
            raise AnswerNotGenuine("answer has no qrCode")
        return Started(answer["qrCode"])

    def query(self, attempt: Attempt) -> Outcome:
        """Ask for the trade; after payTimeout and its grace, what is neither paid nor undecided is final."""
        over = self._clock() >= attempt.expires_at + timedelta(seconds=self._settings.closing_grace)
        try:
            answer = self._call("queryTrans.do", QUERY, attempt.number, attempt.txn_time)
        except GatewayRefused as refused:
            if refused.code != NO_SUCH_TRADE:
                raise
            return Outcome(TradeState.CLOSED if over else TradeState.NOT_SCANNED)
        code = _original(answer)
        if code == NO_SUCH_TRADE:
            return Outcome(TradeState.CLOSED if over else TradeState.NOT_SCANNED)
        if code in OK:
            _expect(answer, txnType="01", currencyCode=YUAN_RENMINBI)
            return _paid(answer)
        return Outcome(TradeState.UNKNOWN if code in UNDECIDED else TradeState.CLOSED)

    def end(self, attempt: Attempt) -> Ended:
        """Query: before payTimeout and its grace an unpaid attempt stays open, whatever we wish."""
        match self.query(attempt).state:
            case TradeState.PAID:
                return Ended.PAID
            case TradeState.CLOSED:
                return Ended.CLOSED
            case _:
                return Ended.STILL_OPEN

    def refund(self, refund: Refund) -> RefundOutcome:
        """Send it and query it: the platform only says "accepted"; a repetition is a duplicate order.

        What was paid today and goes back whole is cancelled 消费撤销, if the contract knows that; all else, and what
        cannot be cancelled, is a refund 退货 under the same number, so that the money never goes back twice.
        """
        try:
            if not (self._same_day(refund) and self._cancel(refund)):
                self._send_back(REFUND, refund)
        except GatewayRefused as refused:
            if refused.code != DUPLICATE:
                return _refused(refused.code, refused.text)
        return self.query_refund(refund)

    def _same_day(self, refund: Refund) -> bool:
        began, now = (moment.astimezone(BEIJING).date() for moment in (refund.attempt.txn_time, self._clock()))
        return self._settings.cancel_same_day and began == now and refund.amount_fen == refund.attempt.amount_fen

    def _cancel(self, refund: Refund) -> bool:
        try:
            self._send_back(CANCEL, refund)
        except (GatewayRefused, GatewayMisconfigured) as refused:
            if refused.code == DUPLICATE:
                raise
            _LOG.warning("refund %s cannot be a cancellation: %s", refund.number, refused)
            return False
        return True

    def _send_back(self, kind: Mapping[str, str], refund: Refund) -> None:
        money = {"txnAmt": str(refund.amount_fen), "origQryId": refund.platform_no}
        fields = {**kind, **money, "currencyCode": YUAN_RENMINBI, "backUrl": refund.attempt.notify_url}
        self._call("backTransReq.do", fields, refund.number, refund.txn_time)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        """Ask for the refund as for any other trade, by its own number and time."""
        try:
            answer = self._call("queryTrans.do", QUERY, refund.number, refund.txn_time)
        except GatewayRefused as refused:
            if refused.code == NO_SUCH_TRADE:
                return RefundOutcome(RefundState.ABSENT)
            return _refused(refused.code, refused.text)
        code = _original(answer)
        if code == NO_SUCH_TRADE:
            return RefundOutcome(RefundState.ABSENT)
        if code in UNDECIDED:
            return RefundOutcome(RefundState.PENDING)
        if code not in OK:
            return RefundOutcome(RefundState.FAILED, printable(f"{code} {answer.get('origRespMsg', '')}"))
        if NOTICE_KINDS.get(answer.get("txnType", "")) is not NoticeKind.REFUND:
            raise AnswerNotGenuine("message has another txnType")
        if _amount(answer) != refund.amount_fen:
            return _refused(DUPLICATE, f"txnAmt {_amount(answer)}")
        return RefundOutcome(RefundState.DONE)

    def read_notice(self, body: bytes, url: str, headers: Mapping[str, str] = NO_HEADERS) -> PaymentNotice:
        """Prove a back notice; the caller still compares number, time and amount."""
        del headers  # The form brings its proof.
        fields = open_notice(body, url, self._trust.key_for)
        _expect(fields, merId=self._settings.mer_id, currencyCode=YUAN_RENMINBI)
        kind = NOTICE_KINDS.get(fields.get("txnType", ""))
        if kind is None:
            raise AnswerNotGenuine("notice of another kind of trade")
        # Notices are sent for success only; should another one come, it says nothing and a query decides.
        paid = fields.get("respCode") in OK
        outcome = _paid(fields) if paid else Outcome(TradeState.UNKNOWN, _amount(fields))
        return PaymentNotice(kind, fields.get("orderId", ""), outcome, _moment(fields.get("txnTime", "")))

    def bill(self, day: date) -> Bill | None:
        """The reconciliation file of a settlement day; UnionPay's own begins and ends at 23:00."""
        asked = FILE | {"settleDate": f"{day:%m%d}"}
        identity = {"merId": self._settings.mer_id, "txnTime": to_beijing(self._clock(), COMPACT)}
        try:
            answer = self._exchange(self._settings.file_url, asked, identity, BILL_LIMIT)
        except GatewayRefused as refused:
            if refused.code == NO_FILE:
                return None
            raise
        _expect(answer, settleDate=asked["settleDate"])
        return read_file(answer.get("fileContent", ""), self._settings.mer_id)

    def _call(self, path: str, fields: Mapping[str, str], number: str, txn_time: datetime) -> dict[str, str]:
        identity = {"merId": self._settings.mer_id, "orderId": number, "txnTime": to_beijing(txn_time, COMPACT)}
        return self._exchange(f"{self._settings.gateway_url.rstrip('/')}/{path}", fields, identity, ANSWER_LIMIT)

    def _exchange(self, url: str, fields: Mapping[str, str], identity: Mapping[str, str], limit: int) -> dict[str, str]:
        base = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0"}
        form = urlencode(self._key.sign({**base, **fields, **identity}))
        asks = fields["txnType"] in ASKING
        answer = open_answer(self._connection.post(url, form, limit, asks=asks), self._trust.key_for)
        code, text = answer.get("respCode", ""), answer.get("respMsg", "")
        if code in OUR_FAULT:
            raise GatewayMisconfigured(code, text)
        _expect(answer, **identity)
        if code in UNDECIDED:
            raise GatewayUnknown(code)
        if code not in OK:
            raise GatewayRefused(code, text)
        return answer


def _expect(fields: Mapping[str, str], **expected: str) -> None:
    for name, value in expected.items():
        if fields.get(name) != value:
            raise AnswerNotGenuine(f"message has another {name}")


def _original(answer: Mapping[str, str]) -> str:
    if not answer.get("origRespCode"):
        raise AnswerNotGenuine("answer does not speak of the original trade")
    return answer["origRespCode"]


def _amount(fields: Mapping[str, str]) -> int:
    amount = fields.get("txnAmt", "")
    if not FEN.fullmatch(amount):
        raise AnswerNotGenuine("message has no txnAmt")
    return int(amount)


def _moment(text: str) -> datetime:
    try:
        return from_beijing(text, COMPACT)
    except ValueError as error:
        raise AnswerNotGenuine("message has a broken time") from error


def _paid(fields: Mapping[str, str]) -> Outcome:
    amount = _amount(fields)
    if not (fields.get("queryId") and amount):
        raise AnswerNotGenuine("paid trade without queryId or amount")
    return Outcome(TradeState.PAID, amount, fields["queryId"], _paid_at(fields))


def _paid_at(fields: Mapping[str, str]) -> datetime | None:
    """TraceTime is ``MMDDhhmmss``: of the year that puts it nearest, for neither clock is exact at New Year."""
    trace = fields.get("traceTime", "")
    if not trace:
        return None
    began = _moment(fields.get("txnTime", ""))
    near = [moment for year in (began.year - 1, began.year, began.year + 1) if (moment := _in_year(year, trace))]
    if not near:
        raise AnswerNotGenuine("message has a broken traceTime")
    return min(near, key=lambda moment: abs(moment - began))


def _in_year(year: int, trace: str) -> datetime | None:
    try:
        return from_beijing(f"{year}{trace}", COMPACT)
    except ValueError:
        return None  # 29 February


def _refused(code: str, text: str) -> RefundOutcome:
    return RefundOutcome(RefundState.REFUSED, f"{code} {text}".strip())
