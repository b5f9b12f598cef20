"""Certificates as they come from the field: from their bytes to the verdict that the person hears before all else."""

import base64
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.core.x509.test_extensions import AUTHORITY_PEM, KEY, extension
from tests.harness.odd_certificates import CN, ISSUER, O, attribute, der, key_usage, name, odd, oid
from tests.harness.odd_certificates import NOW as CLOCK
from tui.core.eligibility import why_not
from tui.core.failure import Reason
from tui.core.x509.der import element
from tui.token.x509.certificates import read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
"""Within the last month of both."""


@pytest.mark.parametrize(
    ("name", "common_name", "reason"),
    [
        ("printable-amp", "Test & Sons_Co @ SZ*", None),  # X.680's PrintableString has none of & _ @ *
        ("dup-ext", "测试供应商有限公司", Reason.CERTIFICATE_MALFORMED),  # RFC 5280, 4.2: no extension twice
    ],
)
def test_the_verdict(name: str, common_name: str, reason: Reason | None) -> None:
    pem = (Path(__file__).parent / "vectors" / f"{name}.pem").read_text()
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-")))
    shown = read(der, b"\x01", "", has_private_key=True)
    assert (shown.common_name, why_not(shown, NOW)) == (common_name, reason)


ODD = {
    "serial number 0": {"serial": b"\0"},
    "negative serial number": {"serial": b"\x80\1"},
    "serial number of 21 octets": {"serial": b"\x7f" * 21},
    "version 1 written out": {"version": b"\0"},
    "version 2": {"version": b"\1"},
    "NULL beside ECDSA": {"parameters": b"\x05\0"},
    "a row of strings": {"holder": name(attribute("2.5.4.16", 0x30, der(0x0C, b"x")), attribute(CN, 0x0C, b"y"))},
    "to the year 9999": {"validity": der(0x30, der(0x17, b"260101000000Z"), der(0x18, b"99991231235959Z"))},
    "a unit after the name": {"holder": name(attribute(CN, 0x0C, b"y"), attribute("2.5.4.11", 0x0C, b"x"))},
    "a part of the name without attributes": {"holder": name(b"", attribute(CN, 0x0C, b"y"))},
    "one attribute twice in a set": {"holder": name(attribute(CN, 0x0C, b"y") * 2)},
    "sixty units": {"holder": name(*[attribute("2.5.4.11", 0x0C, b"x")] * 60, attribute(CN, 0x0C, b"y"))},
    "a name of 5,000 letters": {"holder": name(attribute(CN, 0x0C, "长".encode() * 5000))},
    "a country of three letters": {"holder": name(attribute("2.5.4.6", 0x13, b"CHN"), attribute(CN, 0x0C, b"y"))},
    "NUL in a BMPString": {"holder": name(attribute(CN, 0x1E, "供应商\0".encode("utf-16-be")))},
    "Big5 in a T61String": {"holder": name(attribute(CN, 0x14, "供應商".encode("big5")))},
    "serial number of 32 octets": {"serial": b"\x7f" * 32},
    "GeneralizedTime before 2050": {"validity": der(0x30, der(0x17, b"260101000000Z"), der(0x18, b"20261213050000Z"))},
    "of the first year": {"validity": der(0x30, der(0x18, b"00010101000000Z"), der(0x17, b"261213050000Z"))},
}
"""Each breaks a rule for CAs, and is read by whoever relies on it."""


@pytest.mark.parametrize("what", ODD)
def test_what_openssl_reads_is_renewed(what: str) -> None:
    whole = odd(signature="1.2.840.10045.4.3.2", **ODD[what])
    shown = read(whole, b"\x01", "", has_private_key=True)
    text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-serial"], input=whole, capture_output=True)  # noqa: PLW1510
    assert text.returncode == 0
    assert int(shown.serial, 16) == int(text.stdout.decode().removeprefix("serial="), 16)
    assert why_not(shown, CLOCK) in {None, Reason.TOO_EARLY}


def spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def rsa_spki(modulus: int, exponent: int) -> bytes:
    numbers = (der(0x02, number.to_bytes(number.bit_length() // 8 + 1)) for number in (modulus, exponent))
    kind = der(0x30, oid("1.2.840.113549.1.1.1"), der(0x05))
    return der(0x30, kind, der(0x03, b"\0", der(0x30, *numbers)))


def until(tag: int, end: bytes, begin: bytes = b"260101000000Z") -> dict[str, bytes]:
    return {"validity": der(0x30, der(0x17, begin), der(tag, end))}


def purposes(*kinds: str) -> dict[str, bytes]:
    return {"extensions": key_usage(b"\xc0") + extension("2.5.29.37", der(0x30, *map(oid, kinds)))}


RSA = rsa.generate_private_key(65537, 2048).public_key()
MODULUS = RSA.public_numbers().n
POINT = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
P256 = der(0x30, oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"))
EARLY, EXPIRED, KEY_KIND = Reason.TOO_EARLY, Reason.CERTIFICATE_EXPIRED, Reason.KEY_UNSUPPORTED
BROKEN, NO_SIGNER = Reason.CERTIFICATE_MALFORMED, Reason.NO_SIGNING_CERTIFICATE
VERDICTS: dict[str, tuple[Reason | None, dict[str, bytes]]] = {
    "its last second": (None, until(0x17, b"261123040000Z")),
    "a second later": (EXPIRED, until(0x17, b"261123035959Z")),
    "its first second": (None, until(0x17, b"261213050000Z", b"261123040000Z")),
    "a second sooner": (Reason.NOT_YET_VALID, until(0x17, b"261213050000Z", b"261123040001Z")),
    "the last second of UTCTime": (EARLY, until(0x17, b"491231235959Z")),
    "UTCTime beyond 2049": (EXPIRED, until(0x17, b"500101000000Z")),
    "GeneralizedTime from 2050": (EARLY, until(0x18, b"20500101000000Z")),
    "an end before the beginning": (EXPIRED, until(0x17, b"260101000000Z", b"270101000000Z")),
    "fractions of a second": (BROKEN, until(0x18, b"20261213050000.5Z")),
    "no seconds": (BROKEN, until(0x17, b"2612130500Z")),
    "Beijing's zone": (BROKEN, until(0x17, b"261213130000+0800")),
    "no zone": (BROKEN, until(0x17, b"261213050000")),
    "30 February": (BROKEN, until(0x17, b"270230050000Z")),
    "a beginning on 30 February": (BROKEN, until(0x17, b"270213050000Z", b"260230000000Z")),
    "hour 24": (BROKEN, until(0x17, b"261213240000Z")),
    "no date": (BROKEN, until(0x17, b"")),
    "30 February of an encryption key": (NO_SIGNER, until(0x17, b"270230050000Z") | {"extensions": key_usage(b"\x20")}),
    "RSA of 2048 bits": (None, {"spki": spki(RSA)}),
    "RSA of 2047 bits": (KEY_KIND, {"spki": rsa_spki(MODULUS >> 1 | 1, 65537)}),
    "RSA of 1024 bits": (KEY_KIND, {"spki": rsa_spki(MODULUS >> 1024 | 1, 65537)}),
    "exponent 3": (None, {"spki": rsa_spki(MODULUS, 3)}),
    "exponent 1": (BROKEN, {"spki": rsa_spki(MODULUS, 1)}),
    "an even exponent": (BROKEN, {"spki": rsa_spki(MODULUS, 65536)}),
    "P-384": (None, {"spki": spki(ec.generate_private_key(ec.SECP384R1()).public_key())}),
    "P-521": (KEY_KIND, {"spki": spki(ec.generate_private_key(ec.SECP521R1()).public_key())}),
    "secp256k1": (KEY_KIND, {"spki": spki(ec.generate_private_key(ec.SECP256K1()).public_key())}),
    "Ed25519": (KEY_KIND, {"spki": spki(ed25519.Ed25519PrivateKey.generate().public_key())}),
    "a point beside the curve": (BROKEN, {"spki": der(0x30, P256, der(0x03, b"\0", POINT[:-1], b"\0"))}),
    "no point": (BROKEN, {"spki": der(0x30, P256, der(0x03, b"\0\0"))}),
    "digitalSignature": (None, {"extensions": key_usage(b"\x80")}),
    "nonRepudiation": (None, {"extensions": key_usage(b"\x40")}),
    "all of a holder's usages": (None, {"extensions": key_usage(b"\xf8")}),
    "keyEncipherment": (NO_SIGNER, {"extensions": key_usage(b"\x20")}),
    "keyAgreement and decipherOnly": (NO_SIGNER, {"extensions": key_usage(b"\x08\x80")}),
    "decipherOnly alone": (NO_SIGNER, {"extensions": key_usage(b"\0\x80")}),
    "keyCertSign": (NO_SIGNER, {"extensions": key_usage(b"\x04")}),
    "for clients": (None, purposes("1.3.6.1.5.5.7.3.2")),
    "for servers": (NO_SIGNER, purposes("1.3.6.1.5.5.7.3.1")),
    "for servers and clients": (None, purposes("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")),
    "for time stamps": (NO_SIGNER, purposes("1.3.6.1.5.5.7.3.8")),
    "for a CA's own purpose": (None, purposes("1.2.156.112570.1")),
    "a CA's own": (NO_SIGNER, {"extensions": extension("2.5.29.19", der(0x30, der(0x01, b"\xff")))}),
    "issuer and subject are one": (NO_SIGNER, {"holder": ISSUER}),
    "organisations alone": (None, {"holder": name(attribute(O, 0x0C, b"x"), attribute(O, 0x0C, b"y"))}),
    "a private number twice": (BROKEN, {"extensions": extension("1.2.156.10260.4.1.4", der(0x13, b"x")) * 2}),
    "alternative names twice": (BROKEN, {"extensions": extension("2.5.29.17", der(0x30, der(0x82, b"x"))) * 2}),
    "key identifiers twice": (BROKEN, {"extensions": extension("2.5.29.14", der(0x04, b"x")) * 2}),
    "version 4": (BROKEN, {"version": b"\3"}),
    "GBK in a UTF8String": (BROKEN, {"holder": name(attribute(CN, 0x0C, "供应商".encode("gbk")))}),
    "half of a pair in a UTF8String": (BROKEN, {"holder": name(attribute(CN, 0x0C, b"\xed\xa1\x80\xed\xb0\x80"))}),
    "GeneralString": (BROKEN, {"holder": name(attribute(CN, 0x1B, b"abc"))}),
    "a serial number of no octets": (BROKEN, {"serial": b""}),
}


@pytest.mark.parametrize("what", VERDICTS)
def test_each_is_renewed_or_told(what: str) -> None:
    reason, change = VERDICTS[what]
    shown = read(odd(signature="1.2.840.10045.4.3.2", **change), b"\x01", "", has_private_key=True)
    assert why_not(shown, CLOCK) == reason


def remade(*, inner: bytes | None = None, outer: bytes | None = None, unused: bytes = b"\0") -> bytes:
    """A certificate whose two algorithm identifiers may differ, rightly signed all the same."""
    tbs, algorithm, _ = element(odd(signature="1.2.840.10045.4.3.2"), 0x30).row
    version, serial, same, *rest = (field.whole for field in tbs.row)
    begun = der(0x30, version, serial, inner or same, *rest)
    signature = KEY.sign(begun, ec.ECDSA(SHA256()))
    return der(0x30, begun, outer or algorithm.whole, der(0x03, unused, signature))


SHA256_NULL = der(0x30, oid("1.2.840.10045.4.3.2"), der(0x05))
SHA384 = der(0x30, oid("1.2.840.10045.4.3.3"))


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (remade(), None),
        (remade(inner=SHA256_NULL, outer=SHA256_NULL), None),
        (remade(inner=SHA256_NULL), BROKEN),
        (remade(outer=SHA256_NULL), BROKEN),
        (remade(inner=SHA384), BROKEN),
        (remade(unused=b"\1"), BROKEN),
    ],
    ids=["right", "NULL in both", "NULL within", "NULL without", "another within", "a bit left over"],
)
def test_a_signature_that_openssl_never_verifies_is_told(tmp_path: Path, whole: bytes, reason: Reason | None) -> None:
    (tmp_path / "leaf.der").write_bytes(whole)
    (tmp_path / "ca.pem").write_bytes(AUTHORITY_PEM)
    command = ["openssl", "verify", "-no_check_time", "-CAfile", "ca.pem", "leaf.der"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True)  # noqa: PLW1510 - both are asked for
    assert (said.returncode == 0) is (reason is None)
    assert why_not(read(whole, b"\x01", "", has_private_key=True), CLOCK) == reason
