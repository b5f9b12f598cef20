"""Extensions of certificates by their form (RFC 5280, 4.2): which can be decoded, and how DER would write them.

Measured with OpenSSL, which decodes the kinds below of every certificate and takes defaults that are written out,
a TRUE that is not FF, bits beyond the last and bytes behind a value; strict parsers refuse each of these.
"""

from collections.abc import Callable, Mapping

from tui.core.x509.ber import first as first_of
from tui.core.x509.der import (
    INTEGER,
    OID,
    SEQUENCE,
    SET,
    Element,
    element,
    elements,
    encode,
    is_bit_string,
    is_integer,
    is_oid,
    is_value,
    leading,
)
from tui.core.x509.names import is_readable
from tui.core.x509.shortest import shortest

BOOLEAN, BIT_STRING, OCTET_STRING = 0x01, 0x03, 0x04
_SIGN = 0x80
"""Of an INTEGER, in its first octet."""
_Form = Callable[[bytes], bool]
"""Whether the content of an element is of a form; `ValueError` is the same as not."""


def canonical(extension: Element) -> bytes:
    """The extension as DER writes it (X.690, 11.1, 11.2.1, 11.5); what is none of a known form stays as it is."""
    match extension.row if extension.tag == SEQUENCE else ():
        case (Element(tag=0x06) as kind, Element(tag=0x04) as value):
            critical = b""
        case (Element(tag=0x06) as kind, Element(tag=0x01, content=flag), Element(tag=0x04) as value) if len(flag) == 1:
            critical = _true_or_left_out(flag)
        case _:
            return extension.whole
    return encode(SEQUENCE, kind.whole, critical, encode(OCTET_STRING, _value(kind.content, value.content)))


def check_extension(extension: Element) -> bytes:
    """The content of the OID of an extension (canonical) for which no relying party calls the certificate invalid.

    :raises ValueError: it is critical and known to nobody, or cannot be decoded by those who look at all of its kind.
    """
    kind, *flags, value = element(extension.whole, SEQUENCE).row
    if flags and kind.content not in _HANDLED:
        raise ValueError("a critical extension that nobody knows")
    if not _is_decodable(kind.content, value.content):
        raise ValueError("an extension that cannot be decoded")
    return kind.content


def _is_decodable(kind: bytes, value: bytes) -> bool:
    if kind not in _FORMS:
        return True
    tag, form = _FORMS[kind]
    try:
        return form(element(value, tag).content)
    except ValueError:
        return False


def _value(kind: bytes, value: bytes) -> bytes:
    if kind not in _FORMS:
        return value
    try:
        first = leading(shortest(first_of(value)))
        if kind == _BASIC_CONSTRAINTS and first.tag == SEQUENCE:
            return _basic_constraints(first)
    except ValueError:
        return value
    if first.tag == BIT_STRING and is_bit_string(first.content):
        return encode(BIT_STRING, _without_odd_bits(first.content))
    return first.whole


def _basic_constraints(constraints: Element) -> bytes:
    """With cA only where it is true, and a path length only with it, which alone means nothing (RFC 5280, 4.2.1.9)."""
    match constraints.row:
        case (Element(tag=0x01, content=flag), *rest) if len(flag) == 1:
            authority = _true_or_left_out(flag)
        case rest:
            authority = b""
    if not authority and [one.tag for one in rest] == [INTEGER] and _is_count(rest[0].content):
        return encode(SEQUENCE)
    return encode(SEQUENCE, authority, *(one.whole for one in rest))


def _true_or_left_out(flag: bytes) -> bytes:
    return encode(BOOLEAN, b"\xff") if any(flag) else b""


def _without_odd_bits(content: bytes) -> bytes:
    unused, *octets = content
    if octets:
        octets[-1] &= 0xFF << unused & 0xFF
    return bytes((unused, *octets))


def _is_nothing(_content: bytes) -> bool:
    return False


def _is_anything(_content: bytes) -> bool:
    return True


def _is_boolean(content: bytes) -> bool:
    return len(content) == 1


def _is_count(content: bytes) -> bool:
    return is_integer(content) and not content[0] & _SIGN


def _is_usage(content: bytes) -> bool:
    """Of one purpose at least (RFC 5280, 4.2.1.3)."""
    return is_bit_string(content) and any(content[1:])


def _row_of(tag: int, form: _Form) -> _Form:
    """SEQUENCE OF."""
    return lambda content: all(one.tag == tag and form(one.content) for one in elements(content))


def _fields(*fields: tuple[int, _Form]) -> _Form:
    """SEQUENCE whose fields may all be left out."""

    def fits(content: bytes) -> bool:
        forms = iter(fields)
        return all(any(tag == one.tag and form(one.content) for tag, form in forms) for one in elements(content))

    return fits


def _is_general_name(one: Element) -> bool:
    match one.tag:
        case 0xA0:  # otherName
            kind, value = elements(one.content)
            (held,) = elements(value.content)
            return (kind.tag, value.tag) == (OID, 0xA0) and is_oid(kind.content) and is_value(held)
        case 0xA4:  # directoryName
            return is_readable(one.content)
        case 0x88:  # registeredID
            return is_oid(one.content)
        case 0xA5:  # ediPartyName
            return [part.tag for part in elements(one.content)][-1:] == [0xA1] and _PARTY(one.content)
        case _:  # texts of IA5, whose octets nobody checks, addresses of any length, and x400Address
            return one.tag in {0x81, 0x82, 0x86, 0x87, 0xA3}


def _is_party(content: bytes) -> bool:
    (one,) = elements(content)
    return one.tag in _OCTETS and len(one.content) % _OCTETS[one.tag] == 0


def _are_names(content: bytes) -> bool:
    return all(map(_is_general_name, elements(content)))


def _is_subtree(content: bytes) -> bool:
    base, *distances = elements(content)
    return _is_general_name(base) and _DISTANCES(b"".join(one.whole for one in distances))


def _is_point_name(content: bytes) -> bool:
    """DistributionPointName (RFC 5280, 4.2.1.13)."""
    (one,) = elements(content)
    if one.tag == 0xA1:
        return is_readable(encode(SEQUENCE, encode(SET, one.content)))
    return one.tag == 0xA0 and _are_names(one.content)


def _is_point(content: bytes) -> bool:
    """DistributionPoint (RFC 5280, 4.2.1.13), which names a place or an issuer."""
    named = any(one.tag == 0xA0 or (one.tag == 0xA2 and one.content) for one in elements(content))
    return named and _POINT(content)


_OCTETS = {0x0C: 1, 0x13: 1, 0x14: 1, 0x1C: 4, 0x1E: 2}
"""Of a character of DirectoryString (RFC 5280, 4.1.2.4) by string type; which character is looked at by nobody here."""
_PARTY = _fields((0xA0, _is_party), (0xA1, _is_party))
_DISTANCES = _fields((0x80, is_integer), (0x81, is_integer))
_SUBTREES = _row_of(SEQUENCE, _is_subtree)
_POINT = _fields((0xA0, _is_point_name), (0x81, is_bit_string), (0xA2, _are_names))
_BASIC_CONSTRAINTS = bytes.fromhex("551d13")
_HANDLED = frozenset(
    {
        *(bytes((0x55, 0x1D, arc)) for arc in (15, 17, 19, 30, 31, 32, 33, 36, 37, 54)),
        bytes.fromhex("6086480186f8420101"),  # netscape-cert-type
        bytes.fromhex("2b0601050507300105"),  # id-pkix-ocsp-nocheck
    }
)
"""Kinds that OpenSSL takes where they are critical, each tried."""
_FORMS: Mapping[bytes, tuple[int, _Form]] = {
    bytes.fromhex("551d0e"): (OCTET_STRING, _is_anything),  # subjectKeyIdentifier
    bytes.fromhex("551d0f"): (BIT_STRING, _is_usage),  # keyUsage
    bytes.fromhex("551d11"): (SEQUENCE, _are_names),  # subjectAltName
    _BASIC_CONSTRAINTS: (SEQUENCE, _fields((BOOLEAN, _is_boolean), (INTEGER, _is_count))),
    bytes.fromhex("551d1e"): (SEQUENCE, _fields((0xA0, _SUBTREES), (0xA1, _SUBTREES))),  # nameConstraints
    bytes.fromhex("551d1f"): (SEQUENCE, _row_of(SEQUENCE, _is_point)),  # cRLDistributionPoints
    bytes.fromhex("551d23"): (  # authorityKeyIdentifier
        SEQUENCE,
        _fields((0x80, _is_anything), (0xA1, _are_names), (0x82, is_integer)),
    ),
    bytes.fromhex("551d25"): (SEQUENCE, _row_of(OID, is_oid)),  # extKeyUsage
    bytes.fromhex("6086480186f8420101"): (BIT_STRING, is_bit_string),  # netscape-cert-type
    **dict.fromkeys(  # proxyCertInfo, and the addresses and systems of RFC 3779: of no holder of a token, and refused
        map(bytes.fromhex, ("2b0601050507010e", "2b06010505070107", "2b06010505070108")), (SEQUENCE, _is_nothing)
    ),
}
"""By OID."""
