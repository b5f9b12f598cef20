"""UnionPay 全渠道 5.1.0 played over HTTP: answers that bring their certificate, the wallet's side, back notices."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from tui.core.beijing import BEIJING
from tui.desk.payments.units import COMPACT, from_beijing, to_beijing, utc_now
from tui.sandbox.gateways.payment_ledger import GivenBack, Ledger, Stage, Trade
from tui.sandbox.gateways.payment_notices import NoticePlan, NoticeSender
from tui.sandbox.gateways.payment_sandbox import PaymentSandbox, Reply
from tui.sandbox.gateways.unionpay_speaker import Fields, Refused, UnionPaySpeaker

PLAN = NoticePlan(gaps=(60, 120, 240, 300), confirmed=lambda answer: answer.status_code in {200, 302})
BACK_TRANS = "/gateway/api/backTransReq.do"
QUERY_TRANS = "/gateway/api/queryTrans.do"
CONSUME, REFUND, CANCEL, QUERY = ("01", "07"), ("04", "00"), ("31", "00"), ("00", "00")
MONEY = ("txnAmt", "currencyCode", "backUrl")


class UnionPaySandbox(PaymentSandbox):
    """UnionPay with one merchant, whose keys lie in a directory."""

    def __init__(
        self, directory: Path, *, notice_ca: Path | None, time_scale: float, clock: Callable[[], datetime]
    ) -> None:
        """See ``unionpay_app``."""
        self._speaker = UnionPaySpeaker(directory)
        ledger = Ledger(directory / "trades.json")
        sender = NoticeSender(ledger, PLAN, ca_file=notice_ca, time_scale=time_scale)
        super().__init__(ledger, sender, self._speaker.merchant.payee, clock)
        self._calls: dict[tuple[str, tuple[str, str]], Callable[[Fields], Fields]] = {
            (BACK_TRANS, CONSUME): self._consume,
            (BACK_TRANS, REFUND): self._refund,
            (BACK_TRANS, CANCEL): self._cancel,
            (QUERY_TRANS, QUERY): self._query,
        }

    def call(self, path: str, fields: Fields) -> Reply | None:
        """Answer a call of backTransReq.do or queryTrans.do."""
        if path not in {BACK_TRANS, QUERY_TRANS}:
            return None
        try:
            self._speaker.admit(fields)
            carry_out = self._calls.get((path, (fields.get("txnType", ""), fields.get("txnSubType", ""))))
            if carry_out is None:
                raise Refused("10", "交易类型不支持[5100030]")
            return self._speaker.answer(fields, {"respCode": "00", "respMsg": "成功[0000000]"} | carry_out(fields))
        except Refused as refused:
            return self._speaker.answer(fields, {"respCode": refused.code, "respMsg": refused.text})

    def new_platform_no(self) -> str:
        """queryId: 21 digits."""
        return self._clock().astimezone(BEIJING).strftime("%y%m%d%H%M%S") + f"{secrets.randbelow(10**9):09d}"

    def payment_notice(self, trade: Trade) -> bytes:
        """The back notice of a consume."""
        kind = {"txnType": CONSUME[0], "txnSubType": CONSUME[1]}
        return self._notice(kind | _money(trade.number, trade.asked_at, trade.amount_fen, trade.platform_no))

    def _consume(self, fields: Fields) -> Fields:
        asked_at = _asked_at(fields, *MONEY)
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
            amount_fen=_amount(fields),
            subject=fields.get("orderDesc", ""),
            notify_url=fields["backUrl"],
            asked_at=asked_at,
            expires_at=expires_at,
            qr=f"https://qr.95516.com/00010000/{secrets.randbelow(10**32):032d}",
        )
        return {"qrCode": self._ledger.put(trade).qr}

    def _query(self, fields: Fields) -> Fields:
        number, asked_at = fields.get("orderId", ""), _asked_at(fields)
        for trade in self._ledger.trades():
            for refund in trade.refunds:
                if (refund.number, refund.asked_at) == (number, asked_at):
                    found = _money(number, asked_at, refund.amount_fen, refund.platform_no)
                    return found | {"txnType": refund.kind, "txnSubType": "00"} | _original("00", "成功[0000000]")
        known = self.trade(number)
        if known is None or known.asked_at != asked_at or known.stage in {Stage.OPEN, Stage.DEAD}:
            raise Refused("34", "查无此交易[2600000]")
        answer = {"txnType": CONSUME[0], "txnSubType": CONSUME[1]}
        if known.paid_at:
            money = _money(number, asked_at, known.amount_fen, known.platform_no) | self._traced(known.paid_at)
            return answer | money | _original("00", "成功[0000000]")
        if known.stage is Stage.SCANNED:
            return answer | _original("05", "交易已受理，请稍后查询交易结果[2000005]")
        return answer | _original("01", "交易超时，已关闭[2600001]")

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
        asked_at, amount_fen, number = _asked_at(fields, "origQryId", *MONEY), _amount(fields), fields["orderId"]
        if self.trade(number) or any(
            refund.number == number for trade in self._ledger.trades() for refund in trade.refunds
        ):
            raise Refused("12", "重复交易[2011000]")
        trade = next((t for t in self._ledger.trades() if t.paid_at and t.platform_no == fields["origQryId"]), None)
        if trade is None:
            raise Refused("35", "原交易不存在或状态不正确[2600035]")
        if not allowed(trade, amount_fen):
            raise Refused("36", "与原交易信息不符[2600036]")
        refund = GivenBack(number, amount_fen, asked_at, self.new_platform_no(), fields["txnType"])
        trade = msgspec.structs.replace(trade, refunds=(*trade.refunds, refund))
        told = {"txnType": refund.kind, "txnSubType": "00", "origQryId": trade.platform_no}
        body = self._notice(told | _money(number, asked_at, amount_fen, refund.platform_no))
        stage = Stage.CLOSED if trade.refunded_fen == trade.amount_fen else Stage.PAID
        self._ledger.put(
            msgspec.structs.replace(trade, stage=stage),
            self.notice(msgspec.structs.replace(trade, notify_url=fields["backUrl"]), body),
        )
        self._sender.wake()
        return {"queryId": refund.platform_no, "origQryId": trade.platform_no, "txnAmt": str(amount_fen)}

    def _notice(self, fields: Fields) -> bytes:
        done = {"bizType": "000000", "respCode": "00", "respMsg": "成功[0000000]"}
        return self._speaker.notice(fields | done | self._traced(self._clock()))

    @staticmethod
    def _traced(moment: datetime) -> Fields:
        trace = to_beijing(moment, COMPACT)[4:]
        return {"traceTime": trace, "traceNo": trace[-6:], "settleDate": trace[:4]}


def unionpay_app(
    directory: Path,
    *,
    notice_ca: Path | None = None,
    time_scale: float = 1.0,
    clock: Callable[[], datetime] = utc_now,
) -> UnionPaySandbox:
    """The stand-in as an ASGI application.

    ``directory`` is one that ``make_unionpay_keys`` has filled, and keeps the trades; ``notice_ca`` is trusted when
    notices go out over TLS; ``time_scale`` shortens the gaps between the sendings of a notice.
    """
    return UnionPaySandbox(directory, notice_ca=notice_ca, time_scale=time_scale, clock=clock)


def _asked_at(fields: Mapping[str, str], *needed: str) -> datetime:
    for name in ("orderId", "txnTime", *needed):
        if not fields.get(name):
            raise Refused("13", f"报文缺少必填域：{name}[6100013]")
    try:
        return from_beijing(fields["txnTime"], COMPACT)
    except ValueError:
        raise Refused("10", "报文格式错误：txnTime[6100030]") from None


def _amount(fields: Mapping[str, str]) -> int:
    amount = fields["txnAmt"]
    if not (amount.isascii() and amount.isdigit() and int(amount)) or fields["currencyCode"] != "156":
        raise Refused("10", "报文格式错误：txnAmt[6100030]")
    return int(amount)


def _money(number: str, asked_at: datetime, amount_fen: int, platform_no: str) -> Fields:
    amount = str(amount_fen)
    return {
        "orderId": number,
        "txnTime": to_beijing(asked_at, COMPACT),
        "txnAmt": amount,
        "settleAmt": amount,
        "currencyCode": "156",
        "settleCurrencyCode": "156",
        "queryId": platform_no,
    }


def _original(code: str, text: str) -> Fields:
    return {"origRespCode": code, "origRespMsg": text}
