"""Money on its way back by UnionPay: cancelled on its own day, refunded otherwise, never twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.core.beijing import BEIJING
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayUnknown,
    NoticeKind,
    PaymentGatewayError,
    Refund,
    RefundOutcome,
    RefundState,
)
from tui.desk.platforms.common.units import COMPACT, to_beijing
from tui.desk.platforms.unionpay.gateway import UnionPay
from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.platform import PaymentSandbox
from tui.sandbox.gateways.unionpay.gateway import UnionPaySandbox
from tui.sandbox.gateways.unionpay.keys import unionpay_settings
from tui.sandbox.gateways.unionpay.speaker import UnionPaySpeaker


@dataclass
class Shop:
    """A platform on which one attempt has been paid, and the types of the calls that it got since."""

    platform: PaymentSandbox
    settings: UnionPaySettings
    gateway: UnionPay
    merchant: Merchant
    refund: Refund
    sent: list[str]


@pytest.fixture
def shop(unionpay_directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """At noon in Beijing."""
    clock.now = clock.now.astimezone(BEIJING).replace(hour=12)
    platform, merchant = UnionPaySandbox(unionpay_directory, clock=clock), Merchant(reply=b"ok")
    with served(platform) as base, served(merchant) as desk:
        settings = unionpay_settings(unionpay_directory, f"{base}/gateway/api")
        gateway, asked = UnionPay(settings, clock), attempt(clock, desk)
        platform.pay(gateway.start(asked).qr)
        merchant.next()
        refund = Refund(
            "R202611220001", asked, gateway.query(asked).platform_no or "", asked.amount_fen, "重复支付", clock.now
        )
        sent: list[str] = []
        carry_out = platform.answer

        def see(call: Call) -> Reply | None:
            sent.append(call.fields["txnType"])
            return carry_out(call)

        monkeypatch.setattr(platform, "answer", see)
        yield Shop(platform, settings, gateway, merchant, refund, sent)


def test_what_was_paid_today_is_cancelled_whole(shop: Shop) -> None:
    assert shop.gateway.refund(shop.refund) == RefundOutcome(RefundState.DONE)
    assert shop.sent == ["31", "00"]
    notice = shop.gateway.read_notice(shop.merchant.next(), "")
    assert (notice.kind, notice.number, notice.outcome.paid_fen) == (NoticeKind.REFUND, shop.refund.number, 8880)
    # Repeated, it is a duplicate order, and the query finds it.
    assert shop.gateway.refund(shop.refund) == RefundOutcome(RefundState.DONE)
    assert shop.sent[2:] == ["31", "00"]


def test_a_part_of_it_is_refunded(shop: Shop) -> None:
    assert shop.gateway.refund(replace(shop.refund, amount_fen=1)) == RefundOutcome(RefundState.DONE)
    assert shop.sent == ["04", "00"]


def test_the_day_is_beijings(shop: Shop, clock: Clock) -> None:
    clock.now = datetime.combine(clock.now.date() + timedelta(days=1), datetime.min.time(), BEIJING)
    assert shop.gateway.refund(shop.refund) == RefundOutcome(RefundState.DONE)
    assert shop.sent == ["04", "00"]


def test_a_contract_without_cancellation_refunds(shop: Shop, clock: Clock) -> None:
    gateway = UnionPay(structs.replace(shop.settings, cancel_same_day=False), clock)
    assert gateway.refund(shop.refund) == RefundOutcome(RefundState.DONE)
    assert shop.sent == ["04", "00"]


@pytest.mark.parametrize("code", ["10", "32", "36", "39", "99"])
def test_what_cannot_be_cancelled_is_refunded_under_the_same_number(
    shop: Shop, unionpay_directory: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    speaker, carry_out = UnionPaySpeaker(unionpay_directory), shop.platform.answer

    def refuse(call: Call) -> Reply | None:
        if call.fields["txnType"] == "31":
            shop.sent.append("31")
            return speaker.answer(call.fields, {"respCode": code})
        return carry_out(call)

    monkeypatch.setattr(shop.platform, "answer", refuse)
    assert shop.gateway.refund(shop.refund) == RefundOutcome(RefundState.DONE)
    assert shop.sent == ["31", "04", "00"]


def test_a_cancellation_nobody_knows_the_end_of_is_not_followed_by_a_refund(
    shop: Shop, unionpay_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker, carry_out = UnionPaySpeaker(unionpay_directory), shop.platform.answer

    def lose(call: Call) -> Reply | None:
        reply = carry_out(call)
        return speaker.answer(call.fields, {"respCode": "05"}) if call.fields["txnType"] == "31" else reply

    with monkeypatch.context() as during:
        during.setattr(shop.platform, "answer", lose)
        with pytest.raises(GatewayUnknown):
            shop.gateway.refund(shop.refund)
    assert shop.sent == ["31"]
    assert shop.gateway.query_refund(shop.refund) == RefundOutcome(RefundState.DONE)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"origRespCode": "00"}, RefundOutcome(RefundState.DONE)),
        ({"origRespCode": "A6", "txnType": "31"}, RefundOutcome(RefundState.DONE)),
        ({"origRespCode": "03"}, RefundOutcome(RefundState.PENDING)),
        ({"origRespCode": "05"}, RefundOutcome(RefundState.PENDING)),
        ({"origRespCode": "34"}, RefundOutcome(RefundState.ABSENT)),
        ({"respCode": "34"}, RefundOutcome(RefundState.ABSENT)),
        ({"origRespCode": "36"}, RefundOutcome(RefundState.FAILED, "36")),
        ({"origRespCode": "00", "txnAmt": "1"}, RefundOutcome(RefundState.REFUSED, "12 txnAmt 1")),
        ({"origRespCode": "00", "txnType": "01"}, AnswerNotGenuine),
        ({"respCode": "04"}, GatewayUnknown),
    ],
    ids=range(10),
)
def test_every_answer_about_a_refund_has_its_meaning(
    unionpay_directory: Path, clock: Clock, told: dict[str, str], outcome: RefundOutcome | type[PaymentGatewayError]
) -> None:
    settings, asked = unionpay_settings(unionpay_directory, ""), attempt(clock)
    refund = Refund("R202611220001", asked, "2026", 8880, "重复支付", clock.now)
    fields = {
        "respCode": "00",
        "merId": settings.mer_id,
        "orderId": refund.number,
        "txnTime": to_beijing(refund.txn_time, COMPACT),
        "txnType": "04",
        "txnAmt": "8880",
    }
    reply = UnionPaySpeaker(unionpay_directory).answer({}, fields | told).body
    with served(Merchant(reply=reply)) as base:
        gateway = UnionPay(structs.replace(settings, gateway_url=base), clock)
        if isinstance(outcome, RefundOutcome):
            assert gateway.query_refund(refund) == outcome
        else:
            with pytest.raises(outcome):
                gateway.query_refund(refund)
