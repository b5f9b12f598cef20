"""What the UnionPay stand-in puts on the wire: refusals, transactions of their own, and its faults byte by byte."""

from datetime import timedelta

import httpx
import pytest
from cryptography.x509 import load_pem_x509_certificate

from tests.harness.gateways.callers import NUMBER, UnionPayCaller
from tests.harness.gateways.served import Clock, Merchant, served
from tui.desk.crypto.rsa_keys import verifies
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.common.units import COMPACT, to_beijing
from tui.desk.platforms.unionpay.codec import digest_text, parse_answer
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.keys import stranger
from tui.sandbox.gateways.common.ledger import Stage

BACK = "/gateway/api/backTransReq.do"
QUERY = "/gateway/api/queryTrans.do"


@pytest.mark.parametrize("name", ["version", "signMethod", "merId", "txnType", "orderId", "txnAmt", "backUrl"])
def test_a_missing_field_is_13(unionpay: UnionPayCaller, name: str) -> None:
    assert unionpay.ask(BACK, ("01", "07"), unionpay.order(**{name: ""}))["respCode"] == "13"


@pytest.mark.parametrize(
    "change",
    [
        {"version": "5.0.0"},
        {"orderId": "K-202611220001"},
        {"orderId": "K1"},
        {"txnAmt": "88.80"},
        {"currencyCode": "840"},
        {"payTimeout": "soon"},
        {"txnTime": "today"},
        {"txnSubType": "09"},
    ],
    ids=str,
)
def test_a_field_that_cannot_be_read_is_10(unionpay: UnionPayCaller, change: dict[str, str]) -> None:
    assert unionpay.ask(BACK, ("01", "07"), unionpay.order(**change))["respCode"] == "10"
    assert unionpay.platform.trade(NUMBER) is None


def test_a_number_taken_and_a_trade_unknown(unionpay: UnionPayCaller, clock: Clock) -> None:
    unionpay.precreate()
    assert unionpay.consume()["respCode"] == "12"
    assert unionpay.query() == "34"
    clock.forward(timedelta(seconds=1))
    unionpay.platform.pay(unionpay.platform._ledger.trade(NUMBER).qr)  # type: ignore[union-attr]
    assert unionpay.query() == "34", "a query needs the original's txnTime"
    clock.forward(timedelta(seconds=-1))
    assert unionpay.query() == "00"


def test_queries_without_a_pause_are_37(unionpay: UnionPayCaller, clock: Clock) -> None:
    unionpay.platform.query_limit = 3
    assert [unionpay.query() for _ in range(5)] == ["34", "34", "34", "37", "37"]
    assert unionpay.query("K202611220002") == "34"
    asked = to_beijing(clock.now, COMPACT)
    clock.forward(timedelta(seconds=11))
    assert unionpay.query(txnTime=asked) == "34"


@pytest.mark.parametrize("kind", ["04", "31"])
def test_money_goes_back_by_a_transaction_of_its_own(unionpay: UnionPayCaller, kind: str) -> None:
    unionpay.platform.pay(unionpay.precreate())
    assert unionpay.query("R202611220001") == "34"
    answer = unionpay.refund(kind=kind)
    assert answer["respCode"] == "00"
    assert answer["queryId"] != answer["origQryId"]
    found = unionpay.result("R202611220001")
    assert (found["txnType"], found["origRespCode"], found["txnAmt"]) == (kind, "00", "8880")
    assert found["origQryId"] == answer["origQryId"]
    assert unionpay.refund(kind=kind)["respCode"] == "12"
    assert unionpay.refund(1, "R202611220002")["respCode"] == "36"
    assert unionpay.query() == "00"


def test_refused_and_accepted_by_fault(unionpay: UnionPayCaller) -> None:
    unionpay.platform.pay(unionpay.precreate())
    unionpay.platform.faults.arm(Fault.REFUND_PENDING)
    assert unionpay.refund()["respCode"] == "05"
    assert [unionpay.query("R202611220001") for _ in range(2)] == ["05", "00"]


def test_busy_means_accepted(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.UNAVAILABLE, 2)
    answer = unionpay.consume()
    assert answer["respCode"] == "05"
    assert "qrCode" not in answer
    trade = unionpay.platform.trade(NUMBER)
    assert trade
    assert trade.stage is Stage.OPEN
    assert [unionpay.query() for _ in range(2)] == ["05", "34"]


def test_too_often_once(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.TOO_OFTEN)
    assert [unionpay.query() for _ in range(2)] == ["37", "34"]


def test_paid_with_a_defect(unionpay: UnionPayCaller) -> None:
    merchant = Merchant()
    with served(merchant) as address:
        unionpay.notify_url = address
        unionpay.platform.faults.arm(Fault.A6)
        unionpay.platform.pay(unionpay.precreate())
        assert b"respCode=A6" in merchant.next()
        assert [unionpay.query() for _ in range(2)] == ["A6", "A6"]
        unionpay.platform.close()


def test_a_strangers_signature(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.WRONG_SIGNATURE)
    answer = parse_answer(unionpay.send(QUERY, ("00", "00"), {"orderId": NUMBER}).text)
    own = (unionpay.directory / "platform.pem").read_text().strip()
    assert answer["signPubKeyCert"].replace("\r\n", "\n") == own
    assert not unionpay.genuine(answer)
    assert unionpay.query() == "34"


def test_an_impostors_certificate_has_the_name_and_a_good_signature(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.WRONG_CHAIN)
    answer = parse_answer(unionpay.send(QUERY, ("00", "00"), {"orderId": NUMBER}).text)
    genuine = load_pem_x509_certificate((unionpay.directory / "platform.pem").read_bytes())
    impostor = load_pem_x509_certificate(answer["signPubKeyCert"].encode())
    assert (impostor.subject, impostor.issuer) == (genuine.subject, genuine.issuer)
    assert verifies(stranger().public_key(), answer["signature"], digest_text(answer))
    assert not unionpay.genuine(answer)


def test_an_error_without_a_signature(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.UNSIGNED_ERROR)
    body = unionpay.send(BACK, ("01", "07"), unionpay.order()).content
    assert body == "respCode=11&respMsg=验证签名失败[9100004]".encode()
    assert unionpay.platform.trade(NUMBER) is None


def test_forged_fields_follow_the_signed_ones(unionpay: UnionPayCaller) -> None:
    unionpay.platform.faults.arm(Fault.DUPLICATE_NODE)
    text = unionpay.send(QUERY, ("00", "00"), {"orderId": NUMBER}).text
    with pytest.raises(AnswerNotGenuine, match="twice"):
        parse_answer(text)
    signed, _, forged = text.rpartition("&respCode=")
    assert forged == "00&origRespCode=00&txnType=01"
    assert unionpay.genuine(parse_answer(signed))
    # What a careless parser believes: the later of two fields wins.
    assert dict(pair.split("=", 1) for pair in text.split("&"))["origRespCode"] == "00"


def test_cancel_is_done_but_never_answered(unionpay: UnionPayCaller) -> None:
    unionpay.platform.pay(unionpay.precreate())
    unionpay.platform.faults.arm(Fault.CANCEL_TIMEOUT)
    with pytest.raises(httpx.TransportError):
        unionpay.refund(kind="31")
    assert unionpay.query("R202611220001") == "00"
