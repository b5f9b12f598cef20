"""One encoding for one RSA key, whatever a CA wrote, against OpenSSL's reading of the number."""

import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.odd_certificates import SPKI, der, oid
from tui.core.x509.keys import canonical, has_named_curve

RSA = rsa.generate_private_key(65537, 2048).public_key()
RIGHT = RSA.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
MODULUS = RSA.public_numbers().n.to_bytes(256)
EXPONENT = der(0x02, b"\1\0\1")
KIND, NULL = oid("1.2.840.113549.1.1.1"), b"\5\0"


def spki(
    *numbers: bytes, kind: bytes = KIND, parameters: bytes = NULL, begin: bytes = b"\0", behind: bytes = b""
) -> bytes:
    return der(0x30, der(0x30, kind, parameters), der(0x03, begin, der(0x30, *numbers), behind))


PLAIN = der(0x02, b"\0", MODULUS)
SAME = {
    "as it is": spki(PLAIN, EXPONENT),
    "no parameters": spki(PLAIN, EXPONENT, parameters=b""),
    "other parameters": spki(PLAIN, EXPONENT, parameters=der(0x30)),
    "no sign": spki(der(0x02, MODULUS), EXPONENT),
    "two signs": spki(der(0x02, b"\0\0", MODULUS), EXPONENT),
    "a sign of the exponent": spki(PLAIN, der(0x02, b"\0\1\0\1")),
    "more behind it": spki(PLAIN, EXPONENT, behind=b"\0\0"),
    "rsa of X.509": spki(PLAIN, EXPONENT, kind=oid("2.5.8.1.1")),
    "a long length": spki(b"\x02\x83\0\1\1\0" + MODULUS, EXPONENT),
}


@pytest.mark.parametrize("what", SAME)
def test_the_key_that_openssl_reads_has_one_encoding(what: str) -> None:
    assert canonical(SAME[what]) == RIGHT
    command = ["openssl", "rsa", "-pubin", "-inform", "DER", "-noout", "-modulus"]
    said = subprocess.run(command, input=SAME[what], capture_output=True, check=True)
    assert said.stdout.decode().strip().lower() == f"modulus={MODULUS.hex()}"


@pytest.mark.parametrize(
    "other",
    [
        SPKI,
        b"",
        b"\x30",
        spki(PLAIN),
        spki(PLAIN, EXPONENT, EXPONENT),
        spki(PLAIN, NULL, EXPONENT),
        spki(PLAIN, EXPONENT, begin=b"\1"),
        spki(PLAIN, EXPONENT, parameters=b"\5\1a"),
        spki(PLAIN, EXPONENT, parameters=NULL * 2),
    ],
    ids=[
        "elliptic curve",
        "nothing",
        "cut off",
        "no exponent",
        "three numbers",
        "something between the numbers",
        "a bit left over",
        "a NULL of something",
        "two parameters",
    ],
)
def test_what_is_no_rsa_key_stays_as_it_is(other: bytes) -> None:
    assert canonical(other) == other


@given(st.integers(0, 290), st.integers(1, 255))
def test_whatever_is_damaged_is_rewritten_or_stays(at: int, change: int) -> None:
    damaged = bytearray(RIGHT)
    damaged[at] ^= change
    assert canonical(canonical(bytes(damaged))) == canonical(bytes(damaged))


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (SPKI, True),
        (RIGHT, True),
        (der(0x30, der(0x30, oid("1.2.840.10045.2.1"), der(0x30)), der(0x03, b"\0")), False),
        (der(0x30, der(0x30, oid("1.2.840.10045.2.1")), der(0x03, b"\0")), False),
        (der(0x30, der(0x30, oid("1.2.840.10045.2.1"), NULL), der(0x03, b"\0")), False),
    ],
    ids=["P-256", "RSA", "parameters", "none", "of the issuer"],
)
def test_a_curve_is_named(key: bytes, named: bool) -> None:
    assert has_named_curve(key) is named
