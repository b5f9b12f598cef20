"""UnionPay messages: byte-exact requests, answers that are not url-encoded, fields that read one way only."""

import base64
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tests.harness.desk.unionpay_messages import FIELDS, signed, wire
from tests.harness.vectors import load, read
from tui.desk.crypto.rsa_keys import sign
from tui.desk.payments.gateway import AnswerNotGenuine, GatewayMisconfigured, GatewayUnknown
from tui.desk.platforms.unionpay.codec import MerchantKey, digest_text, open_answer, open_notice, parse_answer
from tui.desk.platforms.unionpay.trust import UnionPayTrust

VECTORS = load("unionpay_request_sign")
MERCHANT = MerchantKey(base64.b64decode(VECTORS["merchant_pfx_base64"]), VECTORS["merchant_pfx_password"].encode())


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_requests_are_those_of_the_official_sdk(vector: dict[str, Any]) -> None:
    given = {name: value for name, value in vector["fields"].items() if name not in {"certId", "signature"}}
    request = MERCHANT.sign(given | {"empty": "", "blank": "  "})

    assert digest_text(vector["fields"]).decode() == vector["sha256_hex"]
    assert request == vector["fields"]
    assert urlencode({name: request[name] for name in vector["fields"]}) == vector["wire_body"]


def test_cert_id_is_the_decimal_serial_number() -> None:
    assert VECTORS["merchant_cert_id"] == MERCHANT.cert_id


def test_a_pfx_of_the_old_kind_is_read() -> None:
    # RC2 with 40 bits and 3DES, as the platform's own tools still write them.
    assert MerchantKey(read("legacy.pfx"), b"000000").cert_id.isdigit()


def test_values_are_trimmed_before_they_are_signed() -> None:
    assert MERCHANT.sign({"orderId": " K2026 "}) == MERCHANT.sign({"orderId": "K2026"})


def test_a_pfx_with_a_wrong_password_or_another_kind_of_key_is_refused() -> None:
    with pytest.raises(ValueError, match="password"):
        MerchantKey(base64.b64decode(VECTORS["merchant_pfx_base64"]), b"000001")
    other = serialize_key_and_certificates(
        b"", ec.generate_private_key(ec.SECP256R1()), None, None, BestAvailableEncryption(b"1")
    )
    for pfx, password in ((other, b"1"), (read("sm2.pfx"), b"000000")):
        with pytest.raises(ValueError, match="RSA"):
            MerchantKey(pfx, password)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("{a=1&b=2}\n", {"a": "1", "b": "2"}),
        ("a=x+y==&b=%2B", {"a": "x+y==", "b": "%2B"}),
        ("a={x=1&y=[2&3]}&b=", {"a": "{x=1&y=[2&3]}", "b": ""}),
        ("a=[1&2]&b={}", {"a": "[1&2]", "b": "{}"}),
    ],
)
def test_answers_are_split_as_the_platform_joins_them(text: str, fields: dict[str, str]) -> None:
    assert parse_answer(text) == fields


@pytest.mark.parametrize("text", ["", "a", "a=1&a=2", "=1", "a=1&", "<html>"])
def test_what_is_not_a_list_of_distinct_fields_is_refused(text: str) -> None:
    with pytest.raises(AnswerNotGenuine):
        parse_answer(text)


def test_a_genuine_answer_is_read(trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str) -> None:
    assert open_answer(wire(signed(platform_key, platform_pem)), trust.key_for)["accNo"] == "a+b/c=="


@pytest.mark.parametrize(("old", "new"), [(b"=8880", b"=0001"), (b"Code=00", b"Code=A6"), (b"\r\n", b"\n")])
def test_a_changed_answer_is_refused(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str, old: bytes, new: bytes
) -> None:
    body = wire(signed(platform_key, platform_pem))
    assert old in body
    with pytest.raises(AnswerNotGenuine):
        open_answer(body.replace(old, new), trust.key_for)


@pytest.mark.parametrize("lost", ["signature", "signPubKeyCert"])
def test_an_answer_without_its_proof_is_refused(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str, lost: str
) -> None:
    fields = signed(platform_key, platform_pem)
    del fields[lost]
    with pytest.raises(AnswerNotGenuine):
        open_answer(wire(fields), trust.key_for)


@pytest.mark.parametrize("body", [b"\xff", b"respCode=00&origRespCode=00"])
def test_noise_is_refused(trust: UnionPayTrust, body: bytes) -> None:
    with pytest.raises(AnswerNotGenuine):
        open_answer(body, trust.key_for)


def test_an_unsigned_complaint_is_our_own_fault(trust: UnionPayTrust) -> None:
    with pytest.raises(GatewayMisconfigured, match="Invalid request"):
        open_answer(b"respCode=10&respMsg=Invalid request", trust.key_for)


@pytest.mark.parametrize("code", ["03", "04", "05", "06", "37"])
def test_an_unsigned_answer_that_decides_nothing_is_no_complaint(trust: UnionPayTrust, code: str) -> None:
    with pytest.raises(GatewayUnknown):
        open_answer(f"respCode={code}&respMsg=x".encode(), trust.key_for)


@pytest.mark.parametrize("counted", [False, True])
def test_an_empty_field_may_be_signed_or_not(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str, counted: bool
) -> None:
    fields = FIELDS | {"reserved": "", "signPubKeyCert": platform_pem.strip()}
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value or counted)
    hashed = sha256(text.encode()).hexdigest().encode()
    opened = open_answer(wire(fields | {"signature": sign(platform_key, hashed)}), trust.key_for)
    assert ("reserved" in opened) is counted


def test_a_field_cannot_hide_in_the_value_before_it(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str
) -> None:
    fields = signed(platform_key, platform_pem)
    hidden = f"{fields['orderId']}&origRespCode={fields.pop('origRespCode')}"  # the signed text stays the same
    with pytest.raises(AnswerNotGenuine, match="hide"):
        open_notice(urlencode(fields | {"orderId": hidden}).encode(), "", trust.key_for)


def test_a_value_in_braces_may_hold_fields_of_its_own(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str
) -> None:
    fields = FIELDS | {"tokenPayData": "{trId=1&token=2}", "signPubKeyCert": platform_pem.strip()}
    fields |= {"signature": sign(platform_key, digest_text(fields))}
    assert open_answer(wire(fields), trust.key_for) == fields
    assert open_notice(urlencode(fields).encode(), "", trust.key_for) == fields


def test_a_notice_is_an_ordinary_form_without_the_keys_of_its_own_address(
    trust: UnionPayTrust, platform_key: rsa.RSAPrivateKey, platform_pem: str
) -> None:
    fields = signed(platform_key, platform_pem)
    body = urlencode(fields | {"hall": "7"}).encode()

    assert open_notice(body, "https://desk.example/notify?hall=7", trust.key_for) == fields
    with pytest.raises(AnswerNotGenuine):
        open_notice(body, "https://desk.example/notify", trust.key_for)
    with pytest.raises(AnswerNotGenuine):
        open_notice(body.replace(b"8880", b"1"), "https://desk.example/notify?hall=7", trust.key_for)
