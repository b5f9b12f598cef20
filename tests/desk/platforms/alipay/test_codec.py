"""Alipay messages: byte-exact requests, and nothing believed that Alipay did not sign."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.harness.desk.alipay_messages import (
    ALIPAY_KEY,
    ALIPAY_PRIVATE,
    APP_KEY,
    KEYS,
    NOTICE,
    PAID,
    QUERY,
    TRUST,
    answer,
    notice,
)
from tests.harness.vectors import load
from tui.desk.crypto.rsa_keys import load_private, load_public, sign
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnknown,
    PaymentGatewayError,
)
from tui.desk.platforms.alipay.codec import (
    dump_biz,
    open_answer,
    open_notice,
    request_text,
    sign_request,
)
from tui.desk.platforms.alipay.scan import scan_members

PYTHON_SDK = load("alipay_request_sign_python_sdk")["vectors"]
NODE_SDK = load("alipay_request_sign_npm_sdk")["vectors"]


@pytest.mark.parametrize("vector", PYTHON_SDK, ids=lambda vector: vector["name"])
def test_requests_are_those_of_the_official_python_sdk(vector: dict[str, Any]) -> None:
    biz = dump_biz(vector["biz"])
    params = {**vector["url_query_params"], "biz_content": biz}
    expected = params.pop("sign")

    assert biz == vector["biz_content"]
    assert request_text(params).decode() == vector["sign_content"]
    assert sign(APP_KEY, request_text(params)) == expected
    request = sign_request(params, APP_KEY)
    assert (request.query, request.body) == (vector["wire_query_string"], vector["wire_body"])


@pytest.mark.parametrize("vector", NODE_SDK, ids=lambda vector: vector["name"])
def test_signatures_are_those_of_the_official_node_sdk(vector: dict[str, Any]) -> None:
    names = "app_id|biz_content|charset|method|notify_url|sign_type|timestamp|version"
    parts = re.split(rf"&(?=(?:{names})=)", vector["sign_content"])
    params = dict(part.split("=", 1) for part in reversed(parts))

    assert request_text(params).decode() == vector["sign_content"]
    assert sign(APP_KEY, request_text(params)) == vector["sign"]


@pytest.mark.parametrize("form", ["private_pkcs1_pem", "private_pkcs8_pem"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_private_key_is_read_in_every_form_the_key_tool_writes(form: str, bare: bool) -> None:
    pem = KEYS["app"][form]
    key = "".join(line for line in pem.splitlines() if "-----" not in line) if bare else pem
    assert load_private(key.encode()).private_numbers() == APP_KEY.private_numbers()


def test_a_public_key_is_read_as_the_console_shows_it() -> None:
    lines = KEYS["alipay"]["public_spki_pem"].splitlines()
    assert load_public("".join(lines[1:-1]).encode()).public_numbers() == ALIPAY_KEY.public_numbers()


def test_empty_values_are_neither_signed_nor_sent() -> None:
    request = sign_request({"app_id": "1", "notify_url": "", "biz_content": dump_biz({"a": "b", "c": ""})}, APP_KEY)
    assert "notify_url" not in request.query
    assert request.body == urlencode({"biz_content": '{"a":"b"}'})


def test_a_genuine_answer_is_read() -> None:
    assert open_answer(answer(PAID), QUERY, TRUST)["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize("after", [b"\n", b"\r\n", b" \n\n", b"\t"])
def test_a_line_end_behind_an_answer_is_no_part_of_it(after: bytes) -> None:
    assert open_answer(b"\n" + answer(PAID) + after, QUERY, TRUST)["trade_status"] == "TRADE_SUCCESS"


def test_certificate_mode_has_one_more_member() -> None:
    body = answer(PAID).replace(b',"sign"', b',"alipay_cert_sn":"7513","sign"')
    assert open_answer(body, QUERY, TRUST)["out_trade_no"] == "K1"


@pytest.mark.parametrize(
    "subject",
    [
        "a}b",
        'a},\\"sign\\":\\"b',
        'quote \\" end',
        "back\\\\",
        "{[",
        '\\"},\\"alipay_trade_query_response\\":{',
        "\\u007d}",
    ],
)
def test_braces_quotes_and_signs_inside_a_string_do_not_end_the_node(subject: str) -> None:
    raw = f'{{"code":"10000","subject":"{subject}","list":[{{"a":"}}"}}]}}'
    assert open_answer(answer(raw), QUERY, TRUST)["subject"] == json.loads(f'"{subject}"')


def test_slashes_signed_escaped_are_accepted_as_sent() -> None:
    raw = r'{"code":"10000","qr_code":"https:\/\/qr.alipay.com\/bax1"}'
    assert open_answer(answer(raw), QUERY, TRUST)["qr_code"] == "https://qr.alipay.com/bax1"


def test_slashes_signed_plain_but_sent_escaped_are_accepted_too() -> None:
    raw = r'{"code":"10000","qr_code":"https:\/\/qr.alipay.com\/bax1"}'
    opened = open_answer(answer(raw, signed=raw.replace("\\/", "/")), QUERY, TRUST)
    assert opened["qr_code"] == "https://qr.alipay.com/bax1"


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_second_node_of_the_same_name_is_refused(forged_first: bool) -> None:
    waiting = PAID.replace("TRADE_SUCCESS", "WAIT_BUYER_PAY")
    first, second = (PAID, waiting) if forged_first else (waiting, PAID)
    name, signature = "alipay_trade_query_response", sign(ALIPAY_PRIVATE, waiting.encode())
    body = f'{{"{name}":{first},"{name}":{second},"sign":"{signature}"}}'
    with pytest.raises(AnswerNotGenuine):
        open_answer(body.encode(), QUERY, TRUST)


def test_a_second_node_cannot_hide_behind_an_escape() -> None:
    body = answer(PAID).replace(b"{", b'{"alipay_trade_query_respons\\u0065":' + PAID.encode() + b",", 1)
    with pytest.raises(AnswerNotGenuine):
        open_answer(body, QUERY, TRUST)


@pytest.mark.parametrize(
    "body",
    [
        answer(PAID).replace(b"88.80", b"00.01"),
        answer(PAID, node="alipay_trade_cancel_response"),
        answer(PAID).replace(b'"sign"', b'"sing"'),
        answer(PAID)[:-1],
        answer(PAID) + b"x",
        answer(PAID).replace(b'"sign":"', b'"sign":"*'),
        re.sub(rb'"sign":".*"', b'"sign":1', answer(PAID)),
        answer('["10000"]'),
        answer('{"code":"10000","code":"10000"}'),
        b'{"alipay_trade_query_response":' + b"[" * 100_000,
        b"",
        b"{}",
        b"<html>",
        b"\xff",
    ],
    ids=range(14),
)
def test_an_answer_that_is_not_wholly_genuine_proves_nothing(body: bytes) -> None:
    with pytest.raises(AnswerNotGenuine):
        open_answer(body, QUERY, TRUST)


@pytest.mark.parametrize(
    ("code", "sub_code", "signed", "error"),
    [
        ("20000", "isp.unknow-error", True, GatewayUnknown),
        ("20000", "aop.unknow-error", False, GatewayUnknown),
        ("40005", "isv.call-limited", True, GatewayUnknown),
        ("10003", "", True, GatewayUnknown),
        ("40004", "ACQ.SYSTEM_ERROR", True, GatewayUnknown),
        ("40004", "AQC.SYSTEM_ERROR", True, GatewayUnknown),
        ("40004", "ACQ.TRADE_NOT_EXIST", True, GatewayRefused),
        ("40004", "ACQ.TRADE_NOT_EXIST", False, AnswerNotGenuine),
        ("10000", "", False, AnswerNotGenuine),
        ("", "", False, AnswerNotGenuine),
        ("20001", "aop.invalid-auth-token", True, GatewayMisconfigured),
        ("40001", "isv.missing-method", False, GatewayMisconfigured),
        ("40002", "isv.invalid-signature", False, GatewayMisconfigured),
        ("40003", "isv.missing-signature-config", False, GatewayMisconfigured),
        ("40006", "isv.insufficient-isv-permissions", True, GatewayMisconfigured),
    ],
)
def test_every_code_has_its_consequence(
    code: str, sub_code: str, signed: bool, error: type[PaymentGatewayError]
) -> None:
    raw = json.dumps({"code": code, "msg": "m", "sub_code": sub_code, "sub_msg": "s"})
    body = answer(raw) if signed else f'{{"alipay_trade_query_response":{raw}}}'.encode()
    with pytest.raises(error):
        open_answer(body, QUERY, TRUST)


def test_an_old_error_node_is_understood() -> None:
    body = b'{"error_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-method"}}'
    with pytest.raises(GatewayMisconfigured, match="invalid-method"):
        open_answer(body, QUERY, TRUST)


def test_members_keep_their_source_text() -> None:
    assert scan_members(' { "a" : {"b": 1.0 } , "c":"\\/" } ') == {"a": '{"b": 1.0 }', "c": '"\\/"'}


@pytest.mark.parametrize("signed", [NOTICE, {name: value for name, value in NOTICE.items() if value}])
def test_a_notice_is_decoded_once_and_proved_with_or_without_its_empty_values(signed: dict[str, str]) -> None:
    assert open_notice(notice(signed), TRUST) == signed


def test_gbk_is_signed_and_sent_as_gbk_bytes() -> None:
    params = {"app_id": "1", "charset": "GBK", "biz_content": dump_biz({"subject": "续期"})}
    request = sign_request(params, APP_KEY, "gbk")
    text = 'app_id=1&biz_content={"subject":"续期"}&charset=GBK'.encode("gbk")
    assert request_text(params, "gbk") == text
    assert request.query == urlencode({"app_id": "1", "charset": "GBK", "sign": sign(APP_KEY, text)})
    assert request.body == "biz_content=%7B%22subject%22%3A%22%D0%F8%C6%DA%22%7D"


REFUND = {"a": "1", "gmt_payment": "2026", "gmt_refund": "2026"}
"""As text it reads the same as other fields that do not tell of a refund."""


@pytest.mark.parametrize(
    "body",
    [
        notice(NOTICE).replace(b"1.00", b"9.00"),
        notice(NOTICE) + b"&total_amount=1.00",
        notice(NOTICE) + b"&more=1",
        notice(NOTICE | {"sign_type": "RSA2"}),
        b"out_trade_no=K1&total_amount=1.00",
        b"no form",
        b"",
        b"a=%ff",
        notice(REFUND, {"a": "1", "gmt_payment": "2026&gmt_refund=2026"}),
        notice(REFUND, {"a=1&gmt_payment": "2026", "gmt_refund": "2026"}),
    ],
    ids=range(10),
)
def test_a_notice_that_is_not_wholly_genuine_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerNotGenuine):
        open_notice(body, TRUST)
