"""What the Alipay stand-in puts on the wire: modes, charsets, rules of its trades."""

import re
from datetime import timedelta
from hashlib import md5

import pytest
from cryptography.x509 import load_pem_x509_certificates

from tests.harness.gateways import plain
from tests.harness.gateways.callers import NUMBER, AlipayCaller
from tests.harness.gateways.served import Clock
from tui.sandbox.gateways.alipay.certificates import (
    ALIPAY_CERTIFICATE,
    APP_CERTIFICATE,
    ROOT_CERTIFICATES,
    root_serials,
    serial,
)
from tui.sandbox.gateways.common.control import SandboxRefused

QUERY = "alipay.trade.query"


def test_serials_are_those_of_the_published_rule(alipay: AlipayCaller) -> None:
    (app,) = load_pem_x509_certificates((alipay.directory / APP_CERTIFICATE).read_bytes())
    issuer = "CN=Sandbox Authority Class 2 R1,OU=Certification Authority,O=Kiosk Sandbox,C=CN"
    assert app.issuer.rfc4514_string() == issuer
    expected = md5(f"{issuer}{app.serial_number}".encode(), usedforsecurity=False).hexdigest()
    assert serial(alipay.directory / APP_CERTIFICATE) == expected
    roots = alipay.directory / ROOT_CERTIFICATES
    assert len(load_pem_x509_certificates(roots.read_bytes())) == 3
    assert re.fullmatch(r"[0-9a-f]{32}_[0-9a-f]{32}", root_serials(roots)), "the ECC entry does not count"


def test_certificate_mode_checks_both_serials_and_names_its_own(alipay: AlipayCaller) -> None:
    good = {
        "app_cert_sn": serial(alipay.directory / APP_CERTIFICATE),
        "alipay_root_cert_sn": root_serials(alipay.directory / ROOT_CERTIFICATES),
    }
    answer = alipay.send(QUERY, {"out_trade_no": NUMBER}, **good).text
    own = serial(alipay.directory / ALIPAY_CERTIFICATE)
    signed, _, rest = answer.partition(f',"alipay_cert_sn":"{own}","sign":"')
    assert alipay.genuine(rest.partition('"')[0], signed.partition(":")[2])
    for wrong in (
        {"app_cert_sn": good["app_cert_sn"]},
        {"alipay_root_cert_sn": good["alipay_root_cert_sn"]},
        good | {"app_cert_sn": "0" * 32},
        good | {"alipay_root_cert_sn": "0" * 32},
    ):
        refused = alipay.send(QUERY, {"out_trade_no": NUMBER}, **wrong).json()
        assert set(refused) == {"alipay_trade_query_response"}
        assert refused["alipay_trade_query_response"]["sub_code"].endswith("-cert-sn")


def test_gbk_is_signed_read_and_answered_as_gbk(alipay: AlipayCaller) -> None:
    answer = alipay.send("alipay.trade.precreate", alipay.order(subject="数字证书续期"), charset="GBK")
    assert answer.headers["content-type"] == "text/html;charset=gbk"
    assert answer.json()["alipay_trade_precreate_response"]["code"] == "10000"
    trade = alipay.platform.trade(NUMBER)
    assert trade
    assert trade.subject == "数字证书续期"
    raw = alipay.send(QUERY, {"out_trade_no": "K2"}, charset="GBK").content
    assert "交易不存在".encode("gbk") in raw


@pytest.mark.parametrize(
    ("missing", "sub_code"),
    [
        ("method", "isv.missing-method"),
        ("app_id", "isv.missing-app-id"),
        ("sign_type", "isv.missing-signature-type"),
        ("timestamp", "isv.missing-timestamp"),
        ("version", "isv.missing-version"),
    ],
)
def test_a_missing_parameter_is_40001_without_a_signature(alipay: AlipayCaller, missing: str, sub_code: str) -> None:
    answer = alipay.send(QUERY, {"out_trade_no": NUMBER}, **{missing: ""}).json()
    ((name, node),) = answer.items()
    assert (node["code"], node["sub_code"]) == ("40001", sub_code)
    assert name == ("error_response" if missing == "method" else "alipay_trade_query_response")


def test_a_request_without_a_signature_is_not_read_further(alipay: AlipayCaller) -> None:
    form = alipay.params(QUERY, {"out_trade_no": NUMBER}) | {"timestamp": "", "charset": "utf-8"}
    node = plain.post(f"{alipay.base}/gateway.do", data=form).json()["alipay_trade_query_response"]
    assert (node["code"], node["sub_code"]) == ("40001", "isv.missing-signature")


@pytest.mark.parametrize(
    "change",
    [
        {"out_trade_no": "K-1"},
        {"out_trade_no": "K" * 65},
        {"total_amount": "0.00"},
        {"total_amount": "1.001"},
        {"subject": "a=b"},
        {"subject": ""},
        {"time_expire": "tomorrow"},
        {"timeout_express": "1.5h", "time_expire": None},
        {"qr_code_timeout_express": "0m"},
        {"product_code": "FAST_INSTANT_TRADE_PAY"},
    ],
    ids=str,
)
def test_an_order_that_is_not_allowed_makes_no_trade(alipay: AlipayCaller, change: dict[str, object]) -> None:
    asked = {name: value for name, value in (alipay.order() | change).items() if value is not None}
    assert alipay.ask("alipay.trade.precreate", asked)["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert alipay.platform.trade(NUMBER) is None
    assert alipay.ask("alipay.trade.precreate", alipay.order(total_amount="100000000.01"))["sub_code"].endswith(
        "EXCEED"
    )


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ({"timeout_express": "7m"}, 7),
        ({"timeout_express": "1h", "qr_code_timeout_express": "5m"}, 5),
        ({"timeout_express": "1d"}, 120),
        ({"timeout_express": "1c"}, None),
        ({}, 120),
    ],
    ids=str,
)
def test_a_code_ends_with_the_shortest_of_its_spans(
    alipay: AlipayCaller, clock: Clock, spans: dict[str, str], minutes: int | None
) -> None:
    asked = {name: value for name, value in alipay.order().items() if name != "time_expire"}
    alipay.ask("alipay.trade.precreate", asked | spans)
    trade = alipay.platform.trade(NUMBER)
    assert trade
    if minutes is None:
        assert trade.expires_at <= clock.now + timedelta(minutes=120)
    else:
        assert trade.expires_at == clock.now + timedelta(minutes=minutes)


def test_the_same_number_again_follows_its_trade(alipay: AlipayCaller) -> None:
    qr = alipay.precreate()
    assert alipay.precreate() == qr
    again = alipay.ask("alipay.trade.precreate", alipay.order(total_amount="88.81"))
    assert again["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
    alipay.platform.pay(qr)
    assert alipay.ask("alipay.trade.precreate", alipay.order())["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    alipay.refund()
    assert alipay.ask("alipay.trade.precreate", alipay.order())["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


def test_before_the_scan_a_query_finds_nothing_and_zeros(alipay: AlipayCaller) -> None:
    alipay.precreate()
    node = alipay.ask(QUERY, {"out_trade_no": NUMBER})
    assert (node["code"], node["sub_code"]) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert node["receipt_amount"] == node["buyer_pay_amount"] == "0.00"


def test_close_is_for_scanned_trades_only_and_never_refunds(alipay: AlipayCaller) -> None:
    close, asked = "alipay.trade.close", {"out_trade_no": NUMBER}
    qr = alipay.precreate()
    assert alipay.ask(close, dict(asked))["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    with pytest.raises(SandboxRefused, match="closed"):
        alipay.platform.pay(qr)
    qr = alipay.precreate("K2")
    alipay.platform.scan(qr)
    trade = alipay.platform.trade("K2")
    assert trade
    assert alipay.ask(close, {"trade_no": trade.platform_no})["code"] == "10000"
    assert alipay.query("K2") == "TRADE_CLOSED"
    alipay.platform.pay(alipay.precreate("K3"))
    assert alipay.ask(close, {"out_trade_no": "K3"})["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert alipay.query("K3") == "TRADE_SUCCESS"


def test_cancel_ends_every_stage_within_a_day(alipay: AlipayCaller, clock: Clock) -> None:
    cancel = "alipay.trade.cancel"
    for number, scan, pay, action in (("K1", 0, 0, None), ("K2", 1, 0, "close"), ("K3", 1, 1, "refund")):
        qr = alipay.precreate(number)
        if scan:
            alipay.platform.scan(qr)
        if pay:
            alipay.platform.pay(qr)
        answers = [alipay.ask(cancel, {"out_trade_no": number}) for _ in range(2)]
        assert [(answer.get("action"), answer["retry_flag"]) for answer in answers] == [(action, "N")] * 2
    paid = alipay.platform.trade("K3")
    assert paid
    assert paid.refunded_fen == 8880
    alipay.precreate("K4")
    clock.forward(timedelta(hours=24, seconds=1))
    assert alipay.ask(cancel, {"out_trade_no": "K4"})["sub_code"] == "ACQ.TRADE_CANCEL_TIME_OUT"


def test_a_part_is_refunded_by_a_number_of_its_own(alipay: AlipayCaller) -> None:
    alipay.platform.pay(alipay.precreate())
    nameless = {"out_trade_no": NUMBER, "refund_amount": 1.5}
    assert alipay.ask("alipay.trade.refund", dict(nameless))["sub_code"] == "ACQ.INVALID_PARAMETER"
    first = alipay.refund(150, "R1")
    assert (first["fund_change"], first["refund_fee"]) == ("Y", "1.50")
    assert alipay.refund(150, "R1")["fund_change"] == "N"
    assert alipay.refund(151, "R1")["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert alipay.refund(8730, "R2")["refund_fee"] == "88.80"
    assert alipay.query() == "TRADE_CLOSED"
