"""WeChat Pay through the port: what its answers and notices mean, and what none of them may make the desk believe."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.desk.platforms.wechat.conftest import Shop, open_shop
from tui.core.beijing import BEIJING
from tui.desk.payments.bill import BillLine
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Attempt,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    NoticeKind,
    PaymentGatewayError,
    Refund,
    RefundState,
    TradeState,
)
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.http import Call
from tui.sandbox.gateways.wechat.keys import make_keys

NUMBER = "ZF2027112304000000000001"


def attempt(shop: Shop, number: str = NUMBER) -> Attempt:
    now = shop.clock.now
    url = "https://desk.example/notify/wechat"
    return Attempt(number, 20000, "数字证书续期 YW1", now, now + timedelta(minutes=5), url)


def refund(shop: Shop, number: str = f"RF{NUMBER}") -> Refund:
    trade = shop.platform.trade(NUMBER)
    assert trade
    return Refund(number, attempt(shop), trade.platform_no, 20000, "退款", shop.clock.now)


def bought(shop: Shop) -> Attempt:
    asked = attempt(shop)
    shop.platform.pay(shop.gateway.start(asked).qr)
    return asked


def test_from_code_to_money_and_back(shop: Shop) -> None:
    asked = attempt(shop)
    code = shop.gateway.start(asked)
    assert code.qr.startswith("weixin://wxpay/bizpayurl?pr=")
    assert shop.gateway.start(asked) == code, "asked again it is the same order"
    assert shop.gateway.query(asked).state is TradeState.NOT_SCANNED
    shop.platform.pay(code.qr)
    told = shop.gateway.query(asked)
    assert (told.state, told.paid_fen, told.paid_at) == (TradeState.PAID, 20000, shop.clock.now)
    assert shop.gateway.end(asked) is Ended.PAID
    (notice,) = shop.platform.pending()
    said = shop.gateway.read_notice(notice.body, notice.url, shop.platform.notice_headers(notice))
    assert (said.kind, said.number, said.outcome) == (NoticeKind.PAYMENT, NUMBER, told)
    back = refund(shop)
    assert shop.gateway.query_refund(back).state is RefundState.ABSENT
    assert shop.gateway.refund(back).state is RefundState.DONE
    assert shop.gateway.refund(back).state is RefundState.DONE, "sent again it moves nothing"
    assert shop.gateway.query_refund(back).state is RefundState.DONE
    assert shop.gateway.query(asked).state is TradeState.UNKNOWN, "REFUND does not say how much went back"
    *_, notice = shop.platform.pending()
    said = shop.gateway.read_notice(notice.body, notice.url, shop.platform.notice_headers(notice))
    assert (said.kind, said.number, said.outcome.paid_fen) == (NoticeKind.REFUND, back.number, 20000)
    shop.clock.now += timedelta(days=1)
    bill = shop.gateway.bill((shop.clock.now - timedelta(days=1)).astimezone(BEIJING).date())
    assert bill
    assert bill.lines == (BillLine(NUMBER, "", 20000), BillLine(NUMBER, back.number, 20000))
    assert not bill.odd
    assert shop.gateway.bill(date(2027, 1, 1)) is None


def test_a_closed_order_can_be_paid_no_more(shop: Shop) -> None:
    asked = attempt(shop)
    assert shop.gateway.end(asked) is Ended.CLOSED, "it never was"
    shop.gateway.start(asked)
    assert shop.gateway.end(asked) is Ended.CLOSED
    assert shop.gateway.end(asked) is Ended.CLOSED
    with pytest.raises(GatewayUnknown, match="ORDER_CLOSED"):
        shop.gateway.start(asked)


@pytest.mark.parametrize(
    ("after", "ended"), [("SUCCESS", Ended.PAID), ("CLOSED", Ended.CLOSED), ("NOTPAY", Ended.UNKNOWN)]
)
def test_a_refused_close_is_asked_about(wechat_keys: Path, tmp_path: Path, after: str, ended: Ended) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    shop.says(trade(shop, "NOTPAY"))
    shop.says({"code": "ORDERPAID", "message": "该订单已支付"}, HTTPStatus.BAD_REQUEST)
    shop.says(trade(shop, after))
    assert shop.gateway.end(attempt(shop)) is ended


def trade(shop: Shop, state: str, **more: object) -> dict[str, object]:
    merchant = shop.platform._speaker.merchant
    told = {"appid": merchant.appid, "mchid": merchant.mchid, "out_trade_no": NUMBER, "trade_state": state}
    paid = {"transaction_id": "42", "success_time": "2027-11-23T12:00:00+08:00", "amount": {"total": 1}}
    return {**told, **(paid if state == "SUCCESS" else {}), **more}


@pytest.mark.parametrize(
    ("state", "meant"),
    [
        ("SUCCESS", TradeState.PAID),
        ("NOTPAY", TradeState.NOT_SCANNED),
        ("USERPAYING", TradeState.SCANNED),
        ("CLOSED", TradeState.CLOSED),
        ("REVOKED", TradeState.CLOSED),
        ("REFUND", TradeState.UNKNOWN),
        ("PAYERROR", TradeState.UNKNOWN),
        ("OF_TOMORROW", TradeState.UNKNOWN),
    ],
)
def test_every_state_of_a_trade(wechat_keys: Path, tmp_path: Path, state: str, meant: TradeState) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    shop.says(trade(shop, state))
    outcome = shop.gateway.query(attempt(shop))
    assert outcome.state is meant
    if meant is TradeState.PAID:
        assert outcome.paid_at == datetime(2027, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("SUCCESS", RefundState.DONE),
        ("PROCESSING", RefundState.PENDING),
        ("CLOSED", RefundState.FAILED),
        ("ABNORMAL", RefundState.REFUSED),
        ("OF_TOMORROW", RefundState.PENDING),
    ],
)
def test_every_state_of_a_refund(wechat_keys: Path, tmp_path: Path, status: str, meant: RefundState) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    bought(shop)
    back = refund(shop)
    told = {"out_refund_no": back.number, "out_trade_no": NUMBER, "status": status}
    shop.says(told | {"amount": {"refund": 20000, "total": 20000, "currency": "CNY"}})
    outcome = shop.gateway.query_refund(back)
    assert outcome.state is meant
    assert bool(outcome.text) == (meant in (RefundState.FAILED, RefundState.REFUSED))
    shop.says(told | {"amount": {"refund": 1, "total": 20000, "currency": "CNY"}})
    assert shop.gateway.query_refund(back).state is RefundState.REFUSED, "another amount stands under this number"
    shop.says(told | {"out_refund_no": "RF2", "amount": {"refund": 20000, "total": 20000}})
    with pytest.raises(AnswerNotGenuine, match="another refund"):
        shop.gateway.query_refund(back)


@pytest.mark.parametrize(
    "altered",
    [
        {"out_trade_no": "ZF2"},
        {"mchid": "1900000001"},
        {"appid": "wx0"},
        {"transaction_id": ""},
        {"amount": {"total": 0}},
        {"amount": {"total": 1, "currency": "USD"}},
        {"amount": None},
        {"amount": {"total": "1"}},
        {"success_time": "yesterday"},
        {"out_trade_no": 7},
    ],
)
def test_a_signed_answer_about_something_else_pays_nothing(
    wechat_keys: Path, tmp_path: Path, altered: dict[str, object]
) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    shop.says(trade(shop, "SUCCESS") | altered)
    with pytest.raises(AnswerNotGenuine):
        shop.gateway.query(attempt(shop))


@pytest.mark.parametrize("fault", [Fault.WRONG_SIGNATURE, Fault.DUPLICATE_NODE])
def test_an_answer_that_the_platform_did_not_sign_is_not_genuine(shop: Shop, fault: Fault) -> None:
    asked = bought(shop)
    shop.platform.faults.arm(fault)
    with pytest.raises(AnswerNotGenuine, match="signature is wrong"):
        shop.gateway.query(asked)


def test_an_answer_of_another_time_is_not_genuine(wechat_keys: Path, tmp_path: Path) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    told = trade(shop, "SUCCESS")
    shop.says(told)
    shop.wire.headers = shop.wire.speaker.proof(b"{}") if shop.wire.speaker else {}
    shop.clock.now += timedelta(minutes=6)
    with pytest.raises(AnswerNotGenuine, match="another time"):
        shop.gateway.query(attempt(shop))


@pytest.mark.parametrize(
    ("no", "signed", "raised"),
    [
        ((200, {"trade_state": "SUCCESS"}), False, AnswerNotGenuine),
        ((204, b""), False, AnswerNotGenuine),
        ((404, {"code": "ORDER_NOT_EXIST"}), False, AnswerNotGenuine),
        ((403, {"code": "RULE_LIMIT", "message": "x"}), True, GatewayRefused),
        ((401, {"code": "SIGN_ERROR", "message": "x"}), False, GatewayMisconfigured),
        ((400, {"code": "APPID_MCHID_NOT_MATCH", "message": "x"}), True, GatewayMisconfigured),
        ((400, {"code": "PARAM_ERROR", "message": "x"}), True, GatewayMisconfigured),
        ((429, {"code": "FREQUENCY_LIMITED", "message": "x"}), False, GatewayUnknown),
        ((500, {"code": "SYSTEM_ERROR", "message": "x"}), True, GatewayUnknown),
        ((202, {"code": "USERPAYING", "message": "x"}), True, GatewayUnknown),
        ((302, b""), False, GatewayUnknown),
        ((502, b"<html>"), False, GatewayUnknown),
        ((403, b"<html>"), False, GatewayUnknown),
    ],
)
def test_every_way_to_say_no(
    wechat_keys: Path, tmp_path: Path, no: tuple[int, object], signed: bool, raised: type[PaymentGatewayError]
) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    shop.says(no[1], no[0], None if signed else {})
    with pytest.raises(PaymentGatewayError) as caught:
        shop.gateway.query(attempt(shop))
    assert type(caught.value) is raised


def test_a_notice_proves_its_merchant_and_its_time(shop: Shop, tmp_path: Path) -> None:
    bought(shop)
    (notice,) = shop.platform.pending()
    headers = shop.platform.notice_headers(notice)
    make_keys(tmp_path / "other")
    other = open_shop(tmp_path / "other", tmp_path / "other")
    for body, proof, why in (
        (notice.body, {}, "not signed"),
        (notice.body + b" ", headers, "signature is wrong"),
        (b"{}", shop.platform._speaker.proof(b"{}"), "no Notice"),
        (
            other_kind := notice.body.replace(b"TRANSACTION.", b"COUPON."),
            shop.platform._speaker.proof(other_kind),
            "kind",
        ),
        (notice.body, other.platform.notice_headers(notice), "Wechatpay|signature"),
    ):
        with pytest.raises(AnswerNotGenuine, match=why):
            shop.gateway.read_notice(body, notice.url, proof)
    shop.clock.now += timedelta(minutes=6)
    with pytest.raises(AnswerNotGenuine, match="another time"):
        shop.gateway.read_notice(notice.body, notice.url, headers)
    assert shop.gateway.read_notice(notice.body, notice.url, shop.platform.notice_headers(notice)).number == NUMBER


def test_a_bill_is_the_one_whose_digest_was_told(wechat_keys: Path, tmp_path: Path) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    bought(shop)
    day = shop.clock.now.astimezone(BEIJING).date()
    shop.clock.now += timedelta(days=1)
    call = Call("/v3/bill/tradebill", "https://api.example", {"bill_date": day.isoformat()}, method="GET")
    told = shop.platform._bills.address(call, "42")
    shop.says(told | {"hash_value": "0" * 40})
    with pytest.raises(AnswerNotGenuine, match="digest"):
        shop.gateway.bill(day)
    for url in ("https://api.example.evil/x", "http://api.example/x", "https://["):
        shop.says(told | {"download_url": url})
        with pytest.raises(AnswerNotGenuine, match=r"somebody else|no address"):
            shop.gateway.bill(day)


def test_the_key_is_in_no_repr(wechat_keys: Path, tmp_path: Path) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    secret = (shop.directory / "api_v3.key").read_text()
    assert secret not in repr(shop.gateway._settings)
    assert "BEGIN" not in repr(shop.gateway._settings)
    assert replace(shop.gateway._client._key, mchid="1900000001").mchid not in repr(shop.gateway)
