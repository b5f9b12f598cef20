"""What the Alipay stand-in does wrong on command, byte by byte where it matters."""

import json
import re
from urllib.parse import parse_qs

import httpx
import pytest

from tests.harness.gateways.callers import NUMBER, AlipayCaller
from tests.harness.gateways.served import Clock, Merchant, served
from tui.desk.platforms.common.units import DASHED, to_beijing
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.common.ledger import Stage

QUERY = "alipay.trade.query"
NODE = re.compile(r'\{"alipay_trade_query_response":(?P<signed>\{.*?\}),"sign":"(?P<sign>[^"]*)"\}')


def test_busy_once_then_as_ever(alipay: AlipayCaller) -> None:
    alipay.platform.faults.arm(Fault.UNAVAILABLE)
    busy = alipay.ask("alipay.trade.precreate", alipay.order())
    assert (busy["code"], busy["sub_code"]) == ("20000", "isp.unknow-error")
    assert alipay.platform.trade(NUMBER) is None
    assert alipay.precreate()


def test_too_many_queries_are_limited_without_a_signature(alipay: AlipayCaller) -> None:
    alipay.platform.faults.arm(Fault.TOO_OFTEN)
    answer = alipay.send(QUERY, {"out_trade_no": NUMBER}).json()
    assert list(answer) == ["alipay_trade_query_response"]
    assert answer["alipay_trade_query_response"]["code"] == "40005"


def test_a_strangers_signature(alipay: AlipayCaller) -> None:
    alipay.platform.faults.arm(Fault.WRONG_SIGNATURE)
    match = NODE.fullmatch(alipay.send(QUERY, {"out_trade_no": NUMBER}).text)
    assert match
    assert not alipay.genuine(match["sign"], match["signed"])
    assert alipay.query() == "ACQ.TRADE_NOT_EXIST"


def test_an_error_without_a_signature(alipay: AlipayCaller) -> None:
    alipay.platform.faults.arm(Fault.UNSIGNED_ERROR)
    answer = alipay.send("alipay.trade.precreate", alipay.order()).content
    assert (
        answer
        == (
            '{"alipay_trade_precreate_response":{"code":"40002","msg":"Invalid Arguments",'
            '"sub_code":"isv.invalid-signature","sub_msg":"无效签名"}}'
        ).encode()
    )
    assert alipay.platform.trade(NUMBER) is None


def test_slashes_escaped_after_signing(alipay: AlipayCaller) -> None:
    alipay.precreate()
    alipay.platform.faults.arm(Fault.ESCAPED_SLASH)
    alipay.query()
    text = alipay.send("alipay.trade.precreate", alipay.order()).text
    signed, _, rest = text.removeprefix('{"alipay_trade_precreate_response":').partition(',"sign":"')
    assert r"https:\/\/qr.alipay.com\/bax" in signed
    assert not alipay.genuine(rest.partition('"')[0], signed)
    assert alipay.genuine(rest.partition('"')[0], signed.replace(r"\/", "/"))


def test_a_forged_node_stands_behind_the_signed_one(alipay: AlipayCaller) -> None:
    alipay.platform.faults.arm(Fault.DUPLICATE_NODE)
    text = alipay.send(QUERY, {"out_trade_no": NUMBER}).text
    signed, _, rest = text.removeprefix('{"alipay_trade_query_response":').partition(',"alipay_trade_query_response":')
    assert alipay.genuine(rest.partition('"sign":"')[2].partition('"')[0], signed)
    assert "TRADE_NOT_EXIST" in signed
    # What a careless parser believes: the later of two members wins.
    assert json.loads(text)["alipay_trade_query_response"]["trade_status"] == "TRADE_SUCCESS"


def test_paid_between_the_last_query_and_the_cancel(alipay: AlipayCaller) -> None:
    alipay.precreate()
    alipay.platform.faults.arm(Fault.CANCEL_REFUNDS)
    answer = alipay.ask("alipay.trade.cancel", {"out_trade_no": NUMBER})
    assert (answer["action"], answer["retry_flag"]) == ("refund", "N")
    trade = alipay.platform.trade(NUMBER)
    assert trade
    assert (trade.stage, trade.refunded_fen) == (Stage.CLOSED, 8880)


def test_cancel_asks_for_a_retry_and_did_nothing(alipay: AlipayCaller) -> None:
    qr = alipay.precreate()
    alipay.platform.faults.arm(Fault.CANCEL_RETRY)
    assert alipay.ask("alipay.trade.cancel", {"out_trade_no": NUMBER})["retry_flag"] == "Y"
    assert alipay.platform.pay(qr).stage is Stage.PAID


def test_cancel_is_done_but_never_answered(alipay: AlipayCaller) -> None:
    qr = alipay.precreate()
    alipay.platform.faults.arm(Fault.CANCEL_TIMEOUT)
    with pytest.raises(httpx.TransportError):
        alipay.ask("alipay.trade.cancel", {"out_trade_no": NUMBER})
    with pytest.raises(SandboxRefused, match="closed"):
        alipay.platform.pay(qr)


def test_a_refund_says_no_change_and_a_query_finds_it_done(alipay: AlipayCaller) -> None:
    alipay.platform.pay(alipay.precreate())
    alipay.platform.faults.arm(Fault.REFUND_PENDING)
    assert alipay.refund()["fund_change"] == "N"
    asked = {"out_trade_no": NUMBER, "out_request_no": "R1"}
    assert alipay.ask("alipay.trade.fastpay.refund.query", dict(asked))["refund_status"] == "REFUND_SUCCESS"


def test_closing_lets_a_late_notice_go(alipay: AlipayCaller) -> None:
    merchant = Merchant()
    with served(merchant) as address:
        alipay.notify_url = address
        alipay.platform.faults.arm(Fault.NOTICE_LATE)
        alipay.platform.pay(alipay.precreate())
        alipay.ask("alipay.trade.cancel", {"out_trade_no": NUMBER})
        assert {b"refund_fee" in merchant.next() for _ in range(2)} == {True, False}
        alipay.platform.close()


def test_notices_tell_the_time_they_were_made(alipay: AlipayCaller, clock: Clock) -> None:
    merchant = Merchant()
    with served(merchant) as address:
        alipay.notify_url = address
        alipay.platform.pay(alipay.precreate())
        assert parse_qs(merchant.next().decode())["notify_time"] == [to_beijing(clock.now, DASHED)]
        alipay.platform.close()
