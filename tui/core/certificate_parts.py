"""A certificate cut into its parts (RFC 5280, 4.1), the names byte for byte.

Names in the field break the rules of their string types, and strict parsers refuse the whole certificate for that. What
they must read (key, dates, serial number, extensions) they read from `Parts.nameless`; the names go on as they stand.
"""

from dataclasses import dataclass

from tui.core.der import INTEGER, OID, SEQUENCE, SET, Element, element, encode

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_JUDGED = frozenset(bytes((0x55, 0x1D, arc)) for arc in (14, 15, 17, 19, 30, 31, 35, 37))
"""2.5.29.…: key identifiers, keyUsage, subjectAltName, basicConstraints, nameConstraints, cRLDistributionPoints,
extKeyUsage. OpenSSL calls a certificate invalid in which it cannot decode one of these."""
_NO_NAME = encode(SEQUENCE)
_UNIQUE_IDENTIFIER = bytes.fromhex("55042d")
"""x500UniqueIdentifier (2.5.4.45), the one attribute of a name that is a BIT STRING (X.520, 6.2.7)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts as DER, byte for byte as they stand in the certificate."""

    tbs: bytes
    """What the signature is over."""
    serial: bytes
    issuer: bytes
    subject: bytes
    spki: bytes
    nameless: bytes
    """The certificate with both names empty: for parsers only, no signature is over it."""


def dissect(der: bytes) -> Parts:
    """Cut a certificate up.

    :raises ValueError: no certificate in DER, or no relying party can read a name of it.
    """
    tbs, algorithm, signature = _row(element(der, SEQUENCE), 3)
    fields = list(tbs.row)
    first = 1 if fields and fields[0].tag == _VERSION else 0
    serial, _, issuer, _, subject, spki = _row_of(fields[first:], (INTEGER, *[SEQUENCE] * 5))
    if not is_readable(issuer.whole) or not is_readable(subject.whole):
        raise ValueError("a name that cannot be read")
    parts = [field.whole for field in fields]
    parts[first + 2] = parts[first + 4] = _NO_NAME
    nameless = encode(SEQUENCE, encode(SEQUENCE, *parts), algorithm.whole, signature.whole)
    return Parts(tbs.whole, serial.whole, issuer.whole, subject.whole, spki.whole, nameless)


def judged(nameless: bytes) -> bytes:
    """The certificate with those extensions only that relying parties decode whether or not they need them.

    :raises ValueError: an extension stands there twice (RFC 5280, 4.2).
    """
    tbs, algorithm, signature = _row(element(nameless, SEQUENCE), 3)
    *fields, last = tbs.row
    if last.tag != _EXTENSIONS:
        return nameless
    extensions = element(last.content, SEQUENCE).row
    kinds = [element(extension.whole, SEQUENCE).row[0].content for extension in extensions]
    if len(set(kinds)) < len(kinds):
        raise ValueError("an extension is there twice")
    kept = [extension.whole for extension, kind in zip(extensions, kinds, strict=True) if kind in _JUDGED]
    wrapped = [encode(_EXTENSIONS, encode(SEQUENCE, *kept))] if kept else []
    parts = [field.whole for field in fields] + wrapped
    return encode(SEQUENCE, encode(SEQUENCE, *parts), algorithm.whole, signature.whole)


def is_readable(name: bytes) -> bool:
    """Whether a Name (DER) can be read by what relies on it: measured with OpenSSL, which loads no other.

    Characters outside of a string type's set, and sets out of order, can be read.
    """
    try:
        relative = element(name, SEQUENCE).row
        attributes = [attribute for one in relative for attribute in element(one.whole, SET).row]
        return all(_is_readable_attribute(element(attribute.whole, SEQUENCE)) for attribute in attributes)
    except ValueError:
        return False


def _is_readable_attribute(attribute: Element) -> bool:
    kind, value = _row(attribute, 2)
    if kind.tag != OID:
        return False
    match value.tag:
        case 0x12 | 0x13 | 0x14 | 0x16:  # Numeric, Printable, T61, IA5: whatever stands in them is read as Latin-1
            return True
        case 0x0C:  # UTF8String
            return _decodes(value.content, "utf-8")
        case 0x1C:  # UniversalString
            return _decodes(value.content, "utf-32-be")
        case 0x1E:  # BMPString is UCS-2: code points beyond 16 bits have no place in it (X.680, 41.15)
            return _decodes(value.content, "utf-16-be") and not _has_surrogates(value.content)
        case 0x03:  # BIT STRING
            return kind.content == _UNIQUE_IDENTIFIER
        case _:
            return False


def _decodes(octets: bytes, encoding: str) -> bool:
    try:
        octets.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _has_surrogates(octets: bytes) -> bool:
    return any(0xD8 <= high <= 0xDF for high in octets[::2])


def _row(whole: Element, count: int) -> tuple[Element, ...]:
    row = whole.row
    if len(row) != count:
        raise ValueError(f"not {count} elements")
    return row


def _row_of(fields: list[Element], tags: tuple[int, ...]) -> tuple[Element, ...]:
    """The fields that begin the list, by their tags."""
    if tuple(field.tag for field in fields[: len(tags)]) != tags:
        raise ValueError("no TBSCertificate")
    return tuple(fields[: len(tags)])
