"""WeChat Pay Native 下单: the person scans our code (pay.weixin.qq.com/doc/v3/merchant, Native支付)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha1

from tui.core.beijing import BEIJING
from tui.core.payment_method import PaymentMethod
from tui.core.text_safety import printable
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
from tui.desk.platforms.common.transport import Connection, GatewayConnection
from tui.desk.platforms.wechat.answers import (
    CNY,
    BillAddress,
    CodeUrl,
    Notice,
    Refunded,
    RefundNotice,
    Transaction,
    moment,
    read,
)
from tui.desk.platforms.wechat.bill import read_bill
from tui.desk.platforms.wechat.client import WechatClient
from tui.desk.platforms.wechat.messages import PROOF, decrypt, is_proved
from tui.desk.platforms.wechat.settings import WechatSettings
from tui.process.clock import utc_now

NOT_EXIST = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
NO_BILL = {"NO_STATEMENT_EXIST", "STATEMENT_CREATING"}
NUMBER_TAKEN = {"OUT_TRADE_NO_USED", "ORDER_CLOSED", "ORDERPAID", "INVALID_REQUEST"}
"""Order: the number was used before, with other parameters, or has been paid or closed. A query tells which."""
STATES = {
    "SUCCESS": TradeState.PAID,
    "NOTPAY": TradeState.NOT_SCANNED,
    "USERPAYING": TradeState.SCANNED,
    "CLOSED": TradeState.CLOSED,
    "REVOKED": TradeState.CLOSED,
}
"""REFUND, money of this trade was given back, says not how much; as PAYERROR it decides nothing about the attempt."""
REFUND_STATES = {
    "SUCCESS": RefundState.DONE,
    "PROCESSING": RefundState.PENDING,
    "CLOSED": RefundState.FAILED,
    "ABNORMAL": RefundState.REFUSED,
}
"""ABNORMAL: the payer's bank took nothing; a person ends it in the merchant's console, under the same number."""


class Wechat:
    """The WeChat Pay channel."""

    method = PaymentMethod.WECHAT
    notices = NoticeRules(
        taken=b"", refused='{"code":"FAIL","message":"失败"}'.encode(), media_type="application/json", proof=PROOF
    )
    bill_edge = timedelta(minutes=10)

    def __init__(
        self,
        settings: WechatSettings,
        clock: Callable[[], datetime] = utc_now,
        connection: Connection | None = None,
    ) -> None:
        """Load the keys, which the settings have checked; without a ``connection`` the gateway is reached by HTTPS."""
        self.payee = settings.payee
        self._settings = settings
        self._client = WechatClient(
            settings, clock, connection or GatewayConnection(settings.deadline, settings.ca_file)
        )
        self._clock = clock

    def start(self, attempt: Attempt) -> Started:
        """Ask for a QR code; asked again with the same parameters the platform answers with a code again."""
        order = {
            "appid": self._settings.appid,
            "mchid": self._settings.mchid,
            "description": attempt.subject[:127],
            "out_trade_no": attempt.number,
            "time_expire": attempt.expires_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "notify_url": attempt.notify_url,
            "amount": {"total": attempt.amount_fen, "currency": CNY},
        }
        try:
            answer = read(self._client.post("/v3/pay/transactions/native", order), CodeUrl)
        except GatewayRefused as refused:
            if refused.code in NUMBER_TAKEN:
                raise GatewayUnknown(refused.code) from refused
            raise
        return Started(answer.code_url)

    def query(self, attempt: Attempt) -> Outcome:
        """Ask for the trade; one that does not exist is a code that was never made."""
        try:
            return _outcome(self._transaction(attempt))
        except GatewayRefused as refused:
            if refused.code in NOT_EXIST:
                return Outcome(TradeState.NOT_SCANNED)
            raise

    def _transaction(self, attempt: Attempt) -> Transaction:
        path = f"/v3/pay/transactions/out-trade-no/{attempt.number}?mchid={self._settings.mchid}"
        return self._ours(read(self._client.get(path), Transaction), attempt.number)

    def _ours(self, told: Transaction, number: str = "") -> Transaction:
        ours = self._settings.mchid, self._settings.appid, number or told.out_trade_no
        if (told.mchid, told.appid, told.out_trade_no) != ours:
            raise AnswerNotGenuine("message speaks of another trade")
        return told

    def end(self, attempt: Attempt) -> Ended:
        """Query; then close what is not paid: a closed order can be paid no more, and closing gives nothing back."""
        match self.query(attempt).state:
            case TradeState.PAID:
                return Ended.PAID
            case TradeState.CLOSED:
                return Ended.CLOSED
            case TradeState.NOT_SCANNED | TradeState.SCANNED | TradeState.UNKNOWN:
                return self._close(attempt)

    def _close(self, attempt: Attempt) -> Ended:
        path = f"/v3/pay/transactions/out-trade-no/{attempt.number}/close"
        try:
            self._client.post(path, {"mchid": self._settings.mchid})
        except GatewayRefused as refused:
            if refused.code in NOT_EXIST:
                return Ended.CLOSED
            match self.query(attempt).state:
                case TradeState.PAID:
                    return Ended.PAID
                case TradeState.CLOSED:
                    return Ended.CLOSED
                case _:
                    return Ended.UNKNOWN
        return Ended.CLOSED

    def refund(self, refund: Refund) -> RefundOutcome:
        """Order the refund; ``total`` must be what the platform took, which is not always the attempt's amount."""
        try:
            paid = self._transaction(refund.attempt)
            order = {
                "transaction_id": refund.platform_no,
                "out_refund_no": refund.number,
                "reason": refund.reason,
                "notify_url": refund.attempt.notify_url,
                "amount": {
                    "refund": refund.amount_fen,
                    "total": paid.amount.total if paid.amount else refund.attempt.amount_fen,
                    "currency": CNY,
                },
            }
            answer = read(self._client.post("/v3/refund/domestic/refunds", order), Refunded)
        except GatewayRefused as refused:
            return RefundOutcome(RefundState.REFUSED, _words(refused))
        return _refunded(answer, refund)

    def query_refund(self, refund: Refund) -> RefundOutcome:
        """Ask for the refund by its own number."""
        try:
            answer = read(self._client.get(f"/v3/refund/domestic/refunds/{refund.number}"), Refunded)
        except GatewayRefused as refused:
            if refused.code in NOT_EXIST:
                return RefundOutcome(RefundState.ABSENT)
            return RefundOutcome(RefundState.REFUSED, _words(refused))
        return _refunded(answer, refund)

    def bill(self, day: date) -> Bill | None:
        """The trade bill of a day; the proved answer tells the file's digest, so that the file is proved too."""
        try:
            found = read(self._client.get(f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL"), BillAddress)
        except GatewayRefused as refused:
            if refused.code in NO_BILL:
                return None
            raise
        content = self._client.download(found.download_url)
        digest = sha1(content, usedforsecurity=False).hexdigest()  # the only one that the platform tells
        if found.hash_type != "SHA1" or digest != found.hash_value.lower():
            raise AnswerNotGenuine("bill is not the one whose digest was told")
        return read_bill(content, self._settings.mchid)

    def read_notice(self, body: bytes, url: str, headers: Mapping[str, str] = NO_HEADERS) -> PaymentNotice:
        """Prove and decrypt a notice; the caller still compares number and amount."""
        del url  # WeChat Pay signs the body alone.
        if not is_proved(body, headers, self._client.trust, self._clock()):
            raise AnswerNotGenuine("notice is not signed")
        notice = read(body, Notice)
        sealed = notice.resource
        key = self._settings.api_v3_key
        content = decrypt(sealed.algorithm, key, sealed.nonce, sealed.ciphertext, sealed.associated_data)
        match notice.event_type.partition(".")[0]:
            case "TRANSACTION":
                trade = self._ours(read(content, Transaction))
                return PaymentNotice(NoticeKind.PAYMENT, trade.out_trade_no, _outcome(trade))
            case "REFUND":
                return self._refund_notice(read(content, RefundNotice))
            case _:
                raise AnswerNotGenuine("notice of another kind of event")

    def _refund_notice(self, told: RefundNotice) -> PaymentNotice:
        if told.mchid != self._settings.mchid or told.amount.currency != CNY:
            raise AnswerNotGenuine("notice of another merchant or currency")
        done = told.refund_status == "SUCCESS"
        state = TradeState.PAID if done else TradeState.UNKNOWN
        return PaymentNotice(
            NoticeKind.REFUND, told.out_refund_no, Outcome(state, told.amount.refund, told.transaction_id)
        )


def _outcome(told: Transaction) -> Outcome:
    state = STATES.get(told.trade_state, TradeState.UNKNOWN)
    if told.amount and told.amount.currency != CNY:
        raise AnswerNotGenuine("message has another currency")
    if state is not TradeState.PAID:
        return Outcome(state)
    if not (told.transaction_id and told.amount and told.amount.total > 0):
        raise AnswerNotGenuine("paid trade without transaction_id or amount")
    return Outcome(state, told.amount.total, told.transaction_id, moment(told.success_time))


def _refunded(answer: Refunded, refund: Refund) -> RefundOutcome:
    if (answer.out_refund_no, answer.out_trade_no) != (refund.number, refund.attempt.number):
        raise AnswerNotGenuine("answer speaks of another refund")
    if answer.amount.refund != refund.amount_fen or answer.amount.currency != CNY:
        return RefundOutcome(
            RefundState.REFUSED, f"amount {answer.amount.refund} {printable(answer.amount.currency, 8)}"
        )
    state = REFUND_STATES.get(answer.status, RefundState.PENDING)
    told = state in (RefundState.REFUSED, RefundState.FAILED)
    return RefundOutcome(state, printable(answer.status, 32) if told else "")


def _words(refused: GatewayRefused) -> str:
    return f"{refused.code} {refused.text}".strip()
