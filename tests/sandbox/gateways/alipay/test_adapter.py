"""The desk's Alipay adapter against the stand-in, over real loopback HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from tests.harness.gateways import plain
from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tests.harness.gateways.shop import Shop, refund_of
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Ended,
    GatewayRefused,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    RefundOutcome,
    RefundState,
    TradeState,
)
from tui.desk.platforms.alipay.gateway import Alipay
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.common.ledger import Stage


@pytest.fixture
def shop(alipay_directory: Path, clock: Clock) -> Iterator[Shop]:
    """Alipay, the desk's adapter, and the desk's notice address."""
    platform, merchant = AlipaySandbox(alipay_directory, time_scale=0.0001, clock=clock), Merchant()
    with served(platform) as base, served(merchant) as desk:
        gateway = Alipay(alipay_settings(alipay_directory, f"{base}/gateway.do"), clock)
        yield Shop(platform, gateway, merchant, f"{desk}/notify?hall=7", base)


def test_a_payment_from_the_code_to_the_money_and_back(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    qr = shop.gateway.start(asked).qr
    assert qr.startswith("https://qr.alipay.com/bax")
    assert shop.gateway.query(asked) == Outcome(TradeState.NOT_SCANNED)

    shop.platform.scan(qr)
    assert shop.gateway.query(asked).state is TradeState.SCANNED
    shown = plain.post(f"{shop.base}/sandbox/pay", json={"qr": qr}).json()
    assert (shown["amount_fen"], shown["stage"], shown["payee"]) == (8880, "paid", shop.gateway.payee)

    outcome = shop.gateway.query(asked)
    assert (outcome.state, outcome.paid_fen, outcome.paid_at) == (TradeState.PAID, 8880, clock.now)
    notice = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    assert notice.kind is NoticeKind.PAYMENT
    assert (notice.number, notice.outcome) == (asked.number, outcome)

    refund = refund_of(clock, shop, 2000)
    assert shop.gateway.query_refund(refund) == RefundOutcome(RefundState.ABSENT)
    assert shop.gateway.refund(refund) == RefundOutcome(RefundState.DONE)
    assert shop.gateway.refund(refund) == RefundOutcome(RefundState.PENDING)
    assert shop.gateway.query_refund(refund) == RefundOutcome(RefundState.DONE)
    assert shop.gateway.query(asked).state is TradeState.PAID
    told = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    assert (told.kind, told.number, told.outcome.paid_fen) == (NoticeKind.REFUND, refund.number, 2000)

    rest = refund_of(clock, shop, 6880, "R202611220002")
    assert shop.gateway.refund(rest) == RefundOutcome(RefundState.DONE)
    assert shop.gateway.query(asked).state is TradeState.CLOSED


def test_a_refund_the_platform_does_not_allow_is_refused_with_its_words(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    too_much = shop.gateway.refund(refund_of(clock, shop, 8881))
    assert too_much.state is RefundState.REFUSED
    assert "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" in too_much.text

    shop.gateway.refund(refund_of(clock, shop, 100))
    assert "DISCORDANT" in shop.gateway.refund(refund_of(clock, shop, 200)).text
    assert "DISCORDANT" in shop.gateway.query_refund(refund_of(clock, shop, 200)).text


def test_ending_a_code_nobody_scanned_kills_it(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock)
    qr = shop.gateway.start(asked).qr
    assert [shop.gateway.end(asked), shop.gateway.end(asked)] == [Ended.CLOSED, Ended.CLOSED]
    assert shop.gateway.query(asked).state is TradeState.NOT_SCANNED
    with pytest.raises(SandboxRefused, match="closed"):
        shop.platform.pay(qr)
    with pytest.raises(GatewayRefused, match=r"ACQ\.TRADE_HAS_CLOSE"):
        shop.gateway.start(asked)


def test_ending_a_number_the_platform_never_saw_burns_it(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock)
    assert shop.gateway.end(asked) is Ended.CLOSED
    with pytest.raises(GatewayRefused, match=r"ACQ\.TRADE_HAS_CLOSE"):
        shop.gateway.start(asked)


def test_ending_a_scanned_code_closes_the_trade(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock)
    shop.platform.scan(shop.gateway.start(asked).qr)
    assert shop.gateway.end(asked) is Ended.CLOSED
    assert shop.gateway.query(asked).state is TradeState.CLOSED


def test_ending_what_is_paid_keeps_the_money(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock)
    shop.platform.pay(shop.gateway.start(asked).qr)
    assert shop.gateway.end(asked) is Ended.PAID
    assert shop.gateway.query(asked).state is TradeState.PAID


def test_starting_again_unchanged_gives_the_same_code(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock)
    first = shop.gateway.start(asked)
    clock.forward(timedelta(seconds=30))
    assert shop.gateway.start(asked) == first
    with pytest.raises(GatewayRefused, match=r"ACQ\.CONTEXT_INCONSISTENT"):
        shop.gateway.start(replace(asked, amount_fen=1))
    shop.platform.pay(first.qr)
    with pytest.raises(GatewayUnknown, match=r"ACQ\.TRADE_HAS_SUCCESS"):
        shop.gateway.start(asked)


def test_after_its_end_a_code_cannot_be_paid(shop: Shop, clock: Clock) -> None:
    scanned, unscanned = attempt(clock), attempt(clock, number="K202611220002")
    qr, other = shop.gateway.start(scanned).qr, shop.gateway.start(unscanned).qr
    shop.platform.scan(qr)
    clock.forward(timedelta(minutes=5))
    assert shop.gateway.query(scanned).state is TradeState.CLOSED
    assert shop.gateway.query(unscanned).state is TradeState.NOT_SCANNED
    for late in (qr, other):
        with pytest.raises(SandboxRefused, match="expired"):
            shop.platform.pay(late)
    with pytest.raises(GatewayRefused, match="NOW_TIME_AFTER_EXPIRE_TIME"):
        shop.gateway.start(replace(scanned, number="K202611220003"))


def test_another_amount_is_told_as_it_is(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr, amount_fen=1)
    notice = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    for outcome in (shop.gateway.query(asked), notice.outcome):
        assert (outcome.state, outcome.paid_fen) == (TradeState.PAID, 1)


def test_a_notice_is_sent_again_until_the_desk_says_success(shop: Shop, clock: Clock) -> None:
    shop.merchant.replies = [b"failure", b"500", b"success\n"]
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    assert len({shop.merchant.next() for _ in range(4)}) == 1


def test_a_restart_forgets_neither_trades_nor_notices(alipay_directory: Path, clock: Clock) -> None:
    settings, merchant = alipay_settings(alipay_directory, ""), Merchant(reply=b"failure")
    with served(merchant) as desk:
        asked = attempt(clock, desk)
        platform = AlipaySandbox(alipay_directory, clock=clock)
        with served(platform) as base:
            qr = Alipay(structs.replace(settings, gateway_url=f"{base}/gateway.do"), clock).start(asked).qr
            platform.pay(qr)
            first = merchant.next()
        merchant.reply = b"success"
        with served(AlipaySandbox(alipay_directory, clock=clock)) as base:
            assert merchant.next() == first
            gateway = Alipay(structs.replace(settings, gateway_url=f"{base}/gateway.do"), clock)
            assert gateway.query(asked).state is TradeState.PAID


def test_a_notice_for_another_application_or_seller_is_refused(
    shop: Shop, alipay_directory: Path, clock: Clock
) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    body = shop.merchant.next()
    good = alipay_settings(alipay_directory, "http://127.0.0.1")
    for settings in (
        structs.replace(good, app_id="2021000000000000"),
        structs.replace(good, seller_id="2088000000000000"),
    ):
        with pytest.raises(AnswerNotGenuine, match="another"):
            Alipay(settings, clock).read_notice(body, shop.notify_url)


def test_the_wallet_gets_clear_errors(shop: Shop, clock: Clock) -> None:
    qr = shop.gateway.start(attempt(clock)).qr
    pay = f"{shop.base}/sandbox/pay"
    assert plain.post(f"{shop.base}/sandbox/scan", json={"qr": qr}).json()["subject"] == "续期 一年   印章 1"
    assert plain.get(pay).status_code == 405
    assert plain.post(pay, content=b"qr").json()["error"] == "bad_request"
    assert plain.post(pay, json={"qr": "https://qr.alipay.com/bax0"}).json()["error"] == "unknown_qr"
    assert plain.post(pay, json={"qr": qr, "amount_fen": 0}).json()["error"] == "bad_amount"
    assert plain.post(pay, json={"qr": qr}).status_code == 200
    again = plain.post(pay, json={"qr": qr})
    assert (again.status_code, again.json()["error"]) == (409, "already_paid")
    trade = shop.platform.trade("K202611220001")
    assert trade
    assert trade.stage is Stage.PAID
    assert shop.platform.trade("K202611220009") is None
    assert plain.post(f"{shop.base}/elsewhere").status_code == 404
