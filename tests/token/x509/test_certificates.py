"""Certificates as they are read, also those that we cannot use; keys that answer falsely."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.harness.odd_certificates import NOW, key_usage, odd
from tests.harness.token.support import APPLICATION, pin, quiet, reference
from tests.rig.softhsm import SoftToken, TestCa, issue, make_token, put_certificate, subject
from tui.core.certificate import CertificateState, Usage
from tui.core.failure import Reason, TokenError
from tui.core.policy import SignatureScheme
from tui.token.host.keys import TokenEcKey, TokenRsaKey, prove, token_key
from tui.token.tokens import Tokens
from tui.token.x509 import certificates

P256, SM2 = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a811ccf5501822d")


def sm2_certificate(ca: TestCa) -> bytes:
    """A certificate whose key lies on the SM2 curve (GM/T 0015); its signature does not matter here."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return issue(ca, subject("国密供应商"), key).replace(P256, SM2, 1)


def test_an_sm2_certificate_keeps_name_dates_serial_and_state(ca: TestCa) -> None:
    der = sm2_certificate(ca)
    read = certificates.read(der, b"\x01", "国密", has_private_key=True)
    parsed = x509.load_der_x509_certificate(der)
    assert (read.readable, read.key, read.common_name) == (True, "SM2", "国密供应商")
    assert (read.not_before, read.not_after) == (parsed.not_valid_before_utc, parsed.not_valid_after_utc)
    assert read.serial == f"{parsed.serial_number:x}"
    assert read.state(datetime.now(UTC)) is CertificateState.UNSUPPORTED


async def test_an_sm2_certificate_is_listed_and_refused(
    soft: SoftToken, ca: TestCa, serving: Callable[..., Tokens]
) -> None:
    der = sm2_certificate(ca)
    put_certificate(soft, der, key_id="01", label="国密")
    tokens = serving(soft)
    ref = await reference(tokens, der)
    with pytest.raises(TokenError) as caught:
        await tokens.make_request(ref, pin(), APPLICATION, quiet)
    assert caught.value.failure.reason is Reason.KEY_UNSUPPORTED
    assert caught.value.failure.token_changed is False


async def test_a_pair_and_what_is_no_certificate_are_listed_from_a_token(
    soft: SoftToken, serving: Callable[..., Tokens]
) -> None:
    put_certificate(soft, odd(extensions=key_usage(b"\x38")), key_id="02", label="加密")
    put_certificate(soft, odd(version=b"\x03", signature="1.2.840.10045.4.3.2"), key_id="03", label="第四版")
    (token,) = (await serving(soft).take_snapshot()).tokens
    told = {c.key_id: (c.usage, c.state(NOW), c.well_formed) for c in token.certificates if c.key_id != "01"}
    assert told == {
        "02": (Usage.ENCRYPTION, CertificateState.NOT_FOR_SIGNING, True),
        "03": (Usage.ANY, CertificateState.UNSUPPORTED, False),
    }
    assert token.has_encryption_certificate


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x01", b"no DER at all"])
def test_what_is_no_certificate_is_unreadable(der: bytes) -> None:
    read = certificates.read(der, b"\x01", "x", has_private_key=True)
    assert read.readable is False
    assert read.state(datetime.now(UTC)) is CertificateState.UNREADABLE


def test_unsafe_characters_do_not_reach_the_screen(ca: TestCa) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = issue(ca, subject("供应\x1b[31m商\u202e[@click=x]"), key)
    read = certificates.read(der, b"", "标\x07签", has_private_key=False)
    assert read.common_name == "供应[31m商[@click=x]"
    assert read.label == "标签"
    assert not set("\x1b\u202e") & set(read.subject)


def test_parts_are_the_certificate_s_own_bytes(ca: TestCa) -> None:
    name = x509.Name(
        [
            x509.RelativeDistinguishedName(
                [
                    x509.NameAttribute(x509.NameOID.COMMON_NAME, "甲"),
                    x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, "91440101MA5XXXXXX1"),
                ]
            ),
            x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN")]),
        ]
    )
    der = issue(ca, name, ec.generate_private_key(ec.SECP256R1()).public_key())
    parts = certificates.parts(der)
    assert parts.subject == name.public_bytes()
    assert parts.issuer == ca.certificate.subject.public_bytes()
    assert all(part in der for part in (parts.serial, parts.spki))


async def test_a_token_made_for_another_curve_or_expired_is_listed(
    tmp_path: Path, serving: Callable[..., Tokens]
) -> None:
    expired = make_token(tmp_path / "token", key="ec256", days_left=-1)
    (token,) = (await serving(expired).take_snapshot()).tokens
    (certificate,) = token.certificates
    assert certificate.key == "EC-P256"
    assert certificate.state(datetime.now(UTC)) is CertificateState.EXPIRED


def test_a_false_signature_does_not_leave() -> None:
    rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    for public_key, answer in ((rsa_key.public_key(), bytes(256)), (ec_key.public_key(), bytes([1]) * 64)):
        key = token_key(public_key, lambda _, __, answer=answer: answer)  # type: ignore[misc]
        with pytest.raises(TokenError) as caught:
            prove(key, b"message", SignatureScheme.PKCS1)
        assert caught.value.failure.reason is Reason.SIGNATURE_FALSE


def test_token_keys_only_sign_in_their_one_scheme() -> None:
    rsa_key = TokenRsaKey(rsa.generate_private_key(65537, 2048).public_key(), lambda _, __: b"")
    ec_key = TokenEcKey(ec.generate_private_key(ec.SECP256R1()).public_key(), lambda _, __: b"")
    refused: list[Callable[[], object]] = [
        lambda: rsa_key.sign(b"", padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303 - to be refused
        lambda: ec_key.sign(b"", ec.ECDSA(hashes.SHA384())),
        rsa_key.private_numbers,
        lambda: ec_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ]
    for attempt in refused:
        with pytest.raises(UnsupportedAlgorithm):
            attempt()
