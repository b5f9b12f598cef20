"""Which extensions relying parties can decode, against OpenSSL's own verdict; and how DER would have written them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.odd_certificates import CN, attribute, der, name, odd, oid
from tui.core.x509.der import element
from tui.core.x509.extensions import canonical
from tui.core.x509.parts import check_usable, dissect
from tui.token.x509 import certificates

KEY_USAGE, BASIC, ALTERNATIVE, NAMES, POINTS, AUTHORITY, PURPOSES = (
    f"2.5.29.{arc}" for arc in (15, 19, 17, 30, 31, 35, 37)
)
SIGNING = der(0x03, b"\x06\xc0")
HOST = der(0x82, b"x.cn")


def extension(kind: str, value: bytes, critical: bytes | None = None) -> bytes:
    flag = b"" if critical is None else der(0x01, critical)
    return der(0x30, oid(kind), flag, der(0x04, value))


def constraints(*fields: bytes) -> bytes:
    return extension(BASIC, der(0x30, *fields))


def alternative(*names: bytes) -> bytes:
    return extension(ALTERNATIVE, der(0x30, *names))


def point(*fields: bytes) -> bytes:
    return extension(POINTS, der(0x30, der(0x30, *fields)))


def authority() -> bytes:
    """The certificate of the authority that `odd` names as the issuer."""
    holder = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "国密 CA")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(holder, holder, KEY.public_key(), 1, begin, begin + timedelta(days=900))
    whole = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(KEY, SHA256())
    return whole.public_bytes(Encoding.PEM)


def signed(whole: bytes) -> bytes:
    tbs, algorithm, _ = (part.whole for part in element(whole, 0x30).row)
    return der(0x30, tbs, algorithm, der(0x03, b"\0" + KEY.sign(tbs, ec.ECDSA(SHA256()))))


KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY_PEM = authority()
FALSE, TRUE, ONE = der(0x01, b"\0"), der(0x01, b"\xff"), der(0x02, b"\1")
DIRECTORY = name(attribute(CN, 0x0C, b"a"))
HANDLED = frozenset({32, 33, 36, 54})
UNREAD = (9, 16, 18, 32, 33, 36, 46, 54)
"""Arcs of extensions that are decoded by those alone who ask for them."""
FORMS = {
    "key usage": (True, extension(KEY_USAGE, SIGNING)),
    "critical FALSE": (True, extension(KEY_USAGE, SIGNING, b"\0")),
    "critical TRUE": (True, extension(KEY_USAGE, SIGNING, b"\xff")),
    "critical 1": (True, extension(KEY_USAGE, SIGNING, b"\1")),
    "critical FALSE of an unknown kind": (True, extension("1.2.3.4", b"x", b"\0")),
    "key usage and more": (True, extension(KEY_USAGE, SIGNING + b"\0")),
    "key usage with bits beyond the last": (True, extension(KEY_USAGE, der(0x03, b"\x06\xff"))),
    "key usage with zeros": (True, extension(KEY_USAGE, der(0x03, b"\0\xc0\0"))),
    "key usage of nothing": (False, extension(KEY_USAGE, der(0x03, b"\x07\0"))),
    "key usage of unused bits": (False, extension(KEY_USAGE, der(0x03, b"\x07\x7f"))),
    "key usage of eight unused bits": (False, extension(KEY_USAGE, der(0x03, b"\x08\xc0"))),
    "key usage in an OCTET STRING": (False, extension(KEY_USAGE, der(0x04, b"\xc0"))),
    "cA FALSE": (True, constraints(FALSE)),
    "cA FALSE and more": (True, extension(BASIC, der(0x30, FALSE) + b"\0\0")),
    "cA TRUE": (True, constraints(TRUE)),
    "cA 1": (True, constraints(der(0x01, b"\1"), ONE)),
    "cA of two octets": (False, constraints(der(0x01, b"\0\0"))),
    "path length alone": (True, constraints(ONE)),
    "path length and cA FALSE": (True, constraints(FALSE, ONE)),
    "path length below zero": (False, constraints(TRUE, der(0x02, b"\xff"))),
    "path length not in its shortest form": (False, constraints(TRUE, der(0x02, b"\0\1"))),
    "path length first": (False, constraints(ONE, TRUE)),
    "constraints cut off": (False, extension(BASIC, b"\x30\x03\x01")),
    "no names": (True, alternative()),
    "mail beyond ASCII": (True, alternative(der(0x81, "张@b.cn".encode()))),
    "address of five octets": (True, alternative(der(0x87, b"12345"))),
    "directory name": (True, alternative(der(0xA4, DIRECTORY))),
    "directory name in the wrong UTF-8": (False, alternative(der(0xA4, name(attribute(CN, 0x0C, b"\xff"))))),
    "ediPartyName": (True, alternative(der(0xA5, der(0xA1, der(0x0C, b"x"))))),
    "ediPartyName of a number": (False, alternative(der(0xA5, der(0xA1, der(0x02, b"\1"))))),
    "ediPartyName without a party": (False, alternative(der(0xA5, der(0xA0, der(0x0C, b"x"))))),
    "ediPartyName of half a character": (False, alternative(der(0xA5, der(0xA1, der(0x1E, b"x"))))),
    "ediPartyName in the wrong UTF-8": (True, alternative(der(0xA5, der(0xA1, der(0x0C, b"\xff"))))),
    "other name of two values": (False, alternative(der(0xA0, oid("1.2.3"), der(0xA0, der(0x0C, b"x") * 2)))),
    "ediPartyName of nothing": (False, alternative(der(0xA5))),
    "x400Address": (True, alternative(der(0xA3, b"abc"))),
    "a long length": (True, extension(KEY_USAGE, b"\x03\x81\x02\x06\xc0")),
    "a long length of a name": (True, alternative(b"\x82\x82\0\x04x.cn")),
    "no end told of names": (True, extension(ALTERNATIVE, b"\x30\x80" + HOST + b"\0\0")),
    **{f"critical {arc}": (arc in HANDLED, extension(f"2.5.29.{arc}", der(0x30), b"\xff")) for arc in UNREAD},
    "critical and private": (False, extension("1.2.156.10260.4.1.5", b"x", b"\xff")),
    "a proxy's": (False, extension("1.3.6.1.5.5.7.1.14", der(0x30, der(0x30, oid("1.3.6.1.5.5.7.21.1"))))),
    "addresses that are no DER": (False, extension("1.3.6.1.5.5.7.1.7", b"x")),
    "systems that are no DER": (False, extension("1.3.6.1.5.5.7.1.8", b"x")),
    "registered": (True, alternative(der(0x88, b"\x2a\3"))),
    "registered with half an arc": (False, alternative(der(0x88, b"\x2a\x83"))),
    "registered with a long arc": (False, alternative(der(0x88, b"\x2a\x80\x03"))),
    "other name": (True, alternative(der(0xA0, oid("1.2.3"), der(0xA0, der(0x0C, b"x"))))),
    "other name of bits that are none": (False, alternative(der(0xA0, oid("1.2.3"), der(0xA0, b"\3\1\x08")))),
    "other name of text in broken pieces": (False, alternative(der(0xA0, oid("1.2.3"), der(0xA0, b"\x2c\1a")))),
    "other name without a value": (False, alternative(der(0xA0, oid("1.2.3")))),
    "name of no kind": (False, alternative(der(0x89, b"x"))),
    "authority by name alone": (True, extension(AUTHORITY, der(0x30, der(0xA1, HOST)))),
    "authority by serial number alone": (True, extension(AUTHORITY, der(0x30, der(0x82, b"\1")))),
    "authority twice": (False, extension(AUTHORITY, der(0x30, der(0x80, b"x"), der(0x80, b"x")))),
    "distance 0": (True, extension(NAMES, der(0x30, der(0xA0, der(0x30, HOST, der(0x80, b"\0")))))),
    "distance first": (False, extension(NAMES, der(0x30, der(0xA0, der(0x30, der(0x80, b"\0"), HOST))))),
    "point": (True, point(der(0xA0, der(0xA0, der(0x86, b"http://x"))))),
    "point by relative name": (True, point(der(0xA0, der(0xA1, attribute(CN, 0x0C, b"a"))), der(0x81, b"\0\xff"))),
    "point of the issuer": (True, point(der(0xA2, der(0xA4, DIRECTORY)))),
    "point of no place": (False, point()),
    "point of nobody": (False, point(der(0x81, b"\0\xff"), der(0xA2))),
    "point of no kind": (False, point(der(0xA3, b""))),
    "point cut off": (False, extension(POINTS, b"\x30\x03\x01")),
    "purposes": (True, extension(PURPOSES, der(0x30, oid("1.3.6.1.5.5.7.3.2")))),
    "no purposes": (True, extension(PURPOSES, der(0x30))),
    "purposes that are text": (False, extension(PURPOSES, der(0x30, der(0x0C, b"x")))),
    "Netscape's type": (True, extension("2.16.840.1.113730.1.1", der(0x03, b"\x05\xa0"))),
    "Netscape's type as text": (False, extension("2.16.840.1.113730.1.1", der(0x0C, b"x"))),
    "policies that are no DER": (True, extension("2.5.29.32", b"x")),
}


@pytest.mark.parametrize("what", FORMS)
def test_extensions_are_judged_as_openssl_does(tmp_path: Path, what: str) -> None:
    valid, extensions = FORMS[what]
    whole = signed(odd(extensions=extensions, signature="1.2.840.10045.4.3.2"))
    (tmp_path / "leaf.der").write_bytes(whole)
    (tmp_path / "ca.pem").write_bytes(AUTHORITY_PEM)
    command = ["openssl", "verify", "-no_check_time", "-CAfile", "ca.pem", "leaf.der"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True)  # noqa: PLW1510 — both are asked for
    nameless = dissect(whole).nameless
    x509.load_der_x509_certificate(nameless)
    try:
        check_usable(nameless)
        found = True
    except ValueError:
        found = False
    assert (found, said.returncode == 0) == (valid, valid), said.stderr
    assert certificates.read(whole, b"", "", has_private_key=True).well_formed is valid


CANONICAL = {
    "critical FALSE": "key usage",
    "key usage and more": "key usage",
    "key usage with bits beyond the last": "key usage",
    "critical 1": "critical TRUE",
    "a long length": "key usage",
    "cA FALSE and more": "cA FALSE",
    "path length alone": "cA FALSE",
    "path length and cA FALSE": "cA FALSE",
}


@pytest.mark.parametrize("what", CANONICAL)
def test_what_means_the_same_is_written_the_same(what: str) -> None:
    one, other = (canonical(element(FORMS[which][1], 0x30)) for which in (what, CANONICAL[what]))
    assert one == other


def test_what_is_false_by_default_is_not_written() -> None:
    assert canonical(element(constraints(FALSE), 0x30)) == constraints()
    assert canonical(element(constraints(der(0x01, b"\1"), ONE), 0x30)) == constraints(TRUE, ONE)


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 200), st.integers(1, 255))
def test_whatever_is_damaged_is_judged(what: str, at: int, change: int) -> None:
    damaged = bytearray(FORMS[what][1])
    damaged[at % len(damaged)] ^= change
    whole = odd(extensions=bytes(damaged), signature="1.2.840.10045.4.3.2")
    certificates.read(whole, b"", "", has_private_key=True)
