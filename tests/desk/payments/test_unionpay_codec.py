"""UnionPay messages: byte-exact requests, answers that are not url-encoded, and whose certificate may sign them."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

from tests.desk.payments.vectors import load
from tui.desk.payments.port import AnswerNotGenuine, GatewayMisconfigured
from tui.desk.payments.rsa_keys import load_private, sign
from tui.desk.payments.unionpay_codec import MerchantKey, digest_text, open_answer, open_notice, parse_answer
from tui.desk.payments.unionpay_trust import SIGNER, UnionPayTrust
from tui.sandbox.gateways.payment_keys import issue

VECTORS = load("unionpay_request_sign")
MERCHANT = MerchantKey(base64.b64decode(VECTORS["merchant_pfx_base64"]), VECTORS["merchant_pfx_password"].encode())
FIELDS = {"orderId": "K2026", "origRespCode": "00", "respMsg": "成功[0000000]", "accNo": "a+b/c==", "txnAmt": "8880"}
MIDDLE = "Kiosk Sandbox OCA1"
NAME = f"041@8310000000083040@{SIGNER}@00016495"
NEW_KEY = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def trust(unionpay_keys: Path) -> UnionPayTrust:
    return UnionPayTrust((unionpay_keys / "bundle.pem").read_bytes(), lambda: datetime.now(UTC))


@pytest.fixture
def middle_key(unionpay_keys: Path) -> rsa.RSAPrivateKey:
    return load_private((unionpay_keys / "middle.key").read_bytes())


@pytest.fixture
def platform_key(unionpay_keys: Path) -> rsa.RSAPrivateKey:
    return load_private((unionpay_keys / "platform.key").read_bytes())


@pytest.fixture
def platform_pem(unionpay_keys: Path) -> str:
    return (unionpay_keys / "platform.pem").read_text()


def pem(certificate: Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def signed(key: rsa.RSAPrivateKey, certificate: str) -> dict[str, str]:
    """The fields of an answer, with a certificate in CRLF lines as the real gateway sends it."""
    fields = FIELDS | {"signPubKeyCert": certificate.strip().replace("\n", "\r\n")}
    return fields | {"signature": sign(key, digest_text(fields))}


def wire(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_requests_are_those_of_the_official_sdk(vector: dict[str, Any]) -> None:
    given = {name: value for name, value in vector["fields"].items() if name not in {"certId", "signature"}}
    request = MERCHANT.sign(given | {"empty": "", "blank": "  "})

    assert digest_text(vector["fields"]).decode() == vector["sha256_hex"]
    assert request == vector["fields"]
    assert urlencode({name: request[name] for name in vector["fields"]}) == vector["wire_body"]


def test_cert_id_is_the_decimal_serial_number() -> None:
    assert VECTORS["merchant_cert_id"] == MERCHANT.cert_id


def test_values_are_trimmed_before_they_are_signed() -> None:
    assert MERCHANT.sign({"orderId": " K2026 "}) == MERCHANT.sign({"orderId": "K2026"})


def test_a_pfx_with_a_wrong_password_or_another_kind_of_key_is_refused() -> None:
    with pytest.raises(ValueError, match="password"):
        MerchantKey(base64.b64decode(VECTORS["merchant_pfx_base64"]), b"000001")
    other = serialize_key_and_certificates(
        b"", ec.generate_private_key(ec.SECP256R1()), None, None, BestAvailableEncryption(b"1")
    )
    with pytest.raises(ValueError, match="RSA"):
        MerchantKey(other, b"1")


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


def test_another_merchant_of_the_same_authority_cannot_sign(
    trust: UnionPayTrust, middle_key: rsa.RSAPrivateKey
) -> None:
    for name in ("041@Z2026@777290058110049:SIGN@00000002", "00040000:SIGN", SIGNER, f"041@8310@x{SIGNER}@1"):
        other = issue(name, NEW_KEY, MIDDLE, middle_key)
        with pytest.raises(AnswerNotGenuine, match="somebody else"):
            open_answer(wire(signed(NEW_KEY, pem(other))), trust.key_for)


def test_the_right_name_in_a_certificate_of_ones_own_is_worth_nothing(trust: UnionPayTrust) -> None:
    for issuer, why in ((NAME, "unknown issuer"), (MIDDLE, "not from its issuer")):
        forged = issue(NAME, NEW_KEY, issuer, NEW_KEY)
        with pytest.raises(AnswerNotGenuine, match=why):
            open_answer(wire(signed(NEW_KEY, pem(forged))), trust.key_for)


def test_a_certificate_out_of_date_cannot_sign(
    unionpay_keys: Path, trust: UnionPayTrust, middle_key: rsa.RSAPrivateKey
) -> None:
    now = datetime.now(UTC)
    for begin in (now - timedelta(days=40), now + timedelta(days=1)):
        other = issue(NAME, NEW_KEY, MIDDLE, middle_key, not_before=begin, days=30)
        with pytest.raises(AnswerNotGenuine, match="out of date"):
            trust.key_for(pem(other))


def test_a_proved_certificate_still_goes_out_of_date(
    unionpay_keys: Path, middle_key: rsa.RSAPrivateKey, platform_pem: str
) -> None:
    now = datetime.now(UTC)
    trust = UnionPayTrust((unionpay_keys / "bundle.pem").read_bytes(), lambda: now)
    trust.key_for(platform_pem)
    now += timedelta(days=3650)
    with pytest.raises(AnswerNotGenuine, match="out of date"):
        trust.key_for(platform_pem)


def test_a_new_signing_certificate_is_accepted_as_it_comes(
    trust: UnionPayTrust, middle_key: rsa.RSAPrivateKey, platform_key: rsa.RSAPrivateKey, platform_pem: str
) -> None:
    renewed = issue(NAME, NEW_KEY, MIDDLE, middle_key)
    open_answer(wire(signed(platform_key, platform_pem)), trust.key_for)
    open_answer(wire(signed(NEW_KEY, pem(renewed))), trust.key_for)


def test_a_chain_signed_with_sha1_is_verified(trust: UnionPayTrust, middle_key: rsa.RSAPrivateKey) -> None:
    old = with_sha1(issue(NAME, NEW_KEY, MIDDLE, middle_key), middle_key)
    assert isinstance(old.signature_hash_algorithm, SHA1)
    open_answer(wire(signed(NEW_KEY, pem(old))), trust.key_for)

    forged = with_sha1(issue(NAME, NEW_KEY, MIDDLE, NEW_KEY), NEW_KEY)
    with pytest.raises(AnswerNotGenuine, match="not from its issuer"):
        trust.key_for(pem(forged))


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "成功"])
def test_what_is_no_certificate_is_refused(trust: UnionPayTrust, text: str) -> None:
    with pytest.raises(AnswerNotGenuine):
        trust.key_for(text)


def test_a_bundle_without_a_root_is_refused(unionpay_keys: Path) -> None:
    middle, _ = load_pem_x509_certificates((unionpay_keys / "bundle.pem").read_bytes())
    with pytest.raises(ValueError, match="root"):
        UnionPayTrust(middle.public_bytes(Encoding.PEM), lambda: datetime.now(UTC))


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


def with_sha1(certificate: Certificate, issuer_key: rsa.RSAPrivateKey) -> Certificate:
    """The same certificate signed as CFCA's test authority does it; the builder refuses to write such a one."""
    sha256_with_rsa, sha1_with_rsa = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
    body = certificate.tbs_certificate_bytes.replace(sha256_with_rsa, sha1_with_rsa)
    signature = issuer_key.sign(body, PKCS1v15(), SHA1())  # noqa: S303
    der = certificate.public_bytes(Encoding.DER).replace(sha256_with_rsa, sha1_with_rsa)
    return load_der_x509_certificate(der.replace(certificate.signature, signature))
