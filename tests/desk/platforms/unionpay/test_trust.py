"""Whose certificate may sign for UnionPay: chain, dates and name, SHA-1 chains included."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

from tests.harness.desk.unionpay_messages import MIDDLE, NAME, NEW_KEY, pem, signed, wire
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.unionpay.codec import open_answer
from tui.desk.platforms.unionpay.trust import SIGNER, UnionPayTrust
from tui.process.clock import utc_now
from tui.sandbox.gateways.common.keys import issue


def test_an_authority_may_stand_in_the_bundle_with_the_certificate_before(
    unionpay_keys: Path, middle_key: rsa.RSAPrivateKey
) -> None:
    root_key = rsa.generate_private_key(65537, 2048)
    root, now = issue("Root", root_key, "Root", root_key), datetime.now(UTC)
    before = issue(MIDDLE, middle_key, "Root", root_key, not_before=now - timedelta(days=40), days=30)
    of_others = issue(MIDDLE, NEW_KEY, "Root", root_key)
    renewed = issue(MIDDLE, middle_key, "Root", root_key)
    leaf = pem(issue(NAME, NEW_KEY, MIDDLE, middle_key))

    def trusting(*bundle: Certificate) -> UnionPayTrust:
        return UnionPayTrust("".join(map(pem, bundle)).encode(), lambda: now)

    for bundle in ((before, of_others, renewed, root), (renewed, before, root), (root, renewed)):
        assert trusting(*bundle).key_for(leaf).public_numbers() == NEW_KEY.public_key().public_numbers()
    for bundle, why in (((before, root), "out of date"), ((of_others, root), "not from its issuer")):
        with pytest.raises(AnswerNotGenuine, match=why):
            trusting(*bundle).key_for(leaf)


def test_a_middle_without_its_root_proves_nothing(unionpay_keys: Path, platform_pem: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    middle, _ = load_pem_x509_certificates((unionpay_keys / "bundle.pem").read_bytes())
    bundle = pem(middle) + pem(issue("Another root", key, "Another root", key))
    with pytest.raises(AnswerNotGenuine, match="not from its issuer"):
        UnionPayTrust(bundle.encode(), utc_now).key_for(platform_pem)


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


def test_a_certificate_that_cryptography_cannot_use_is_refused(
    trust: UnionPayTrust, middle_key: rsa.RSAPrivateKey
) -> None:
    good = issue(NAME, NEW_KEY, MIDDLE, middle_key).public_bytes(Encoding.DER)
    version_8 = good.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"))
    rsa_encryption = bytes.fromhex("06092a864886f70d010101")  # what SM2 and others do too: another kind of key
    unknown_key = good.replace(rsa_encryption, rsa_encryption[:-1] + b"\x63")
    for der in (version_8, unknown_key):
        text = base64.b64encode(der).decode()
        with pytest.raises(AnswerNotGenuine, match="cannot be read"):
            trust.key_for(f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")


def test_a_bundle_without_a_root_is_refused(unionpay_keys: Path) -> None:
    middle, _ = load_pem_x509_certificates((unionpay_keys / "bundle.pem").read_bytes())
    with pytest.raises(ValueError, match="root"):
        UnionPayTrust(middle.public_bytes(Encoding.PEM), utc_now)


def with_sha1(certificate: Certificate, issuer_key: rsa.RSAPrivateKey) -> Certificate:
    """The same certificate signed as CFCA's test authority does it; the builder refuses to write such a one."""
    sha256_with_rsa, sha1_with_rsa = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
    body = certificate.tbs_certificate_bytes.replace(sha256_with_rsa, sha1_with_rsa)
    signature = issuer_key.sign(body, PKCS1v15(), SHA1())  # noqa: S303
    der = certificate.public_bytes(Encoding.DER).replace(sha256_with_rsa, sha1_with_rsa)
    return load_der_x509_certificate(der.replace(certificate.signature, signature))
