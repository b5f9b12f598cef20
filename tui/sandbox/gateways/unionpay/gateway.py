"""UnionPay 全渠道 5.1.0 played over HTTP: answers that bring their certificate, back notices, reconciliation files."""

import dataclasses
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tui.core.beijing import BEIJING
from tui.desk.platforms.common.units import COMPACT, from_beijing, to_beijing
from tui.process.clock import utc_now
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.bills import entries, spoilt
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.ledger import GivenBack, Stage, Trade
from tui.sandbox.gateways.common.notices import NoticePlan
from tui.sandbox.gateways.common.platform import Operation, PaymentSandbox
from tui.sandbox.gateways.unionpay.bill import file_content, file_name
from tui.sandbox.gateways.unionpay.rules import last_day, money_fields, original_result, read_amount, read_moment
from tui.sandbox.gateways.unionpay.speaker import Fields, Refused, UnionPaySpeaker

PLAN = NoticePlan(gaps=(60, 120, 240, 300), confirmed=lambda answer: answer.status_code in {200, 302})
BACK_TRANS = "/gateway/api/backTransReq.do"
QUERY_TRANS = "/gateway/api/queryTrans.do"
FILE_TRANSFER = "/"
"""The reconciliation files have a host of their own (filedownload.95516.com), and no path."""
CONSUME = ("01", "07")
CALLS = {
    (BACK_TRANS, CONSUME): Operation.PRECREATE,
    (BACK_TRANS, ("04", "00")): Operation.REFUND,
    (BACK_TRANS, ("31", "00")): Operation.CANCEL,
    (QUERY_TRANS, ("00", "00")): Operation.QUERY,
    (FILE_TRANSFER, ("76", "01")): Operation.BILL,
}
MONEY = ("txnAmt", "currencyCode", "backUrl")
QUERIES = 20
"""So many queries of one order are answered within ``QUERY_SPAN``; the real limit is not published."""
QUERY_SPAN = timedelta(seconds=10)
ACCEPTED = "交易已受理，请稍后查询交易结果[2000005]"
BALANCE = "可用余额不足[2600064]"


class UnionPaySandbox(PaymentSandbox):
    """UnionPay with one merchant, whose keys lie in a directory."""

    query_limit = QUERIES

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
        self._speaker = UnionPaySpeaker(directory)
        self._failed: set[tuple[str, datetime]] = set()
        """Number and time of refunds that failed for good; forgotten when the platform ends."""
        payee = self._speaker.merchant.payee
        plan = dataclasses.replace(PLAN, by_hand=by_hand)
        super().__init__("unionpay", directory, plan, payee, notice_ca=notice_ca, time_scale=time_scale, clock=clock)
        self._queried: dict[str, list[datetime]] = {}
        self._handlers: dict[Operation, Callable[[Fields], Fields]] = {
            Operation.PRECREATE: self._consume,
            Operation.REFUND: self._refund,
            Operation.CANCEL: self._cancel,
            Operation.QUERY: self._query,
            Operation.BILL: self._file,
        }

    def operation(self, call: Call) -> Operation | None:
        """By address and kind of transaction."""
        return CALLS.get((call.path, (call.fields.get("txnType", ""), call.fields.get("txnSubType", ""))))

    def carry_out(self, operation: Operation | None, call: Call) -> Reply | None:
        """Answer a call of backTransReq.do, queryTrans.do or the file host."""
        fields = call.fields
        if call.path not in {BACK_TRANS, QUERY_TRANS, FILE_TRANSFER}:
            return None
        try:
            self._speaker.admit(fields)
            if operation is None:
                raise Refused("10", "交易类型不支持[5100030]")
            if self.faults.take(Fault.UNSIGNED_ERROR):
                return self._speaker.complaint(Refused("11", "验证签名失败[9100004]"))
            told = self._answered(operation, fields)
        except Refused as refused:
            told = {"respCode": refused.code, "respMsg": refused.text}
        reply = self._speaker.answer(fields, told, self._flaw(()))
        known = self.trade(fields.get("orderId", ""))
        return self._paid_at_once(known, reply) if known and operation is Operation.PRECREATE else reply

    def new_platform_no(self) -> str:
        """queryId: 21 digits."""
        return self._clock().astimezone(BEIJING).strftime("%y%m%d%H%M%S") + f"{secrets.randbelow(10**9):09d}"

    def payment_notice(self, trade: Trade) -> bytes:
        """The back notice of a consume."""
        kind = {"txnType": CONSUME[0], "txnSubType": CONSUME[1]}
        money = money_fields(trade.number, trade.asked_at, trade.amount_fen, trade.platform_no)
        return self._notice(kind | money, trade.result)

    def _answered(self, operation: Operation, fields: Fields) -> Fields:
        success = {"respCode": "00", "respMsg": "成功[0000000]"}
        busy = operation is not Operation.BILL and self.faults.take(Fault.UNAVAILABLE, fields.get("orderId", ""))
        if operation is Operation.QUERY:
            self._count_query(fields.get("orderId", ""))
            return success | (original_result("05", ACCEPTED) if busy else self._query(fields))
        told = self._handlers[operation](fields)
        # Accepted is what the platform says before it knows more: the transaction is on its way.
        return {"respCode": "05", "respMsg": ACCEPTED} if busy else success | told

    def _count_query(self, number: str) -> None:
        now = self._clock()
        recent = [moment for moment in self._queried.get(number, []) if moment > now - QUERY_SPAN]
        self._queried[number] = [*recent, now]
        if len(recent) >= self.query_limit or self.faults.take(Fault.TOO_OFTEN, number):
            raise Refused("37", "查询次数过于频繁[2600037]")

    def _consume(self, fields: Fields) -> Fields:
        asked_at = read_moment(fields, *MONEY)
        if self.trade(fields["orderId"]):
            raise Refused("12", "重复交易[2011000]")
        try:
            expires_at = from_beijing(fields["payTimeout"], COMPACT)
        except (KeyError, ValueError):
            raise Refused("10", "报文格式错误：payTimeout[6100030]") from None
        if expires_at <= self._clock():
            raise Refused("39", "交易不在受理时间范围内[2100039]")
        trade = Trade(
            number=fields["orderId"],
            amount_fen=read_amount(fields),
            subject=fields.get("orderDesc", ""),
            notify_url=fields["backUrl"],
            asked_at=asked_at,
            expires_at=expires_at,
            qr=f"https://qr.95516.com/00010000/{secrets.randbelow(10**32):032d}",
        )
        return {"qrCode": self._ledger.put(trade).qr}

    def _query(self, fields: Fields) -> Fields:
        number, asked_at = fields.get("orderId", ""), read_moment(fields)
        if (number, asked_at) in self._failed:
            return original_result("64", BALANCE)
        for trade in self._ledger.trades():
            for refund in trade.refunds:
                if (refund.number, refund.asked_at) == (number, asked_at):
                    return self._refund_found(trade, refund)
        known = self.trade(number)
        if known and known.asked_at == asked_at:
            known = self._asked(known)
        if known is None or known.asked_at != asked_at or known.stage in {Stage.OPEN, Stage.DEAD}:
            raise Refused("34", "查无此交易[2600000]")
        if self.faults.take(Fault.NO_SUCH_TRADE, number):
            raise Refused("34", "查无此交易[2600000]")
        answer = {"txnType": CONSUME[0], "txnSubType": CONSUME[1]}
        if known.paid_at:
            money = money_fields(number, asked_at, known.amount_fen, known.platform_no) | self._traced(known.paid_at)
            return answer | money | original_result(known.result, "成功[0000000]")
        if known.stage is Stage.SCANNED:
            return answer | original_result("05", ACCEPTED)
        return answer | original_result("01", "交易超时，已关闭[2600001]")

    def _refund_found(self, trade: Trade, refund: GivenBack) -> Fields:
        answer = money_fields(refund.number, refund.asked_at, refund.amount_fen, refund.platform_no)
        answer |= {"txnType": refund.kind, "txnSubType": "00", "origQryId": trade.platform_no}
        if not refund.pending:
            return answer | original_result("00", "成功[0000000]")
        done = msgspec.structs.replace(refund, pending=False)
        refunds = tuple(done if one is refund else one for one in trade.refunds)
        self._ledger.put(msgspec.structs.replace(trade, refunds=refunds))
        return answer | original_result("05", ACCEPTED)

    def _refund(self, fields: Fields) -> Fields:
        return self._give_back(fields, lambda trade, amount_fen: amount_fen <= trade.amount_fen - trade.refunded_fen)

    def _cancel(self, fields: Fields) -> Fields:
        today = self._clock().astimezone(BEIJING).date()
        return self._give_back(
            fields,
            lambda trade, amount_fen: (
                amount_fen == trade.amount_fen
                and not trade.refunds
                and trade.paid_at is not None
                and trade.paid_at.astimezone(BEIJING).date() == today
            ),
        )

    def _give_back(self, fields: Fields, allowed: Callable[[Trade, int], bool]) -> Fields:
        asked_at, amount_fen, number = read_moment(fields, "origQryId", *MONEY), read_amount(fields), fields["orderId"]
        if (
            self.trade(number)
            or number in {failed for failed, _ in self._failed}
            or any(refund.number == number for trade in self._ledger.trades() for refund in trade.refunds)
        ):
            raise Refused("12", "重复交易[2011000]")
        trade = next((t for t in self._ledger.trades() if t.paid_at and t.platform_no == fields["origQryId"]), None)
        if trade is None:
            raise Refused("35", "原交易不存在或状态不正确[2600035]")
        if not allowed(trade, amount_fen):
            raise Refused("36", "与原交易信息不符[2600036]")
        if self.faults.take(Fault.REFUND_REFUSED, number):
            raise Refused("64", BALANCE)
        if self.faults.take(Fault.REFUND_FAILED, number):
            self._failed.add((number, asked_at))
            return {"respCode": "05", "respMsg": ACCEPTED}
        pending = self.faults.take(Fault.REFUND_PENDING, number)
        refund = GivenBack(number, amount_fen, asked_at, self.new_platform_no(), fields["txnType"], pending)
        trade = msgspec.structs.replace(trade, refunds=(*trade.refunds, refund))
        told = {"txnType": refund.kind, "txnSubType": "00", "origQryId": trade.platform_no}
        body = self._notice(told | money_fields(number, asked_at, amount_fen, refund.platform_no))
        stage = Stage.CLOSED if trade.refunded_fen == trade.amount_fen else Stage.PAID
        self._ledger.put(msgspec.structs.replace(trade, stage=stage), *self._notices(trade, body, fields["backUrl"]))
        self._sender.wake()
        answer = {"queryId": refund.platform_no, "origQryId": trade.platform_no, "txnAmt": str(amount_fen)}
        return answer | ({"respCode": "05", "respMsg": ACCEPTED} if pending else {})

    def _file(self, fields: Fields) -> Fields:
        now, mer_id = self._clock().astimezone(BEIJING), fields["merId"]
        if fields.get("fileType") != "00":
            raise Refused("10", "报文格式错误：fileType[6100030]")
        day = last_day(fields.get("settleDate", ""), now.date())
        ready = day < now.date() or self.faults.take(Fault.BILL_TODAY)
        whole = entries(self._ledger, day) if ready else []
        if self.faults.take(Fault.BILL_NONE):
            whole = []
        elif ready:
            whole = spoilt(whole, self.faults, day, self.new_platform_no())
        if not whole:
            raise Refused("98", "文件不存在[9100098]")
        return {
            "fileType": "00",
            "settleDate": fields["settleDate"],
            "fileName": file_name(mer_id, day),
            "fileContent": file_content(whole, mer_id, day),
        }

    def _notice(self, fields: Fields, result: str = "00") -> bytes:
        done = {"bizType": "000000", "respCode": result, "respMsg": "成功[0000000]"}
        return self._speaker.notice(fields | done | self._traced(self._clock()))

    @staticmethod
    def _traced(moment: datetime) -> Fields:
        trace = to_beijing(moment, COMPACT)[4:]
        return {"traceTime": trace, "traceNo": trace[-6:], "settleDate": trace[:4]}
