"""Which names and extensions of a certificate a relying party can use, against OpenSSL's own reading."""

import subprocess

import pytest
from cryptography import x509
from hypothesis import example, given
from hypothesis import strategies as st

from tests.harness.odd_certificates import CN, GOOD, NAME, O, attribute, der, key_usage, name, odd, oid
from tui.core.x509.der import element, elements, encode
from tui.core.x509.keys import canonical
from tui.core.x509.names import is_readable
from tui.core.x509.parts import check_usable, dissect

UNIQUE = "2.5.4.45"
STRINGS = {
    "PrintableString with & _ @": (True, attribute(CN, 0x13, b"Test & Sons_Co @ SZ*")),
    "PrintableString in GBK": (True, attribute(CN, 0x13, "供应商".encode("gbk"))),
    "UTF8String": (True, attribute(CN, 0x0C, "供应商".encode())),
    "UTF8String in GBK": (False, attribute(CN, 0x0C, "供应商".encode("gbk"))),
    "T61String beyond ASCII": (True, attribute(CN, 0x14, b"caf\xe9")),
    "BMPString": (True, attribute(CN, 0x1E, "供应商".encode("utf-16-be"))),
    "BMPString of odd length": (False, attribute(CN, 0x1E, b"abc")),
    "BMPString with half a pair": (False, attribute(CN, 0x1E, b"\xd8\x00")),
    "BMPString with a pair": (False, attribute(CN, 0x1E, "𠀀".encode("utf-16-be"))),
    "UniversalString": (True, attribute(CN, 0x1C, "供应商".encode("utf-32-be"))),
    "UniversalString cut off": (False, attribute(CN, 0x1C, b"\0\0\0A\0")),
    "UniversalString beyond Unicode": (False, attribute(CN, 0x1C, b"\x7f\xff\xff\xff")),
    "IA5String": (True, attribute(CN, 0x16, b"a@b.cn")),
    "IA5String of eight bits": (True, attribute(CN, 0x16, b"\xe9")),
    "NumericString with letters": (True, attribute(CN, 0x12, b"abc")),
    "BIT STRING as x500UniqueIdentifier": (True, attribute(UNIQUE, 0x03, b"\0abc")),
    "BIT STRING as the name": (True, attribute(CN, 0x03, b"\0abc")),
    "BIT STRING of eight unused bits": (False, attribute(CN, 0x03, b"\x08abc")),
    "BIT STRING of nothing": (False, attribute(CN, 0x03, b"")),
    "ObjectDescriptor": (True, attribute(CN, 0x07, b"abc")),
    "ENUMERATED": (False, attribute(CN, 0x0A, b"\1")),
    "empty string": (True, attribute(CN, 0x13, b"")),
    "VisibleString": (False, attribute(CN, 0x1A, b"abc")),
    "OCTET STRING": (False, attribute(CN, 0x04, b"abc")),
    "INTEGER": (False, attribute(CN, 0x02, b"\1")),
    "row of strings": (True, attribute("2.5.4.16", 0x30, der(0x0C, "某路1号".encode()))),
    "type without an arc": (False, der(0x30, der(0x06), der(0x0C, b"a"))),
    "type with half an arc": (False, der(0x30, der(0x06, b"\x2a\x86"), der(0x0C, b"a"))),
    "type with a long arc": (False, der(0x30, der(0x06, b"\x2a\x80\x01"), der(0x0C, b"a"))),
    "three parts": (False, der(0x30, oid(CN), der(0x0C, b"a"), der(0x0C, b"b"))),
    "SET OF in order": (True, attribute(O, 0x0C, b"aa") + attribute(CN, 0x0C, b"zzz")),
    "SET OF not in order": (True, attribute(CN, 0x0C, b"zzz") + attribute(O, 0x0C, b"aa")),
}


@pytest.mark.parametrize("what", STRINGS)
def test_a_name_is_readable_where_openssl_loads_the_certificate(what: str) -> None:
    readable, attributes = STRINGS[what]
    holder = name(attributes)
    whole = odd(holder=holder, signature="1.2.840.10045.4.3.2")
    assert (is_readable(holder), loads(whole)) == (readable, readable)


def test_the_parts_are_the_certificate_s_own_bytes_and_the_rest_is_read_without_names() -> None:
    whole = odd(holder=name(STRINGS["SET OF not in order"][1]), signature="1.2.840.10045.4.3.2")
    parts = dissect(whole)
    assert parts.subject == name(STRINGS["SET OF not in order"][1])
    assert all(part in whole for part in (parts.tbs, parts.serial, parts.issuer, parts.spki))
    read = x509.load_der_x509_certificate(parts.nameless)
    assert (read.subject.public_bytes(), read.serial_number, parts.number) == (b"\x30\0", 1, 0x1F)
    assert read.not_valid_after_utc == x509.load_der_x509_certificate(odd(holder=NAME)).not_valid_after_utc


ALGORITHM = "1.2.840.10045.4.3.2"
WHOLE = odd(extensions=key_usage(b"\xc0"), signature=ALGORITHM)
TBS, *BEHIND = (part.whole for part in element(WHOLE, 0x30).row)
*FIELDS, EXTENSIONS = (part.whole for part in element(TBS, 0x30).row)
NUMBERS = der(0x30, der(0x02, b"\0\xff" * 64), der(0x02, b"\1\0\1"))
ISSUERS, SUBJECTS = der(0x81, b"\0a"), der(0x82, b"\7\x80")
SHAPES = {
    "as it is": (True, 0x30, (EXTENSIONS,)),
    "in a SET": (False, 0x31, (EXTENSIONS,)),
    "unique identifiers": (True, 0x30, (ISSUERS, SUBJECTS, EXTENSIONS)),
    "the subject's alone": (True, 0x30, (SUBJECTS,)),
    "the issuer's last": (False, 0x30, (SUBJECTS, ISSUERS, EXTENSIONS)),
    "the issuer's twice": (False, 0x30, (ISSUERS, ISSUERS, EXTENSIONS)),
    "an identifier behind the extensions": (False, 0x30, (EXTENSIONS, ISSUERS)),
    "an identifier of nothing": (False, 0x30, (der(0x81), EXTENSIONS)),
    "an identifier of eight unused bits": (False, 0x30, (der(0x82, b"\x08a"), EXTENSIONS)),
}


ANY = {
    "nothing of RSA": (True, b"\5\0"),
    "a NULL of something": (False, b"\5\1a"),
    "an empty number": (False, b"\2\0"),
    "a long number": (False, b"\2\2\0\1"),
    "an empty kind": (False, b"\6\0"),
    "a truth of two octets": (False, b"\1\2aa"),
    "bits that are none": (False, b"\3\1\x08"),
    "an end": (False, b"\0\0"),
    "a row in no pieces": (False, b"\x10\0"),
    "half a character": (False, b"\x1e\1a"),
    "a row": (True, b"\x30\0"),
    "text": (True, b"\x0c\1\xff"),
    "something of its own": (True, b"\x80\1a"),
}


@pytest.mark.parametrize("what", ANY)
def test_parameters_are_read_where_openssl_loads_them(what: str) -> None:
    right, parameters = ANY[what]
    for kind in (ALGORITHM, "1.2.840.113549.1.1.11"):
        whole = odd(signature=kind, parameters=parameters)
        assert (is_loaded(whole), loads(whole)) == (right, right)
    key = der(0x30, der(0x30, oid("1.2.840.113549.1.1.1"), parameters), der(0x03, b"\0", NUMBERS))
    assert is_canonical(key) is right
    assert loads(odd(spki=key)) is right


@pytest.mark.parametrize("what", SHAPES)
def test_a_certificate_is_read_where_openssl_loads_it(what: str) -> None:
    right, tag, fields = SHAPES[what]
    whole = der(0x30, der(tag, *FIELDS, *fields), *BEHIND)
    assert (is_loaded(whole), loads(whole)) == (right, right)


def is_canonical(spki: bytes) -> bool:
    """Whether its parameters are taken for those of an RSA key."""
    return element(canonical(spki), 0x30).row[0].row[1].whole == b"\5\0"


def is_loaded(whole: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(dissect(whole).nameless)
    except ValueError:
        return False
    return True


def loads(whole: bytes) -> bool:
    """Whether OpenSSL does."""
    command = ["openssl", "x509", "-inform", "DER", "-noout"]
    return subprocess.run(command, input=whole, capture_output=True, check=False).returncode == 0


POLICIES = der(0x30, oid("2.5.29.32"), der(0x04, b"not even DER"))
"""certificatePolicies: decoded by those alone who ask for policies."""
UNKNOWN = der(0x30, oid("1.2.3.4"), der(0x04, b"not even DER"))
CRITICAL = der(0x30, oid("1.2.3.4"), der(0x01, b"\xff"), der(0x04, b"not even DER"))


@pytest.mark.parametrize(
    ("extensions", "valid"),
    [
        (b"", True),
        (key_usage(b"\xc0"), True),
        (key_usage(b"\xc0") + key_usage(b"\x38"), False),
        (UNKNOWN, True),
        (UNKNOWN + UNKNOWN, False),
        (CRITICAL, False),
        (POLICIES, True),
        (der(0x30, oid("2.5.29.15"), der(0x04, b"not even DER")), False),
        (der(0x30, oid("2.5.29.17"), der(0x04, b"not even DER")), False),
        (der(0x30, oid("2.5.29.15"), der(0x01, b"\0"), der(0x04, der(0x03, b"\0\xc0"))), True),
    ],
    ids=[
        "none",
        "one",
        "twice",
        "unknown",
        "unknown twice",
        "unknown critical",
        "policies",
        "key usage",
        "alternative name",
        "FALSE told",
    ],
)
def test_extensions_that_relying_parties_decode_must_be_right_and_there_once(extensions: bytes, valid: bool) -> None:
    whole = odd(extensions=extensions, signature="1.2.840.10045.4.3.2")
    try:
        check_usable(dissect(whole).nameless)
        found = True
    except ValueError:
        found = False
    assert found is valid


@given(st.binary(max_size=80), st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@example(b"\x30\x80\0\0", 0, 1)
@example(b"\x30\x81\x05hello", 1, 1)
def test_any_bytes_are_cut_up_or_refused(row: bytes, at: int, change: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] ^= change
    for value in (row, bytes(damaged)):
        try:
            check_usable(dissect(value).nameless)
        except ValueError:
            continue


@given(st.lists(st.binary(max_size=300), max_size=5))
@example([bytes(127), bytes(128), bytes(255), bytes(256), bytes(65536)])
def test_what_is_put_together_comes_apart_the_same(contents: list[bytes]) -> None:
    assert [one.content for one in elements(b"".join(encode(0x04, content) for content in contents))] == contents
