"""The desk's UnionPay adapter against the stand-in, over real loopback HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from msgspec import structs

from tests.harness.gateways import plain
from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tests.harness.gateways.shop import Shop, refund_of
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    RefundOutcome,
    RefundState,
    TradeState,
)
from tui.desk.platforms.common.units import COMPACT, to_beijing
from tui.desk.platforms.unionpay.codec import MerchantKey, parse_answer
from tui.desk.platforms.unionpay.gateway import UnionPay
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.unionpay.gateway import UnionPaySandbox
from tui.sandbox.gateways.unionpay.keys import PFX_PASSWORD, make_unionpay_keys, unionpay_settings
from tui.sandbox.gateways.unionpay.speaker import UnionPaySpeaker


@pytest.fixture
def shop(unionpay_directory: Path, clock: Clock) -> Iterator[Shop]:
    """UnionPay, the desk's adapter, and the desk's notice address."""
    platform, merchant = UnionPaySandbox(unionpay_directory, time_scale=0.0001, clock=clock), Merchant(reply=b"ok")
    with served(platform) as base, served(merchant) as desk:
        gateway = UnionPay(unionpay_settings(unionpay_directory, f"{base}/gateway/api"), clock)
        yield Shop(platform, gateway, merchant, f"{desk}/notify?hall=7", base)


def test_a_payment_from_the_code_to_the_money_and_back(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    qr = shop.gateway.start(asked).qr
    assert qr.startswith("https://qr.95516.com/")
    assert shop.gateway.query(asked) == Outcome(TradeState.NOT_SCANNED)
    assert shop.gateway.end(asked) is Ended.STILL_OPEN

    assert plain.post(f"{shop.base}/sandbox/scan", json={"qr": qr}).json()["stage"] == "scanned"
    assert shop.gateway.query(asked).state is TradeState.UNKNOWN
    assert plain.post(f"{shop.base}/sandbox/pay", json={"qr": qr}).json()["stage"] == "paid"

    outcome = shop.gateway.query(asked)
    assert (outcome.state, outcome.paid_fen, outcome.paid_at) == (TradeState.PAID, 8880, clock.now)
    assert shop.gateway.end(asked) is Ended.PAID
    notice = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    assert (notice.number, notice.txn_time, notice.outcome) == (asked.number, asked.txn_time, outcome)

    refund = refund_of(clock, shop, 2000)
    assert shop.gateway.query_refund(refund) == RefundOutcome(RefundState.ABSENT)
    assert shop.gateway.refund(refund) == RefundOutcome(RefundState.DONE)
    assert shop.gateway.refund(refund) == RefundOutcome(RefundState.DONE)
    told = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    assert (told.kind, told.number, told.outcome.paid_fen) == (NoticeKind.REFUND, refund.number, 2000)
    assert shop.gateway.query(asked) == outcome


def test_a_refund_the_platform_does_not_allow_is_refused_with_its_words(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    too_much = shop.gateway.refund(refund_of(clock, shop, 8881))
    assert too_much.state is RefundState.REFUSED
    assert too_much.text.startswith("36 ")
    assert shop.gateway.refund(replace(refund_of(clock, shop, 1), platform_no="0")).text.startswith("35 ")

    refund = refund_of(clock, shop, 100)
    shop.gateway.refund(refund)
    discordant = shop.gateway.refund(replace(refund, amount_fen=200))
    assert (discordant.state, discordant.text) == (RefundState.REFUSED, "12 txnAmt 100")


def test_an_unpaid_attempt_is_open_until_its_end_and_the_grace_have_passed(shop: Shop, clock: Clock) -> None:
    scanned, unscanned = attempt(clock, shop.notify_url), attempt(clock, shop.notify_url, "K202611220002")
    qr, other = shop.gateway.start(scanned).qr, shop.gateway.start(unscanned).qr
    shop.platform.scan(qr)
    clock.forward(timedelta(minutes=5, seconds=59))
    assert shop.gateway.end(unscanned) is Ended.STILL_OPEN
    clock.forward(timedelta(seconds=1))
    for asked, late in ((scanned, qr), (unscanned, other)):
        assert shop.gateway.query(asked).state is TradeState.CLOSED
        assert shop.gateway.end(asked) is Ended.CLOSED
        with pytest.raises(SandboxRefused, match="expired"):
            shop.platform.pay(late)


def test_a_number_is_taken_once(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.gateway.start(asked)
    with pytest.raises(GatewayUnknown, match="12"):
        shop.gateway.start(asked)
    late = attempt(clock, shop.notify_url, "K202611220002")
    clock.forward(timedelta(minutes=5))
    with pytest.raises(GatewayRefused, match="39"):
        shop.gateway.start(late)


def test_another_amount_is_told_as_it_is(shop: Shop, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr, amount_fen=1)
    notice = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    for outcome in (shop.gateway.query(asked), notice.outcome):
        assert (outcome.state, outcome.paid_fen) == (TradeState.PAID, 1)


def test_what_the_platform_has_not_decided_stays_unknown_after_the_end(
    shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.scan(shop.gateway.start(asked).qr)
    undecided = {"origRespCode": "05", "origRespMsg": "交易已受理"}
    monkeypatch.setattr("tui.sandbox.gateways.unionpay.gateway.original_result", lambda code, text: undecided)
    clock.forward(timedelta(days=2))
    assert shop.gateway.query(asked).state is TradeState.UNKNOWN
    assert shop.gateway.end(asked) is Ended.STILL_OPEN


def test_a_notice_is_sent_five_times_at_most(shop: Shop, clock: Clock) -> None:
    shop.merchant.reply = b"500"
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    assert len({shop.merchant.next() for _ in range(5)}) == 1
    shop.platform.close()
    assert shop.merchant.arrived.empty()


def test_a_restart_forgets_neither_trades_nor_notices(unionpay_directory: Path, clock: Clock) -> None:
    settings, merchant = unionpay_settings(unionpay_directory, ""), Merchant(reply=b"500")
    with served(merchant) as desk:
        asked = attempt(clock, desk)
        platform = UnionPaySandbox(unionpay_directory, clock=clock)
        with served(platform) as base:
            platform.pay(UnionPay(structs.replace(settings, gateway_url=f"{base}/gateway/api"), clock).start(asked).qr)
            first = merchant.next()
        merchant.reply = b"ok"
        with served(UnionPaySandbox(unionpay_directory, clock=clock)) as base:
            assert merchant.next() == first
            gateway = UnionPay(structs.replace(settings, gateway_url=f"{base}/gateway/api/"), clock)
            assert gateway.query(asked).state is TradeState.PAID


def test_wrong_keys_and_names_are_refused_as_the_real_platform_does(
    shop: Shop, unionpay_directory: Path, tmp_path: Path, clock: Clock
) -> None:
    make_unionpay_keys(tmp_path / "other")
    good = unionpay_settings(unionpay_directory, f"{shop.base}/gateway/api")
    other = unionpay_settings(tmp_path / "other", "")
    for settings, code in (
        (structs.replace(good, pfx=other.pfx), "11"),
        (structs.replace(good, mer_id="777290058110049"), "31"),
    ):
        with pytest.raises(GatewayMisconfigured) as caught:
            UnionPay(settings, clock).query(attempt(clock))
        assert caught.value.code == code
    with pytest.raises(AnswerNotGenuine):
        UnionPay(structs.replace(good, trust_bundle=other.trust_bundle), clock).query(attempt(clock))


def test_a_notice_for_another_merchant_is_refused(shop: Shop, unionpay_directory: Path, clock: Clock) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    settings = structs.replace(unionpay_settings(unionpay_directory, "http://127.0.0.1"), mer_id="777290058110049")
    with pytest.raises(AnswerNotGenuine, match="merId"):
        UnionPay(settings, clock).read_notice(shop.merchant.next(), shop.notify_url)


def test_answers_are_not_url_encoded_and_bring_their_certificate(
    shop: Shop, unionpay_directory: Path, clock: Clock
) -> None:
    answer = plain.post(f"{shop.base}/gateway/api/queryTrans.do", data={"orderId": "K2026"})
    fields = parse_answer(answer.text)
    assert fields["respMsg"].endswith("]")
    assert fields["signPubKeyCert"].startswith("-----BEGIN CERTIFICATE-----\r\n")
    assert plain.get(f"{shop.base}/gateway/api/frontTransReq.do").status_code == 404


def test_a_payment_can_be_cancelled_on_its_own_day_and_whole(
    shop: Shop, unionpay_directory: Path, clock: Clock
) -> None:
    asked = attempt(clock, shop.notify_url)
    shop.platform.pay(shop.gateway.start(asked).qr)
    key = MerchantKey((unionpay_directory / "merchant.pfx").read_bytes(), PFX_PASSWORD)

    def cancel(amount: str) -> dict[str, str]:
        fields = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "accessType": "0",
            "txnType": "31",
            "txnSubType": "00",
            "bizType": "000000",
            "channelType": "08",
            "merId": unionpay_settings(unionpay_directory, "").mer_id,
            "orderId": "C202611220001",
            "txnTime": to_beijing(clock.now, COMPACT),
            "txnAmt": amount,
            "currencyCode": "156",
            "origQryId": shop.gateway.query(asked).platform_no or "",
            "backUrl": shop.notify_url,
        }
        return parse_answer(
            plain.post(f"{shop.base}/gateway/api/backTransReq.do", content=urlencode(key.sign(fields))).text
        )

    assert cancel("8879")["respCode"] == "36"
    clock.forward(timedelta(days=1))
    assert cancel("8880")["respCode"] == "36"
    clock.forward(timedelta(days=-1))
    assert cancel("8880")["respCode"] == "00"
    shop.merchant.next()
    notice = shop.gateway.read_notice(shop.merchant.next(), shop.notify_url)
    assert (notice.kind, notice.number) == (NoticeKind.REFUND, "C202611220001")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"origRespCode": "03"}, TradeState.UNKNOWN),
        ({"origRespCode": "04"}, TradeState.UNKNOWN),
        ({"origRespCode": "05"}, TradeState.UNKNOWN),
        ({"origRespCode": "06"}, TradeState.UNKNOWN),
        ({"origRespCode": "34"}, TradeState.NOT_SCANNED),
        ({"respCode": "34"}, TradeState.NOT_SCANNED),
        ({"origRespCode": "64"}, TradeState.CLOSED),
        ({"origRespCode": "A6"}, TradeState.PAID),
        ({"respCode": "A6", "origRespCode": "00"}, TradeState.PAID),
        ({"origRespCode": ""}, AnswerNotGenuine),
        ({"respCode": "03"}, GatewayUnknown),
        ({"respCode": "04"}, GatewayUnknown),
        ({"respCode": "05"}, GatewayUnknown),
        ({"respCode": "37"}, GatewayUnknown),
        ({"respCode": "99"}, GatewayRefused),
        ({"respCode": "32"}, GatewayMisconfigured),
        ({"origRespCode": "00", "txnType": "04"}, AnswerNotGenuine),
        ({"origRespCode": "00", "currencyCode": "840"}, AnswerNotGenuine),
        ({"origRespCode": "00", "orderId": "K202611220002"}, AnswerNotGenuine),
        ({"origRespCode": "00", "queryId": ""}, AnswerNotGenuine),
        ({"origRespCode": "00", "traceTime": "x"}, AnswerNotGenuine),
        *(
            ({"origRespCode": "00", "txnAmt": amount}, AnswerNotGenuine)
            for amount in ("", "0", "000", "８８８０", "88.80", "-8880", "8e3", " 8880", "9" * 5000)
        ),
    ],
)
def test_every_answer_to_a_query_has_its_meaning(
    unionpay_directory: Path, clock: Clock, told: dict[str, str], state: TradeState | type[Exception]
) -> None:
    asked, settings = attempt(clock), unionpay_settings(unionpay_directory, "")
    fields = {
        "respCode": "00",
        "merId": settings.mer_id,
        "orderId": asked.number,
        "txnTime": to_beijing(asked.txn_time, COMPACT),
        "txnType": "01",
        "txnAmt": "8880",
        "currencyCode": "156",
        "queryId": "442611221830050467846",
    }
    reply = UnionPaySpeaker(unionpay_directory).answer({}, fields | told).body
    with served(Merchant(reply=reply)) as base:
        gateway = UnionPay(structs.replace(settings, gateway_url=base), clock)
        if isinstance(state, TradeState):
            assert gateway.query(asked).state is state
        else:
            with pytest.raises(state):
                gateway.query(asked)
