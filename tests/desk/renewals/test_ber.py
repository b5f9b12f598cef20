"""Certificates that break DER and are read by whoever relies on them, each signed over what breaks it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.desk.renewals.test_foreign_certificates import KEY, assert_openssl_takes, offer
from tests.harness.desk.rules import installed, key_of, refusal, town_under
from tests.harness.desk.signing import Key
from tests.harness.desk.town import Town
from tests.harness.odd_certificates import CN, attribute, der, key_usage, name, oid
from tui.core.certificate import Usage
from tui.core.eligibility import why_not
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy
from tui.core.x509.der import element
from tui.desk.crypto.certificates import read_certificate
from tui.token.x509.certificates import read as kiosk_reads

SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, SPKI, EXTENSIONS = range(1, 8)
"""Places in a TBSCertificate."""
Envelope = Callable[..., bytes]
RSA = key_of("RSA-2048")
assert isinstance(RSA, rsa.RSAPrivateKey)
MODULUS = RSA.public_key().public_numbers().n.to_bytes(256)
EXPONENT = der(0x02, b"\1\0\1")


def made(
    town: Town, changes: dict[int, bytes], key: Key = KEY, tbs_in: Envelope = der, whole_in: Envelope = der
) -> bytes:
    """A certificate of the town's CA with other fields, in envelopes of any length's form."""
    tbs, algorithm, _ = element(town.certificate(key), 0x30).row
    body = tbs_in(0x30, *(changes.get(at, field.whole) for at, field in enumerate(tbs.row)))
    assert isinstance(town.ca_key, ec.EllipticCurvePrivateKey)
    signature = town.ca_key.sign(body, ec.ECDSA(SHA256()))
    return whole_in(0x30, body, changes.get(-1, algorithm.whole), der(0x03, b"\0" + signature))


def padded(tag: int, *parts: bytes) -> bytes:
    """An element whose length is told in four octets."""
    content = b"".join(parts)
    return bytes((tag, 0x84)) + len(content).to_bytes(4) + content


def endless(tag: int, *parts: bytes) -> bytes:
    """An element whose end is told by two zeros."""
    return bytes((tag, 0x80)) + b"".join(parts) + b"\0\0"


def extended(*each: bytes) -> dict[int, bytes]:
    return {EXTENSIONS: der(0xA3, der(0x30, key_usage(b"\xc0"), *each))}


def of_kind(kind: str, value: bytes, critical: bytes = b"") -> bytes:
    return der(0x30, oid(kind), critical, der(0x04, value))


def rsa_key(*numbers: bytes, behind: bytes = b"", parameters: bytes = b"\5\0") -> dict[int, bytes]:
    kind = der(0x30, oid("1.2.840.113549.1.1.1"), parameters)
    return {SPKI: der(0x30, kind, der(0x03, b"\0", der(0x30, *numbers), behind))}


PUBLIC = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ECDSA = oid("1.2.840.10045.4.3.2")
PLAIN = attribute(CN, 0x0C, "张三".encode())
EC_FORMS: dict[str, dict[int, bytes]] = {
    "name": {SUBJECT: padded(0x30, der(0x31, PLAIN))},
    "part of the name": {SUBJECT: der(0x30, padded(0x31, PLAIN))},
    "text of the name": {SUBJECT: name(der(0x30, oid(CN), padded(0x0C, "张三".encode())))},
    "text of the name in pieces": {SUBJECT: name(der(0x30, oid(CN), der(0x2C, der(0x0C, b"a"), der(0x0C, b"b"))))},
    "name without an end": {SUBJECT: endless(0x30, der(0x31, PLAIN))},
    "name of another type": {SUBJECT: name(attribute(CN, 0x07, b"abc"), attribute(CN, 0x03, b"\0abc"))},
    "serial number": {SERIAL: padded(0x02, b"\x1f\x22")},
    "dates": {VALIDITY: padded(0x30, der(0x17, b"250101000000Z"), padded(0x17, b"261213050000Z"))},
    "algorithm": {ALGORITHM: padded(0x30, ECDSA)},
    "algorithm of the signature": {-1: padded(0x30, ECDSA)},
    "key": {SPKI: padded(0x30, element(PUBLIC, 0x30).content)},
    "extensions": {EXTENSIONS: padded(0xA3, der(0x30, key_usage(b"\xc0")))},
    "extension": extended(padded(0x30, oid("2.5.29.14"), der(0x04, der(0x04, b"x")))),
    "value of an extension": extended(of_kind("2.5.29.17", padded(0x30, der(0x82, b"x.cn")))),
    "octets of an extension in pieces": extended(der(0x30, oid("2.5.29.14"), der(0x24, der(0x04, der(0x04, b"x"))))),
}
RSA_FORMS = {
    "no sign of the modulus": rsa_key(der(0x02, MODULUS), EXPONENT),
    "a sign of the exponent": rsa_key(der(0x02, b"\0" + MODULUS), der(0x02, b"\0\1\0\1")),
    "more behind the key": rsa_key(der(0x02, b"\0" + MODULUS), EXPONENT, behind=b"\0\0"),
    "no parameters": rsa_key(der(0x02, b"\0" + MODULUS), EXPONENT, parameters=b""),
    "a long length of the modulus": rsa_key(padded(0x02, b"\0" + MODULUS), EXPONENT),
}


@pytest.mark.parametrize("form", EC_FORMS)
@pytest.mark.parametrize("policy", KeyPolicy)
def test_a_length_that_is_not_der_s_is_renewed(tmp_path: Path, form: str, policy: KeyPolicy) -> None:
    town = town_under(tmp_path, policy)
    renews(town, made(town, EC_FORMS[form]), KEY)


def test_what_stands_in_pieces_says_the_same_to_kiosk_and_desk(town: Town) -> None:
    encrypting = der(0x30, oid("2.5.29.15"), der(0x24, der(0x04, der(0x03, b"\0\x38"))))
    holder = name(der(0x30, oid(CN), der(0x2C, der(0x2C, der(0x0C, b"a")), der(0x0C, b"b"))))
    certificate = made(town, {SUBJECT: holder, EXTENSIONS: der(0xA3, der(0x30, encrypting))})
    shown = kiosk_reads(certificate, b"", "", has_private_key=True)
    assert (shown.common_name, shown.usage, read_certificate(certificate).usage) == ("ab", *[Usage.ENCRYPTION] * 2)


def test_bits_beyond_the_last_say_nothing_to_kiosk_and_desk(town: Town) -> None:
    usage = der(0x30, oid("2.5.29.15"), der(0x04, der(0x03, b"\5\x98")))  # of 10011000 the last five are none
    certificate = made(town, {EXTENSIONS: der(0xA3, der(0x30, usage))})
    shown = kiosk_reads(certificate, b"", "", has_private_key=True)
    assert (shown.usage, read_certificate(certificate).usage) == (Usage.SIGNING, Usage.SIGNING)


@pytest.mark.parametrize("form", RSA_FORMS)
def test_an_rsa_key_is_renewed_however_it_is_written(town: Town, form: str) -> None:
    renews(town, made(town, RSA_FORMS[form], RSA), RSA)


@pytest.mark.parametrize(
    "envelopes", [(padded, der), (der, padded), (endless, der), (der, endless), (endless, endless)]
)
def test_the_whole_is_renewed_in_any_envelope(town: Town, envelopes: tuple[Envelope, Envelope]) -> None:
    inner, outer = envelopes
    renews(town, made(town, {}, tbs_in=inner, whole_in=outer), KEY)


def renews(town: Town, certificate: bytes, key: Key) -> None:
    """OpenSSL verifies it, the kiosk takes it, and OpenSSL verifies what is issued in its place."""
    assert verifies(town, certificate)
    shown = kiosk_reads(certificate, b"", "", has_private_key=True)
    assert why_not(shown, town.clock.now) is None
    done = installed(town, town.holder(key, certificate))
    assert_openssl_takes(town, done.business_no, done.certificate)
    assert verifies(town, done.certificate)


def verifies(town: Town, certificate: bytes) -> bool:
    (town.folder / "one.der").write_bytes(certificate)
    at = str(int(town.clock.now.timestamp()))
    command = ["openssl", "verify", "-attime", at, "-CAfile", "ca.pem", "one.der"]
    return subprocess.run(command, cwd=town.folder, capture_output=True, check=False).returncode == 0


CRITICAL = der(0x01, b"\xff")
BY_PARAMETERS = subprocess.run(
    ["openssl", "ecparam", "-name", "prime256v1", "-param_enc", "explicit", "-outform", "DER"],
    capture_output=True,
    check=True,
).stdout
POINT = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
CURVE = der(0x30, oid("1.2.840.10045.2.1"), BY_PARAMETERS)
INVALID = {
    "a private extension that is critical": extended(of_kind("1.2.156.10260.4.1.5", b"\x13\x0112345", CRITICAL)),
    "an extension that nobody knows critically": extended(of_kind("2.5.29.9", b"\x30\0", CRITICAL)),
    "a proxy's": extended(of_kind("1.3.6.1.5.5.7.1.14", der(0x30, der(0x30, oid("1.3.6.1.5.5.7.21.1"))))),
    "addresses that are no DER": extended(of_kind("1.3.6.1.5.5.7.1.7", b"zz")),
    "a name of a party that is none": extended(of_kind("2.5.29.17", der(0x30, der(0xA5, b"abc")))),
    "a name of a party that is empty": extended(of_kind("2.5.29.17", der(0x30, der(0xA5)))),
    "a curve by its parameters": {SPKI: der(0x30, CURVE, der(0x03, b"\0" + POINT))},
}


@pytest.mark.parametrize("what", INVALID)
def test_what_openssl_does_not_verify_is_refused_before_anything_is_paid(town: Town, what: str) -> None:
    certificate = made(town, INVALID[what])
    assert not verifies(town, certificate)
    shown = kiosk_reads(certificate, b"", "", has_private_key=True)
    assert why_not(shown, town.clock.now) is Reason.CERTIFICATE_MALFORMED
    person = town.holder(KEY, certificate)
    told = refusal(Reason.CERTIFICATE_MALFORMED, lambda: offer(person, certificate)).problem["detail"]
    assert re.fullmatch("the certificate is invalid: .*(critical|decoded|curve).*", told)
    refusal(Reason.CERTIFICATE_MALFORMED, person.save)


def test_an_rsa_key_for_pss_alone_cannot_sign_an_application(town: Town) -> None:
    numbers = der(0x30, der(0x02, b"\0" + MODULUS), EXPONENT)
    kind = der(0x30, oid("1.2.840.113549.1.1.10"))
    certificate = made(town, {SPKI: der(0x30, kind, der(0x03, b"\0" + numbers))})
    shown = kiosk_reads(certificate, b"", "", has_private_key=True)
    assert why_not(shown, town.clock.now) is Reason.KEY_UNSUPPORTED
    refusal(Reason.KEY_UNSUPPORTED, lambda: offer(town.holder(RSA, certificate), certificate))
