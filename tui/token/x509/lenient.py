"""Certificates that the strict parser refuses, read as far as people need them; whatever the bytes, nothing is raised.

Seen on tokens: SM2 keys (GM/T 0015), GBK in string types of ASCII, T61String, BMPString and UniversalString names,
empty RDNs, negative serials, times without seconds or with offsets, BER lengths, values that a driver cut off.
"""

import base64
import binascii
import contextlib
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from tui.core.certificate import SM2, Usage
from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.core.usage import Claims, usage_of
from tui.core.x509 import ber, keys
from tui.core.x509.ber import Element
from tui.token.x509.alternative import SUBJECT_ALT_NAME, alternative_name
from tui.token.x509.strings import Name, name, oid, time

LONGEST = 65_536
"""Bytes; nothing longer is a certificate."""
_LONGEST_TEXT = 2 * LONGEST
_PEM = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END ")
_BLANKS = b" \t\r\n\0"
_RSA, _EC, _SM2 = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.156.10197.1.301"
_CURVES = {"1.2.840.10045.3.1.7": "EC-P256", "1.3.132.0.34": "EC-P384", "1.3.132.0.35": "EC-P521", _SM2: SM2}
_KEY_USAGE, _BASIC_CONSTRAINTS, _PURPOSES = (bytes((0x55, 0x1D, arc)) for arc in (15, 19, 37))
"""OIDs 2.5.29.…: keyUsage, basicConstraints, extKeyUsage."""
_ISSUER, _SUBJECT = 2, 4
"""Places in what `tbs_fields` gives."""


@frozen
class Reading:
    """What the kiosk shows of a certificate; the fields are those of `core.certificate.Certificate`."""

    subject: str
    common_name: str
    issuer: str
    serial: str
    dates: tuple[datetime, datetime] | None
    """notBefore and notAfter; None where either is no moment of the calendar."""
    key: str
    spki: str
    usage: Usage


def read(der: bytes) -> Reading | None:
    """The certificate's facts; None when these bytes are no certificate."""
    match fields := tbs_fields(der) if len(der) <= LONGEST else ():
        case (
            Element(tag=0x02) as serial,
            Element(tag=0x30),
            Element(tag=0x30) as issuer,
            Element(tag=0x30) as validity,
            Element(tag=0x30) as subject,
            Element(tag=0x30) as spki,
            *_,
        ):
            holder = named(name(subject), fields)
            return Reading(
                subject=holder.text,
                common_name=holder.common_name,
                issuer=name(issuer).text,
                serial=printable(f"{int.from_bytes(serial.content, signed=True):x}"),
                dates=_dates(validity),
                key=key_name(spki),
                spki=_digest(spki),
                usage=usage(fields),
            )
    return None


def _dates(validity: Element) -> tuple[datetime, datetime] | None:
    match [time(element) for element in validity.elements[:2]]:
        case [datetime() as not_before, datetime() as not_after]:
            return not_before, not_after
    return None


def alone(value: bytes) -> bytes:
    """The certificate without what stands around it in its file on the token: blanks, zeros, the rest of a longer one.

    One in PEM (RFC 7468) is taken out of it. What begins with no SEQUENCE, or with half of one, stays as it is.
    """
    der = value.lstrip(_BLANKS)
    is_text = der[:1] != b"\x30" or der[1:2].isascii()  # a certificate's length takes more than the one octet
    with contextlib.suppress(binascii.Error):
        if is_text and (text := _PEM.search(value[:_LONGEST_TEXT])):
            der = base64.b64decode(text[1])  # which leaves line ends out
    return (der[:1] == b"\x30" and ber.first(der)) or value


def spki_digest(der: bytes) -> str:
    """SHA-256 over SubjectPublicKeyInfo, hex, of which all else is left unread; empty where there is none."""
    match tbs_fields(der) if len(der) <= LONGEST else ():
        case (_, _, _, _, _, Element(tag=0x30) as spki, *_):
            return _digest(spki)
    return ""


def _digest(spki: Element) -> str:
    return hashlib.sha256(keys.canonical(spki.whole)).hexdigest()


def tbs_fields(der: bytes) -> Sequence[Element]:
    """The fields of a TBSCertificate (RFC 5280 4.1) from the serial number on; empty where there is none."""
    certificate = ber.elements(der, cut_short=True)[:1]
    tbs = [part for whole in certificate for part in ber.elements(whole.content, cut_short=True)[:1]]
    fields = tbs[0].elements if tbs else ()
    return fields[1:] if fields and fields[0].tag == 0xA0 else fields


def key_name(spki: Element) -> str:
    """`RSA-2048`, `EC-P256`, `SM2`, … or the dotted OID of the algorithm or curve (RFC 3279, RFC 5480, GM/T 0006)."""
    match spki.elements:
        case (Element(tag=0x30) as algorithm, Element(tag=0x03) as key, *_):
            match [element for element in algorithm.elements if element.tag == 0x06]:
                case [kind, *parameters]:
                    return _algorithm(oid(kind.content), parameters, key)
    return ""


def _algorithm(kind: str, parameters: list[Element], key: Element) -> str:
    curve = oid(parameters[0].content) if parameters else ""
    if _SM2 in (kind, curve):
        return SM2
    if kind == _EC and curve:
        return _CURVES.get(curve, curve)
    modulus = _modulus_bits(key) if kind == _RSA else 0
    return f"RSA-{modulus}" if modulus else kind


def _modulus_bits(key: Element) -> int:
    for public_key in ber.elements(key.octets[1:]):
        for modulus in public_key.elements[:1]:
            return int.from_bytes(modulus.content).bit_length()
    return 0


def named(holder: Name, fields: Sequence[Element]) -> Name:
    """The subject, or what stands in its place where it is empty."""
    if holder.text:
        return holder
    return alternative_name(tuple(extension_values(fields, SUBJECT_ALT_NAME)))


def extension_values(fields: Sequence[Element], wanted: bytes) -> Iterator[Element]:
    """The OCTET STRING of each extension with this OID, in the fields of a TBSCertificate."""
    for wrapped in (field for field in fields if field.tag == 0xA3):
        for extension in (extension for row in wrapped.elements for extension in row.elements):
            match extension.elements:
                case (Element(tag=0x06, content=kind), *_, Element(tag=0x04) as value) if kind == wanted:
                    yield value


def usage(fields: Sequence[Element]) -> Usage:
    """By the names and extensions in the fields of a TBSCertificate; what cannot be read forbids nothing."""
    return usage_of(
        Claims(
            key_usage=next((_bits(value) for value in _extension(fields, _KEY_USAGE)), None),
            authority=any(_is_true(value) for value in _extension(fields, _BASIC_CONSTRAINTS)),
            self_issued=len(fields) > _SUBJECT and fields[_ISSUER].whole == fields[_SUBJECT].whole,
            purposes=frozenset(
                oid(purpose.content)
                for value in _extension(fields, _PURPOSES)
                for purpose in value.elements
                if purpose.tag == 0x06
            ),
        )
    )


def _extension(fields: Sequence[Element], wanted: bytes) -> Iterator[Element]:
    """The values of the extensions of this kind."""
    for value in extension_values(fields, wanted):
        yield from ber.elements(value.octets)[:1]


def _bits(value: Element) -> int | None:
    """The first octet of named bits, without those beyond the last; None for what is no BIT STRING."""
    if value.tag & ~ber.CONSTRUCTED != 0x03:
        return None
    unused, octet = value.octets[:1], int.from_bytes(value.octets[1:2])
    return octet & 0xFF << int.from_bytes(unused) if len(value.octets) == 2 else octet


def _is_true(constraints: Element) -> bool:
    """cA of BasicConstraints (RFC 5280 4.2.1.9), whose default is false; BER's TRUE is any octet but zero."""
    return any(part.tag == 0x01 and any(part.content) for part in constraints.elements[:1])
