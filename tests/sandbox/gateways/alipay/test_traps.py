"""Where Alipay's answers are easily misread: what is unknown stays unknown, and no money is told twice."""

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    Ended,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    PaymentGateway,
    PaymentGatewayError,
    Refund,
    RefundOutcome,
    RefundState,
)
from tui.desk.platforms.alipay.gateway import Alipay
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings
from tui.sandbox.gateways.alipay.speaker import AlipaySpeaker, Node
from tui.sandbox.gateways.common.http import Call, Reply

PRECREATE = "alipay.trade.precreate"
QUERY, CANCEL, CLOSE = "alipay.trade.query", "alipay.trade.cancel", "alipay.trade.close"
REFUND, REFUND_QUERY = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
OK = {"code": "10000", "msg": "Success"}
WAITING = OK | {"trade_status": "WAIT_BUYER_PAY", "total_amount": "88.80", "trade_no": "2026"}
PAID = WAITING | {"trade_status": "TRADE_SUCCESS"}
CLOSED = WAITING | {"trade_status": "TRADE_CLOSED"}
NOT_EXIST = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
UNSIGNED = {"code": "40002", "sub_code": "isv.invalid-signature"}
BUSY = [
    {"code": "20000", "sub_code": "isp.unknow-error"},
    {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"},
    {"code": "40004", "sub_code": "AQC.SYSTEM_ERROR"},
]

Act = Callable[[PaymentGateway], object]
Conversation = Callable[..., Callable[[Act], object]]


@pytest.fixture
def told(alipay_directory: Path, clock: Clock) -> Conversation:
    """Plays a platform that gives these answers in turn; a number that an answer lacks is the attempt's."""
    speaker = AlipaySpeaker(alipay_directory)

    def play(*answers: tuple[str, Node]) -> Callable[[Act], object]:
        def run(act: Act) -> object:
            number = {"out_trade_no": attempt(clock).number}
            replies = [speaker.answer(method, number | node).body for method, node in answers]
            merchant = Merchant(replies=replies, reply=b"500")
            with served(merchant) as base:
                result = act(Alipay(alipay_settings(alipay_directory, base), clock))
            assert not merchant.replies
            return result

        return run

    return play


def calls(clock: Clock) -> dict[str, Act]:
    asked = attempt(clock)
    refund = Refund("R202611220001", asked, "2026", 2000, "重复支付", clock.now)
    return {
        PRECREATE: lambda gateway: gateway.start(asked),
        QUERY: lambda gateway: gateway.query(asked),
        CANCEL: lambda gateway: gateway.end(asked),
        REFUND: lambda gateway: gateway.refund(refund),
        REFUND_QUERY: lambda gateway: gateway.query_refund(refund),
    }


@pytest.mark.parametrize("node", BUSY)
@pytest.mark.parametrize("method", [PRECREATE, QUERY, REFUND, REFUND_QUERY])
def test_a_busy_platform_has_decided_nothing(told: Conversation, clock: Clock, node: Node, method: str) -> None:
    with pytest.raises(GatewayUnknown):
        told((method, node))(calls(clock)[method])


@pytest.mark.parametrize("method", [QUERY, CANCEL, REFUND, REFUND_QUERY])
def test_an_unsigned_error_is_an_alarm_and_decides_nothing(alipay_directory: Path, clock: Clock, method: str) -> None:
    speaker = AlipaySpeaker(alipay_directory)
    before = [speaker.answer(QUERY, NOT_EXIST).body] if method == CANCEL else []
    replies = [*before, speaker.rejection(method, UNSIGNED).body]
    with served(Merchant(replies=replies)) as base, pytest.raises(GatewayMisconfigured) as refused:
        calls(clock)[method](Alipay(alipay_settings(alipay_directory, base), clock))
    assert refused.value.severity == logging.ERROR


@pytest.mark.parametrize(
    ("answers", "ended"),
    [
        ([(QUERY, WAITING), (CLOSE, OK)], Ended.CLOSED),
        ([(QUERY, WAITING), (CLOSE, WAITING)], Ended.UNKNOWN),
        ([(QUERY, WAITING), (CLOSE, OK | {"qr_code": "https://qr.alipay.com/bax1"})], Ended.UNKNOWN),
        (
            [(QUERY, WAITING), (CLOSE, {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}), (QUERY, PAID)],
            Ended.PAID,
        ),
        (
            [(QUERY, WAITING), (CLOSE, {"code": "40004", "sub_code": "ACQ.REASON_ILLEGAL_STATUS"}), (QUERY, CLOSED)],
            Ended.CLOSED,
        ),
        (
            [
                (QUERY, WAITING),
                (CLOSE, {"code": "40004", "sub_code": "ACQ.REASON_TRADE_STATUS_INVALID"}),
                (QUERY, WAITING),
            ],
            Ended.UNKNOWN,
        ),
        ([(QUERY, WAITING | {"trade_status": "TRADE_PENDING"}), (CANCEL, OK | {"retry_flag": "N"})], Ended.CLOSED),
        ([(QUERY, NOT_EXIST), (CANCEL, NOT_EXIST)], Ended.CLOSED),
        ([(QUERY, NOT_EXIST), (CANCEL, OK | {"retry_flag": "Y", "action": "refund"})], Ended.UNKNOWN),
        ([(QUERY, NOT_EXIST), (CANCEL, OK | {"retry_flag": "N", "action": ""})], Ended.CLOSED),
        ([(QUERY, NOT_EXIST), (CANCEL, OK | {"retry_flag": "N", "action": "x"})], Ended.UNKNOWN),
        # The signature does not cover the node's name: an answer to a query is none to a cancel.
        ([(QUERY, NOT_EXIST), (CANCEL, WAITING)], Ended.UNKNOWN),
        ([(QUERY, PAID)], Ended.PAID),
        ([(QUERY, PAID | {"trade_status": "TRADE_FINISHED"})], Ended.PAID),
        ([(QUERY, CLOSED)], Ended.CLOSED),
        ([(QUERY, CLOSED | {"send_pay_date": "2026-11-22 12:00:00", "buyer_pay_amount": "0.00"})], Ended.CLOSED),
        ([(QUERY, CLOSED | {"buyer_pay_amount": "88.80"})], Ended.CLOSED),
        (
            [(QUERY, CLOSED | {"send_pay_date": "2026-11-22 12:00:00", "buyer_pay_amount": "88.80"})],
            Ended.PAID_REFUNDED,
        ),
    ],
    ids=range(18),
)
def test_an_attempt_is_closed_when_it_surely_waits_and_cancelled_otherwise(
    told: Conversation, clock: Clock, answers: list[tuple[str, Node]], ended: Ended
) -> None:
    assert told(*answers)(calls(clock)[CANCEL]) is ended


@pytest.mark.parametrize("amount", ["", "0.00", "５０.00", "-88.80", "8.88e1", "8880 fen", "88.800", "9" * 5000])
def test_a_payment_of_no_amount_is_none(told: Conversation, clock: Clock, amount: str) -> None:
    with pytest.raises(AnswerNotGenuine, match="amount"):
        told((QUERY, PAID | {"total_amount": amount}))(calls(clock)[QUERY])


@pytest.mark.parametrize("node", BUSY)
@pytest.mark.parametrize("method", [CLOSE, CANCEL])
def test_an_end_the_platform_has_not_decided_is_not_known(
    told: Conversation, clock: Clock, node: Node, method: str
) -> None:
    before = WAITING if method == CLOSE else NOT_EXIST
    with pytest.raises(GatewayUnknown):
        told((QUERY, before), (method, node))(calls(clock)[CANCEL])


@pytest.mark.parametrize("sub_code", ["ACQ.SELLER_BALANCE_NOT_ENOUGH", "ACQ.TRADE_CANCEL_TIME_OUT"])
def test_a_cancel_that_is_refused_leaves_the_attempt_open(told: Conversation, clock: Clock, sub_code: str) -> None:
    refusal = {"code": "40004", "sub_code": sub_code, "retry_flag": "N"}
    with pytest.raises(GatewayRefused, match=sub_code):
        told((QUERY, NOT_EXIST), (CANCEL, refusal))(calls(clock)[CANCEL])


def test_an_answer_to_a_cancel_that_was_lost_is_found_by_the_next_query(
    alipay_directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = AlipaySandbox(alipay_directory, clock=clock)
    with served(platform) as base:
        gateway, asked = Alipay(alipay_settings(alipay_directory, f"{base}/gateway.do"), clock), attempt(clock)
        qr, carry_out = gateway.start(asked).qr, platform.answer

        def pay_cancel_and_lose_the_answer(call: Call) -> Reply | None:
            if call.fields["method"] != CANCEL:
                return carry_out(call)
            platform.pay(qr)
            carry_out(call)
            return None  # HTTP 404

        with monkeypatch.context() as during:
            during.setattr(platform, "answer", pay_cancel_and_lose_the_answer)
            with pytest.raises(GatewayUnknown):
                gateway.end(asked)
        assert gateway.end(asked) is Ended.PAID_REFUNDED


@pytest.mark.parametrize("sub_code", ["ACQ.APPLY_PC_MERCHANT_CODE_ERROR", "ACQ.TRADE_HAS_SUCCESS"])
def test_a_number_that_is_taken_may_have_been_taken_by_us(told: Conversation, clock: Clock, sub_code: str) -> None:
    with pytest.raises(GatewayUnknown, match=sub_code):
        told((PRECREATE, {"code": "40004", "sub_code": sub_code}))(calls(clock)[PRECREATE])


@pytest.mark.parametrize(
    ("node", "outcome"),
    [
        (OK | {"fund_change": "Y", "refund_fee": "20.00"}, RefundState.DONE),
        (OK | {"fund_change": "Y", "refund_fee": "30.00"}, RefundState.DONE),
        (OK | {"fund_change": "N", "refund_fee": "20.00"}, RefundState.PENDING),
        (OK, RefundState.PENDING),
        (OK | {"fund_change": "Y", "refund_fee": "19.99"}, AnswerNotGenuine),
        (OK | {"fund_change": "Y"}, AnswerNotGenuine),
        (OK | {"fund_change": "Y", "refund_fee": "20.00", "out_trade_no": "K2"}, AnswerNotGenuine),
        ({"code": "40004", "sub_code": "ACQ.DISCORDANT_REPEAT_REQUEST"}, RefundState.REFUSED),
        ({"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}, RefundState.REFUSED),
    ],
    ids=range(9),
)
def test_only_money_that_moved_is_a_refund_done(
    told: Conversation, clock: Clock, node: Node, outcome: RefundState | type[PaymentGatewayError]
) -> None:
    ask = told((REFUND, node))
    if isinstance(outcome, RefundState):
        done = ask(calls(clock)[REFUND])
        assert isinstance(done, RefundOutcome)
        assert done.state is outcome
    else:
        with pytest.raises(outcome):
            ask(calls(clock)[REFUND])


REFUNDED = OK | {"out_request_no": "R202611220001", "refund_amount": "20.00", "refund_status": "REFUND_SUCCESS"}


@pytest.mark.parametrize(
    ("node", "outcome"),
    [
        (REFUNDED, RefundOutcome(RefundState.DONE)),
        (REFUNDED | {"refund_status": "REFUND_PROCESSING"}, RefundOutcome(RefundState.PENDING)),
        (OK, RefundOutcome(RefundState.ABSENT)),
        (
            REFUNDED | {"refund_amount": "1.00"},
            RefundOutcome(RefundState.REFUSED, "ACQ.DISCORDANT_REPEAT_REQUEST 1.00"),
        ),
        (REFUNDED | {"out_request_no": "R202611220002"}, AnswerNotGenuine),
    ],
    ids=range(5),
)
def test_a_refund_is_asked_for_by_its_own_number(
    told: Conversation, clock: Clock, node: Node, outcome: RefundOutcome | type[PaymentGatewayError]
) -> None:
    ask = told((REFUND_QUERY, node))
    if isinstance(outcome, RefundOutcome):
        assert ask(calls(clock)[REFUND_QUERY]) == outcome
    else:
        with pytest.raises(outcome):
            ask(calls(clock)[REFUND_QUERY])


def test_parameters_are_the_same_when_a_start_is_repeated(alipay_directory: Path, clock: Clock) -> None:
    merchant = Merchant(reply=b"500")
    asked = attempt(clock)
    with served(merchant) as base:
        gateway = Alipay(alipay_settings(alipay_directory, base), clock)
        for _ in range(2):
            with pytest.raises(GatewayUnknown):
                gateway.start(asked)
            clock.now += (asked.expires_at - asked.txn_time) / 3
    first, second = (dict(parse_qsl(merchant.next().decode())) for _ in range(2))
    assert first == second
