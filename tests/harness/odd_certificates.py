"""Certificates put together element by element, so that they may break any rule."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rig.softhsm import issue, make_ca, subject

CA = make_ca()
EC = ec.generate_private_key(ec.SECP256R1()).public_key()
GOOD = issue(CA, subject("国密供应商有限公司"), EC)
SPKI = EC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SM2, SM3_WITH_SM2 = "1.2.156.10197.1.301", "1.2.156.10197.1.501"


def der(tag: int, *parts: bytes) -> bytes:
    """One element in DER."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    return der(0x06, _arcs(dotted))


def _arcs(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in (40 * first + second, *rest):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(octets))
    return content


def attribute(kind: str, tag: int, value: bytes) -> bytes:
    """AttributeTypeAndValue."""
    return der(0x30, oid(kind), der(tag, value))


def name(*relative: bytes) -> bytes:
    """A name of RDNs, each given by its content."""
    return der(0x30, *(der(0x31, attributes) for attributes in relative))


CN, O = "2.5.4.3", "2.5.4.10"  # noqa: E741 - the attribute's name
NAME = name(attribute(O, 0x0C, "某某公司".encode()), attribute(CN, 0x0C, "某某".encode()))
ISSUER = name(attribute(CN, 0x0C, "国密 CA".encode()))
VALIDITY = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"261213050000Z"))


def odd(
    *,
    version: bytes = b"\x02",
    serial: bytes = b"\x1f",
    issuer: bytes = ISSUER,
    holder: bytes = NAME,
    validity: bytes = VALIDITY,
    spki: bytes = SPKI,
    extensions: bytes = b"",
    signature: str = SM3_WITH_SM2,
    parameters: bytes = b"",
) -> bytes:
    """A certificate of these parts; its signature is none."""
    algorithm = der(0x30, oid(signature), parameters)
    wrapped = der(0xA3, der(0x30, extensions)) if extensions else b""
    tbs = der(
        *(0x30, der(0xA0, der(0x02, version)), der(0x02, serial), algorithm, issuer, validity, holder, spki, wrapped)
    )
    return der(0x30, tbs, algorithm, der(0x03, b"\0" + bytes(64)))


def key_usage(bits: bytes) -> bytes:
    """The extension with these named bits."""
    return der(0x30, oid("2.5.29.15"), der(0x01, b"\xff"), der(0x04, der(0x03, b"\0" + bits)))
