"""Alipay played over HTTP: gateway.do with signed answers, the wallet's side, asynchronous notices, daily bills."""

import dataclasses
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from tui.core.beijing import BEIJING
from tui.desk.platforms.common.units import DASHED, to_beijing, to_fen, to_yuan
from tui.process.clock import utc_now
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.alipay.download import AlipayBilling
from tui.sandbox.gateways.alipay.rules import CANCEL_WINDOW, need, ordered, repeated
from tui.sandbox.gateways.alipay.speaker import BUYER, STATUS, AlipaySpeaker, Failed, Node, Rejected, is_certified
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.ledger import GivenBack, Stage, Trade
from tui.sandbox.gateways.common.notices import NoticePlan
from tui.sandbox.gateways.common.platform import Operation, PaymentSandbox

MINUTE, HOUR = 60, 3600
PLAN = NoticePlan(
    gaps=(4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR),
    confirmed=lambda answer: answer.status_code == 200 and answer.content == b"success",
)
GATEWAY = "/gateway.do"
METHODS = {
    "alipay.trade.precreate": Operation.PRECREATE,
    "alipay.trade.query": Operation.QUERY,
    "alipay.trade.cancel": Operation.CANCEL,
    "alipay.trade.close": Operation.CLOSE,
    "alipay.trade.refund": Operation.REFUND,
    "alipay.trade.fastpay.refund.query": Operation.REFUND_QUERY,
    "alipay.data.dataservice.bill.downloadurl.query": Operation.BILL,
}


class AlipaySandbox(PaymentSandbox):
    """Alipay with one application, whose keys lie in a directory."""

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
        self._speaker = AlipaySpeaker(directory)
        payee = self._speaker.merchant.payee
        plan = dataclasses.replace(PLAN, by_hand=by_hand)
        super().__init__("alipay", directory, plan, payee, notice_ca=notice_ca, time_scale=time_scale, clock=clock)
        self._billing = AlipayBilling(self._ledger, self.faults, self._speaker.merchant.seller_id, clock)
        self._handlers: dict[Operation, Callable[[Node, Call], Node]] = {
            Operation.PRECREATE: self._precreate,
            Operation.QUERY: self._query,
            Operation.CANCEL: self._cancel,
            Operation.CLOSE: self._close,
            Operation.REFUND: self._refund,
            Operation.REFUND_QUERY: self._refund_query,
            Operation.BILL: self._bill,
        }

    def operation(self, call: Call) -> Operation | None:
        """By the method's name."""
        return METHODS.get(call.fields.get("method", "")) if call.path == GATEWAY else None

    def carry_out(self, operation: Operation | None, call: Call) -> Reply | None:
        """Answer a call of gateway.do, or give out a bill."""
        if call.path != GATEWAY:
            return self._billing.download(call)
        method = call.fields.get("method", "")
        try:
            biz = self._speaker.admit(call, METHODS)
            if operation and self.faults.take(Fault.UNSIGNED_ERROR):
                raise Rejected("40002", "isv.invalid-signature", "无效签名")
            return self._answered(METHODS[method], biz, call)
        except Failed as failed:
            return self._reply(call, failed.node)
        except Rejected as rejected:
            return self._speaker.rejection(method, rejected.node, charset=call.charset)

    def new_platform_no(self) -> str:
        """trade_no: 28 digits that begin with the day."""
        return self._clock().astimezone(BEIJING).strftime("%Y%m%d") + f"22001{secrets.randbelow(10**15):015d}"

    def payment_notice(self, trade: Trade) -> bytes:
        """trade_status_sync for a payment."""
        return self._speaker.notice(trade, self._clock(), {})

    def _answered(self, operation: Operation, biz: Node, call: Call) -> Reply:
        if self.faults.take(Fault.UNAVAILABLE):
            raise Failed("isp.unknow-error", "系统繁忙", code="20000")
        if operation is Operation.QUERY and self.faults.take(Fault.TOO_OFTEN):
            raise Rejected("40005", "isv.app-call-limited", "应用调用次数超限")
        node = self._handlers[operation](biz, call)
        reply = self._reply(call, {"code": "10000", "msg": "Success"} | node)
        known = self.trade(biz.get("out_trade_no", ""))
        return self._paid_at_once(known, reply) if known and operation is Operation.PRECREATE else reply

    def _reply(self, call: Call, node: Node) -> Reply:
        method, flaw = call.fields["method"], self._flaw(node.values())
        return self._speaker.answer(method, node, flaw, charset=call.charset, certified=is_certified(call))

    def _precreate(self, biz: Node, call: Call) -> Node:
        number = need(biz, "out_trade_no")
        request = call.fields["biz_content"] + call.fields.get("notify_url", "")
        if known := self.trade(number):
            return {"out_trade_no": number, "qr_code": repeated(known, request)}
        now = self._clock()
        amount_fen, expires_at = ordered(biz, now)
        trade = Trade(
            number=number,
            amount_fen=amount_fen,
            subject=biz["subject"],
            notify_url=call.fields.get("notify_url", ""),
            asked_at=now,
            expires_at=expires_at,
            qr=f"https://qr.alipay.com/bax{secrets.token_hex(12)}",
            request=request,
        )
        return {"out_trade_no": number, "qr_code": self._ledger.put(trade).qr}

    def _query(self, biz: Node, _: Call) -> Node:
        trade = self._existing(biz, asked=True)
        paid = to_yuan(trade.amount_fen if trade.paid_at else 0)
        node = BUYER | {
            "trade_no": trade.platform_no,
            "out_trade_no": trade.number,
            "trade_status": STATUS[trade.stage],
            "total_amount": to_yuan(trade.amount_fen),
            **dict.fromkeys(("receipt_amount", "invoice_amount", "buyer_pay_amount"), paid),
            "point_amount": "0.00",
        }
        return node | ({"send_pay_date": to_beijing(trade.paid_at, DASHED)} if trade.paid_at else {})

    def _cancel(self, biz: Node, _: Call) -> Node:
        now, known = self._clock(), self._find(biz)
        number = known.number if known else need(biz, "out_trade_no")
        if known and self.faults.take(Fault.CANCEL_RETRY, number):
            return {"out_trade_no": number, "retry_flag": "Y"}
        if known and now > known.asked_at + CANCEL_WINDOW:
            raise Failed("ACQ.TRADE_CANCEL_TIME_OUT", "超过撤销时间限制")
        if known and known.stage in {Stage.OPEN, Stage.SCANNED} and self.faults.take(Fault.CANCEL_REFUNDS, number):
            known = self._take_money(known)
        trade = known or Trade(number, 0, "", "", now, now, qr="")
        node = {"out_trade_no": number, "retry_flag": "N"}
        if trade.stage in {Stage.OPEN, Stage.DEAD}:
            # The code is dead although no trade ever was, and the number is burnt.
            self._ended(trade, Stage.DEAD)
            return node
        if trade.stage is Stage.PAID:
            trade = self._give_back(trade, number, trade.amount_fen - trade.refunded_fen)
        self._ended(trade, Stage.CLOSED)
        return node | {"trade_no": trade.platform_no, "action": "refund" if trade.paid_at else "close"}

    def _close(self, biz: Node, _: Call) -> Node:
        trade = self._find(biz)
        if trade and trade.stage is Stage.OPEN:
            self._ended(trade, Stage.DEAD)
        trade = self._existing(biz)
        if trade.stage is not Stage.SCANNED:
            raise Failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        self._ended(trade, Stage.CLOSED)
        return {"out_trade_no": trade.number, "trade_no": trade.platform_no}

    def _refund(self, biz: Node, _: Call) -> Node:
        trade = self._existing(biz)
        number = biz.get("out_request_no") or trade.number
        try:
            amount_fen = to_fen(need(biz, "refund_amount"))
        except ValueError:
            raise Failed("ACQ.INVALID_PARAMETER", "参数无效") from None
        before = next((refund for refund in trade.refunds if refund.number == number), None)
        if before and before.amount_fen != amount_fen:
            raise Failed("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求")
        pending = False
        if not before:
            if trade.stage is not Stage.PAID:
                raise Failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            if not 0 < amount_fen <= trade.amount_fen - trade.refunded_fen:
                raise Failed("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
            if amount_fen < trade.amount_fen and "out_request_no" not in biz:
                raise Failed("ACQ.INVALID_PARAMETER", "部分退款须有退款请求号")
            if self.faults.take(Fault.REFUND_REFUSED, number):
                raise Failed("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
            pending = self.faults.take(Fault.REFUND_PENDING, number)
            trade = self._give_back(trade, number, amount_fen)
        return {
            "trade_no": trade.platform_no,
            "out_trade_no": trade.number,
            "fund_change": "N" if before or pending else "Y",
            "refund_fee": to_yuan(trade.refunded_fen),
        }

    def _refund_query(self, biz: Node, _: Call) -> Node:
        trade, number = self._existing(biz), need(biz, "out_request_no")
        found = next((refund for refund in trade.refunds if refund.number == number), None)
        if found is None:
            return {}
        return {
            "out_request_no": number,
            "out_trade_no": trade.number,
            "trade_no": trade.platform_no,
            "total_amount": to_yuan(trade.amount_fen),
            "refund_amount": to_yuan(found.amount_fen),
            "refund_status": "REFUND_SUCCESS",
        }

    def _bill(self, biz: Node, call: Call) -> Node:
        kind, day = need(biz, "bill_type"), need(biz, "bill_date")
        return {"bill_download_url": self._billing.url(kind, day, call.base, self.new_platform_no())}

    def _give_back(self, trade: Trade, number: str, amount_fen: int) -> Trade:
        refunds = (*trade.refunds, GivenBack(number, amount_fen, self._clock(), trade.platform_no))
        trade = msgspec.structs.replace(trade, refunds=refunds)
        if trade.refunded_fen == trade.amount_fen:
            trade = msgspec.structs.replace(trade, stage=Stage.CLOSED)
        told = {"refund_fee": to_yuan(trade.refunded_fen), "out_biz_no": number}
        now = self._clock()
        body = self._speaker.notice(trade, now, told | {"gmt_refund": to_beijing(now, DASHED)})
        self._ledger.put(trade, *self._notices(trade, body))
        self._sender.wake()
        return trade

    def _find(self, biz: Node) -> Trade | None:
        """The trade by ``trade_no``, which wins, or ``out_trade_no``."""
        if platform_no := biz.get("trade_no"):
            return next((self._current(one) for one in self._ledger.trades() if one.platform_no == platform_no), None)
        return self.trade(need(biz, "out_trade_no"))

    def _existing(self, biz: Node, *, asked: bool = False) -> Trade:
        trade = self._find(biz)
        if trade and asked:
            trade = self._asked(trade)
        hidden = trade and trade.stage in STATUS and asked and self.faults.take(Fault.NO_SUCH_TRADE, trade.number)
        if trade is None or trade.stage not in STATUS or hidden:
            zero = dict.fromkeys(("buyer_pay_amount", "invoice_amount", "point_amount", "receipt_amount"), "0.00")
            more = zero | {"out_trade_no": biz.get("out_trade_no", "")} if asked else {}
            raise Failed("ACQ.TRADE_NOT_EXIST", "交易不存在", more)
        return trade
