"""Alipay played over HTTP: gateway.do with signed answers, the wallet's side, asynchronous notices."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tui.core.beijing import BEIJING
from tui.desk.payments.units import DASHED, from_beijing, to_beijing, to_fen, to_yuan, utc_now
from tui.sandbox.gateways.alipay_speaker import BUYER, STATUS, AlipaySpeaker, Failed, Node, Rejected
from tui.sandbox.gateways.payment_ledger import GivenBack, Ledger, Stage, Trade
from tui.sandbox.gateways.payment_notices import NoticePlan, NoticeSender
from tui.sandbox.gateways.payment_sandbox import PaymentSandbox, Reply

MINUTE, HOUR = 60, 3600
PLAN = NoticePlan(
    gaps=(4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR),
    confirmed=lambda answer: answer.status_code == 200 and answer.content == b"success",
)
QR_LIFE = timedelta(hours=2)
"""No code lives longer, whatever was asked."""
PRODUCTS = {"QR_CODE_OFFLINE", "FACE_TO_FACE_PAYMENT"}


class AlipaySandbox(PaymentSandbox):
    """Alipay with one application, whose keys lie in a directory."""

    def __init__(
        self, directory: Path, *, notice_ca: Path | None, time_scale: float, clock: Callable[[], datetime]
    ) -> None:
        """See ``alipay_app``."""
        self._speaker = AlipaySpeaker(directory)
        ledger = Ledger(directory / "trades.json")
        sender = NoticeSender(ledger, PLAN, ca_file=notice_ca, time_scale=time_scale)
        super().__init__(ledger, sender, self._speaker.merchant.payee, clock)
        self._methods: dict[str, Callable[[Node, Node], Node]] = {
            "alipay.trade.precreate": self._precreate,
            "alipay.trade.query": self._query,
            "alipay.trade.cancel": self._cancel,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refund_query,
        }

    def call(self, path: str, fields: dict[str, str]) -> Reply | None:
        """Answer a call of gateway.do."""
        if path != "/gateway.do":
            return None
        method, certificates = fields.get("method", ""), "app_cert_sn" in fields
        try:
            biz = self._speaker.admit(fields, self._methods)
            node = {"code": "10000", "msg": "Success"} | self._methods[method](biz, fields)
            return self._speaker.answer(method, node, certificates=certificates)
        except Failed as failed:
            return self._speaker.answer(method, failed.node, certificates=certificates)
        except Rejected as rejected:
            return self._speaker.rejection(method, rejected.node)

    def new_platform_no(self) -> str:
        """trade_no: 28 digits that begin with the day."""
        return self._clock().astimezone(BEIJING).strftime("%Y%m%d") + f"22001{secrets.randbelow(10**15):015d}"

    def payment_notice(self, trade: Trade) -> bytes:
        """trade_status_sync for a payment."""
        return self._speaker.notice(trade, self._clock(), {})

    def _precreate(self, biz: Node, fields: Node) -> Node:
        number, request = _need(biz, "out_trade_no"), fields["biz_content"] + fields.get("notify_url", "")
        if known := self.trade(number):
            return {"out_trade_no": number, "qr_code": _repeated(known, request)}
        try:
            amount_fen = to_fen(_need(biz, "total_amount"))
            now = self._clock()
            expires_at = from_beijing(biz["time_expire"], DASHED) if "time_expire" in biz else now + QR_LIFE
        except ValueError:
            raise Failed("ACQ.INVALID_PARAMETER", "参数无效") from None
        if expires_at <= now:
            raise Failed("ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR", "当前时间已超过允许支付的时间")
        if amount_fen < 1 or biz.get("product_code", "FACE_TO_FACE_PAYMENT") not in PRODUCTS:
            raise Failed("ACQ.INVALID_PARAMETER", "参数无效")
        trade = Trade(
            number=number,
            amount_fen=amount_fen,
            subject=_need(biz, "subject"),
            notify_url=fields.get("notify_url", ""),
            asked_at=now,
            expires_at=min(expires_at, now + QR_LIFE),
            qr=f"https://qr.alipay.com/bax{secrets.token_hex(12)}",
            request=request,
        )
        return {"out_trade_no": number, "qr_code": self._ledger.put(trade).qr}

    def _query(self, biz: Node, _: Node) -> Node:
        trade = self._existing(biz)
        node = BUYER | {
            "trade_no": trade.platform_no,
            "out_trade_no": trade.number,
            "trade_status": STATUS[trade.stage],
            "total_amount": to_yuan(trade.amount_fen),
            "buyer_pay_amount": to_yuan(trade.amount_fen if trade.paid_at else 0),
        }
        return node | ({"send_pay_date": to_beijing(trade.paid_at, DASHED)} if trade.paid_at else {})

    def _cancel(self, biz: Node, _: Node) -> Node:
        number, now = _need(biz, "out_trade_no"), self._clock()
        trade = self.trade(number) or Trade(number, 0, "", "", now, now, qr="")
        node = {"out_trade_no": number, "retry_flag": "N"}
        if trade.stage in {Stage.OPEN, Stage.DEAD}:
            # The code is dead although no trade ever was, and the number is burnt.
            self._ledger.put(msgspec.structs.replace(trade, stage=Stage.DEAD))
            return node
        if trade.stage is Stage.PAID:
            self._give_back(trade, number, trade.amount_fen - trade.refunded_fen)
        self._ledger.put(msgspec.structs.replace(self.trade(number) or trade, stage=Stage.CLOSED))
        return node | {"trade_no": trade.platform_no, "action": "refund" if trade.paid_at else "close"}

    def _close(self, biz: Node, _: Node) -> Node:
        number = _need(biz, "out_trade_no")
        trade = self.trade(number)
        if trade and trade.stage is Stage.OPEN:
            self._ledger.put(msgspec.structs.replace(trade, stage=Stage.DEAD))
        trade = self._existing(biz)
        if trade.stage is not Stage.SCANNED:
            raise Failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        self._ledger.put(msgspec.structs.replace(trade, stage=Stage.CLOSED))
        return {"out_trade_no": number, "trade_no": trade.platform_no}

    def _refund(self, biz: Node, _: Node) -> Node:
        trade = self._existing(biz)
        number = biz.get("out_request_no") or trade.number
        try:
            amount_fen = to_fen(_need(biz, "refund_amount"))
        except ValueError:
            raise Failed("ACQ.INVALID_PARAMETER", "参数无效") from None
        before = next((refund for refund in trade.refunds if refund.number == number), None)
        if before and before.amount_fen != amount_fen:
            raise Failed("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求")
        if not before:
            if trade.stage is not Stage.PAID:
                raise Failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            if not 0 < amount_fen <= trade.amount_fen - trade.refunded_fen:
                raise Failed("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
            trade = self._give_back(trade, number, amount_fen)
        return {
            "trade_no": trade.platform_no,
            "out_trade_no": trade.number,
            "fund_change": "N" if before else "Y",
            "refund_fee": to_yuan(trade.refunded_fen),
        }

    def _refund_query(self, biz: Node, _: Node) -> Node:
        trade, number = self._existing(biz), _need(biz, "out_request_no")
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

    def _give_back(self, trade: Trade, number: str, amount_fen: int) -> Trade:
        refunds = (*trade.refunds, GivenBack(number, amount_fen, self._clock(), trade.platform_no))
        trade = msgspec.structs.replace(trade, refunds=refunds)
        if trade.refunded_fen == trade.amount_fen:
            trade = msgspec.structs.replace(trade, stage=Stage.CLOSED)
        told = {"refund_fee": to_yuan(trade.refunded_fen), "out_biz_no": number}
        now = self._clock()
        body = self._speaker.notice(trade, now, told | {"gmt_refund": to_beijing(now, DASHED)})
        self._ledger.put(trade, self.notice(trade, body))
        self._sender.wake()
        return trade

    def _existing(self, biz: Node) -> Trade:
        trade = self.trade(_need(biz, "out_trade_no"))
        if trade is None or trade.stage not in STATUS:
            raise Failed("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return trade


def alipay_app(
    directory: Path,
    *,
    notice_ca: Path | None = None,
    time_scale: float = 1.0,
    clock: Callable[[], datetime] = utc_now,
) -> AlipaySandbox:
    """The stand-in as an ASGI application.

    ``directory`` is one that ``make_alipay_keys`` has filled, and keeps the trades; ``notice_ca`` is trusted when
    notices go out over TLS; ``time_scale`` shortens the gaps between the sendings of a notice.
    """
    return AlipaySandbox(directory, notice_ca=notice_ca, time_scale=time_scale, clock=clock)


def _need(biz: Node, name: str) -> str:
    if not biz.get(name):
        raise Failed("ACQ.INVALID_PARAMETER", f"参数无效：{name}")
    return biz[name]


def _repeated(known: Trade, request: str) -> str:
    match known.stage:
        case Stage.PAID:
            raise Failed("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        case Stage.CLOSED | Stage.DEAD:
            raise Failed("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        case Stage.OPEN | Stage.SCANNED if known.request != request:
            raise Failed("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
        case Stage.OPEN | Stage.SCANNED:
            return known.qr
