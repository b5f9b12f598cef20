"""Alipay's signed answers count for the trade that was asked about alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.harness.desk.kit import Wire, kit
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import AnswerNotGenuine, Attempt, PaymentGateway, Refund
from tui.desk.platforms.alipay import gateway as alipay

MADE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OURS = Attempt("ZF000001", 100, "续期", MADE, MADE + timedelta(minutes=5), "https://desk.example/notify/alipay")
BACK = Refund("RFZF000001", OURS, "T1", 100, "退款", MADE)
ANSWERS = {
    "alipay.trade.precreate": {"qr_code": "https://qr.alipay.com/bax1"},
    "alipay.trade.query": {"trade_status": "WAIT_BUYER_PAY", "total_amount": "1.00"},
    "alipay.trade.close": {},
    "alipay.trade.cancel": {"retry_flag": "N", "action": "close"},
    "alipay.trade.refund": {"fund_change": "Y", "refund_fee": "1.00"},
    "alipay.trade.fastpay.refund.query": {
        "out_request_no": BACK.number,
        "refund_status": "REFUND_SUCCESS",
        "refund_amount": "1.00",
    },
}


@pytest.mark.parametrize(
    ("method", "status", "call"),
    [
        ("alipay.trade.precreate", "", lambda gateway: gateway.start(OURS)),
        ("alipay.trade.query", "TRADE_CLOSED", lambda gateway: gateway.query(OURS)),
        ("alipay.trade.close", "WAIT_BUYER_PAY", lambda gateway: gateway.end(OURS)),
        ("alipay.trade.cancel", "ODD", lambda gateway: gateway.end(OURS)),
        ("alipay.trade.refund", "", lambda gateway: gateway.refund(BACK)),
        ("alipay.trade.fastpay.refund.query", "", lambda gateway: gateway.query_refund(BACK)),
    ],
)
def test_a_genuine_answer_about_another_trade_is_refused(
    monkeypatch: pytest.MonkeyPatch, method: str, status: str, call: Callable[[PaymentGateway], object]
) -> None:
    told = ""

    def answer(_body: bytes, asked: str, _trust: object) -> dict[str, str]:
        number = told if asked == method else OURS.number
        state = {"trade_status": status} if asked == "alipay.trade.query" else {}
        return {"out_trade_no": number, **ANSWERS[asked], **state}

    monkeypatch.setattr(alipay, "open_answer", answer)
    monkeypatch.setattr(Wire, "post", lambda *_, **__: b"")
    gateway = kit().gateways[PaymentMethod.ALIPAY]
    told = "ZF000002"
    with pytest.raises(AnswerNotGenuine, match="another out_trade_no"):
        call(gateway)
    told = OURS.number
    call(gateway)
