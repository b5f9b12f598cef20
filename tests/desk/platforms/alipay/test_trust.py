"""Certificate mode: the serial numbers Alipay knows certificates by, and whose answers are believed."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from tests.harness.desk.alipay_messages import ALIPAY_KEY, ALIPAY_PRIVATE, KEYS, PAID, QUERY, answer, notice
from tests.harness.vectors import read
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.alipay.codec import open_answer, open_notice
from tui.desk.platforms.alipay.trust import AlipayTrust, certificate_sn, root_sn
from tui.sandbox.gateways.common.keys import issue

ALIPAY_CERTIFICATE = issue("Alipay", ALIPAY_PRIVATE, "Alipay", ALIPAY_PRIVATE)
PEM = ALIPAY_CERTIFICATE.public_bytes(Encoding.PEM)
TRUST = AlipayTrust.of(PEM)


def named(cert_sn: str) -> bytes:
    """A genuine answer that names a certificate."""
    return answer(PAID).replace(b',"sign"', f',"alipay_cert_sn":{cert_sn},"sign"'.encode())


def test_the_number_of_alipays_own_root_file() -> None:
    # One entry of that file breaks X.509's grammar, one is signed with SM2: both are left out.
    assert root_sn(read("alipay_root_cert.crt")) == (
        "687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6"
    )


def test_the_issuer_is_written_most_specific_first_without_spaces() -> None:
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, "O"), (NameOID.COMMON_NAME, "N"))
    name = Name([NameAttribute(oid, text) for oid, text in parts])
    certificate = CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1)).sign(key, SHA256())
    assert certificate_sn(certificate) == "e27c4a65bbd412c7af2d7de36c9a8dcc"


@pytest.mark.parametrize("form", ["pem", "bare"])
def test_a_certificate_is_read_in_both_forms(form: str) -> None:
    bare = base64.b64encode(ALIPAY_CERTIFICATE.public_bytes(Encoding.DER))
    trust = AlipayTrust.of(PEM if form == "pem" else bare)
    assert (trust.cert_sn, trust.key.public_numbers()) == (
        certificate_sn(ALIPAY_CERTIFICATE),
        ALIPAY_KEY.public_numbers(),
    )


def test_a_public_key_has_no_number() -> None:
    assert AlipayTrust.of(KEYS["alipay"]["public_spki_pem"].encode()).cert_sn is None


@pytest.mark.parametrize(
    "data", [b"", b"AAAA", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", b"\xff"]
)
def test_what_is_neither_key_nor_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AlipayTrust.of(data)


def test_a_certificate_without_an_rsa_key_is_refused() -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = Name([NameAttribute(NameOID.COMMON_NAME, "E")])
    made = CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1)).sign(key, SHA256())
    with pytest.raises(ValueError, match="no RSA key"):
        AlipayTrust.of(made.public_bytes(Encoding.PEM))
    with pytest.raises(ValueError, match="no root"):
        root_sn(made.public_bytes(Encoding.PEM))


def test_an_answer_by_the_known_certificate_is_believed() -> None:
    assert TRUST.cert_sn
    for body in (named(f'"{TRUST.cert_sn}"'), answer(PAID)):
        assert open_answer(body, QUERY, TRUST)["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize(
    "cert_sn", ['"7513daaaa48aa3ba2e4018d84402479c"', '""', "null", '["\\u001b[2J"]', '"\\u001b[2J"']
)
def test_an_answer_that_names_another_certificate_is_refused_although_the_key_fits(cert_sn: str) -> None:
    with pytest.raises(AnswerNotGenuine, match="unknown alipay_cert_sn") as refused:
        open_answer(named(cert_sn), QUERY, TRUST)
    assert str(refused.value).isprintable()


def test_the_right_number_without_the_right_key_is_worth_nothing() -> None:
    attacker = rsa.generate_private_key(65537, 2048)
    trust = AlipayTrust(attacker.public_key(), TRUST.cert_sn)
    with pytest.raises(AnswerNotGenuine, match="signature"):
        open_answer(named(f'"{TRUST.cert_sn}"'), QUERY, trust)


def test_a_notice_is_believed_by_the_same_certificate() -> None:
    fields = {"out_trade_no": "K1", "total_amount": "1.00"}
    assert open_notice(notice(fields, fields), TRUST) == fields
    known = fields | {"alipay_cert_sn": TRUST.cert_sn or ""}
    assert open_notice(notice(known, known), TRUST) == known
    other = fields | {"alipay_cert_sn": "7513daaaa48aa3ba2e4018d84402479c"}
    with pytest.raises(AnswerNotGenuine, match="unknown alipay_cert_sn"):
        open_notice(notice(other, other), TRUST)
