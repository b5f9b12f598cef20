"""The desk's Alipay adapter against the stand-in, over real loopback HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Ended,
    GatewayRefused,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    PaymentGateway,
    Refund,
    RefundOutcome,
    RefundState,
    TradeState,
)
from tui.desk.platforms.alipay.gateway import Alipay
from tui.sandbox.gateways.alipay.gateway import alipay_app
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.common.keys import alipay_settings
from tui.sandbox.gateways.common.ledger import Stage
from tui.sandbox.gateways.common.platform import PaymentSandbox


@dataclass
class Town:
    """Everything one test needs."""

    platform: PaymentSandbox
    gateway: PaymentGateway
    merchant: Merchant
    notify_url: str
    base: str


@pytest.fixture
def town(alipay_directory: Path, clock: Clock) -> Iterator[Town]:
    """Alipay, the desk's adapter, and the desk's notice address."""
    platform, merchant = alipay_app(alipay_directory, time_scale=0.0001, clock=clock), Merchant()
    with served(platform) as base, served(merchant) as desk:
        gateway = Alipay(alipay_settings(alipay_directory, f"{base}/gateway.do"), clock)
        yield Town(platform, gateway, merchant, f"{desk}/notify?hall=7", base)


def refund_of(clock: Clock, town: Town, fen: int, number: str = "R202611220001") -> Refund:
    asked = attempt(clock, town.notify_url)
    return Refund(number, asked, town.gateway.query(asked).platform_no or "", fen, "重复支付", clock.now)


def test_a_payment_from_the_code_to_the_money_and_back(town: Town, clock: Clock) -> None:
    asked = attempt(clock, town.notify_url)
    qr = town.gateway.start(asked).qr
    assert qr.startswith("https://qr.alipay.com/bax")
    assert town.gateway.query(asked) == Outcome(TradeState.NOT_SCANNED)

    town.platform.scan(qr)
    assert town.gateway.query(asked).state is TradeState.SCANNED
    shown = httpx.post(f"{town.base}/sandbox/pay", json={"qr": qr}).json()
    assert (shown["amount_fen"], shown["stage"], shown["payee"]) == (8880, "paid", town.gateway.payee)

    outcome = town.gateway.query(asked)
    assert (outcome.state, outcome.paid_fen, outcome.paid_at) == (TradeState.PAID, 8880, clock.now)
    notice = town.gateway.read_notice(town.merchant.next(), town.notify_url)
    assert notice.kind is NoticeKind.PAYMENT
    assert (notice.number, notice.outcome) == (asked.number, outcome)

    refund = refund_of(clock, town, 2000)
    assert town.gateway.query_refund(refund) == RefundOutcome(RefundState.ABSENT)
    assert town.gateway.refund(refund) == RefundOutcome(RefundState.DONE)
    assert town.gateway.refund(refund) == RefundOutcome(RefundState.PENDING)
    assert town.gateway.query_refund(refund) == RefundOutcome(RefundState.DONE)
    assert town.gateway.query(asked).state is TradeState.PAID
    told = town.gateway.read_notice(town.merchant.next(), town.notify_url)
    assert (told.kind, told.number, told.outcome.paid_fen) == (NoticeKind.REFUND, refund.number, 2000)

    rest = refund_of(clock, town, 6880, "R202611220002")
    assert town.gateway.refund(rest) == RefundOutcome(RefundState.DONE)
    assert town.gateway.query(asked).state is TradeState.CLOSED


def test_a_refund_the_platform_does_not_allow_is_refused_with_its_words(town: Town, clock: Clock) -> None:
    asked = attempt(clock, town.notify_url)
    town.platform.pay(town.gateway.start(asked).qr)
    too_much = town.gateway.refund(refund_of(clock, town, 8881))
    assert too_much.state is RefundState.REFUSED
    assert "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" in too_much.text

    town.gateway.refund(refund_of(clock, town, 100))
    assert "DISCORDANT" in town.gateway.refund(refund_of(clock, town, 200)).text
    assert "DISCORDANT" in town.gateway.query_refund(refund_of(clock, town, 200)).text


def test_ending_a_code_nobody_scanned_kills_it(town: Town, clock: Clock) -> None:
    asked = attempt(clock)
    qr = town.gateway.start(asked).qr
    assert [town.gateway.end(asked), town.gateway.end(asked)] == [Ended.CLOSED, Ended.CLOSED]
    assert town.gateway.query(asked).state is TradeState.NOT_SCANNED
    with pytest.raises(SandboxRefused, match="closed"):
        town.platform.pay(qr)
    with pytest.raises(GatewayRefused, match=r"ACQ\.TRADE_HAS_CLOSE"):
        town.gateway.start(asked)


def test_ending_a_number_the_platform_never_saw_burns_it(town: Town, clock: Clock) -> None:
    asked = attempt(clock)
    assert town.gateway.end(asked) is Ended.CLOSED
    with pytest.raises(GatewayRefused, match=r"ACQ\.TRADE_HAS_CLOSE"):
        town.gateway.start(asked)


def test_ending_a_scanned_code_closes_the_trade(town: Town, clock: Clock) -> None:
    asked = attempt(clock)
    town.platform.scan(town.gateway.start(asked).qr)
    assert town.gateway.end(asked) is Ended.CLOSED
    assert town.gateway.query(asked).state is TradeState.CLOSED


def test_ending_what_is_paid_keeps_the_money(town: Town, clock: Clock) -> None:
    asked = attempt(clock)
    town.platform.pay(town.gateway.start(asked).qr)
    assert town.gateway.end(asked) is Ended.PAID
    assert town.gateway.query(asked).state is TradeState.PAID


def test_starting_again_unchanged_gives_the_same_code(town: Town, clock: Clock) -> None:
    asked = attempt(clock)
    first = town.gateway.start(asked)
    clock.forward(timedelta(seconds=30))
    assert town.gateway.start(asked) == first
    with pytest.raises(GatewayRefused, match=r"ACQ\.CONTEXT_INCONSISTENT"):
        town.gateway.start(replace(asked, amount_fen=1))
    town.platform.pay(first.qr)
    with pytest.raises(GatewayUnknown, match=r"ACQ\.TRADE_HAS_SUCCESS"):
        town.gateway.start(asked)


def test_after_its_end_a_code_cannot_be_paid(town: Town, clock: Clock) -> None:
    scanned, unscanned = attempt(clock), attempt(clock, number="K202611220002")
    qr, other = town.gateway.start(scanned).qr, town.gateway.start(unscanned).qr
    town.platform.scan(qr)
    clock.forward(timedelta(minutes=5))
    assert town.gateway.query(scanned).state is TradeState.CLOSED
    assert town.gateway.query(unscanned).state is TradeState.NOT_SCANNED
    for late in (qr, other):
        with pytest.raises(SandboxRefused, match="expired"):
            town.platform.pay(late)
    with pytest.raises(GatewayRefused, match="NOW_TIME_AFTER_EXPIRE_TIME"):
        town.gateway.start(replace(scanned, number="K202611220003"))


def test_another_amount_is_told_as_it_is(town: Town, clock: Clock) -> None:
    asked = attempt(clock, town.notify_url)
    town.platform.pay(town.gateway.start(asked).qr, amount_fen=1)
    notice = town.gateway.read_notice(town.merchant.next(), town.notify_url)
    for outcome in (town.gateway.query(asked), notice.outcome):
        assert (outcome.state, outcome.paid_fen) == (TradeState.PAID, 1)


def test_a_notice_is_sent_again_until_the_desk_says_success(town: Town, clock: Clock) -> None:
    town.merchant.replies = [b"failure", b"500", b"success\n"]
    asked = attempt(clock, town.notify_url)
    town.platform.pay(town.gateway.start(asked).qr)
    assert len({town.merchant.next() for _ in range(4)}) == 1


def test_a_restart_forgets_neither_trades_nor_notices(alipay_directory: Path, clock: Clock) -> None:
    settings, merchant = alipay_settings(alipay_directory, ""), Merchant(reply=b"failure")
    with served(merchant) as desk:
        asked = attempt(clock, desk)
        platform = alipay_app(alipay_directory, clock=clock)
        with served(platform) as base:
            qr = Alipay(replace(settings, gateway_url=f"{base}/gateway.do"), clock).start(asked).qr
            platform.pay(qr)
            first = merchant.next()
        merchant.reply = b"success"
        with served(alipay_app(alipay_directory, clock=clock)) as base:
            assert merchant.next() == first
            gateway = Alipay(replace(settings, gateway_url=f"{base}/gateway.do"), clock)
            assert gateway.query(asked).state is TradeState.PAID


def test_a_notice_for_another_application_or_seller_is_refused(
    town: Town, alipay_directory: Path, clock: Clock
) -> None:
    asked = attempt(clock, town.notify_url)
    town.platform.pay(town.gateway.start(asked).qr)
    body = town.merchant.next()
    good = alipay_settings(alipay_directory, "http://127.0.0.1")
    for settings in (replace(good, app_id="2021000000000000"), replace(good, seller_id="2088000000000000")):
        with pytest.raises(AnswerNotGenuine, match="another"):
            Alipay(settings, clock).read_notice(body, town.notify_url)


def test_the_wallet_gets_clear_errors(town: Town, clock: Clock) -> None:
    qr = town.gateway.start(attempt(clock)).qr
    pay = f"{town.base}/sandbox/pay"
    assert httpx.post(f"{town.base}/sandbox/scan", json={"qr": qr}).json()["subject"] == "续期 一年   印章 1"
    assert httpx.get(pay).status_code == 405
    assert httpx.post(pay, content=b"qr").json()["error"] == "bad_request"
    assert httpx.post(pay, json={"qr": "https://qr.alipay.com/bax0"}).json()["error"] == "unknown_qr"
    assert httpx.post(pay, json={"qr": qr, "amount_fen": 0}).json()["error"] == "bad_amount"
    assert httpx.post(pay, json={"qr": qr}).status_code == 200
    again = httpx.post(pay, json={"qr": qr})
    assert (again.status_code, again.json()["error"]) == (409, "already_paid")
    trade = town.platform.trade("K202611220001")
    assert trade
    assert trade.stage is Stage.PAID
    assert town.platform.trade("K202611220009") is None
    assert httpx.post(f"{town.base}/elsewhere").status_code == 404
