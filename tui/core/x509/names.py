"""Names of X.500 as relying parties can read them, whatever rule of a string type they break."""

from tui.core.x509.der import OID, SEQUENCE, SET, Element, element, is_bit_string, is_oid

_NEVER_LOOKED_INTO = frozenset({0x07, 0x08, 0x09, 0x0B, 0x0D, 0x0E, 0x0F, 0x1D, SEQUENCE})
"""ObjectDescriptor and the like, and rows of strings, such as postalAddress (X.520, 6.6.1)."""
_NUMERIC, _BMP = 0x12, 0x1E
_ENCODINGS = {
    0x0C: "utf-8",
    **dict.fromkeys((_NUMERIC, 0x13, 0x14, 0x16), "latin-1"),  # Printable, T61, IA5, whatever stands in them
    0x1C: "utf-32-be",
    _BMP: "utf-16-be",
}
"""Of string types by tag, as OpenSSL reads them."""


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


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two Names (DER) are one to relying parties: string type, case and blanks do not count (RFC 5280, 7.1).

    Measured with OpenSSL, to which only ASCII has cases and blanks. A NumericString is compared as it stands: it is no
    DirectoryString, and has a matching rule of its own (X.520), which neither RFC 5280 nor OpenSSL asks for.

    :raises ValueError: one is no Name.
    """
    return one == other or _comparable(one) == _comparable(other)


def _comparable(name: bytes) -> list[list[tuple[bytes, bytes]]]:
    return [
        sorted((kind.whole, _folded(value)) for kind, value in (attribute.row for attribute in relative.row))
        for relative in element(name, SEQUENCE).row
    ]


def _folded(value: Element) -> bytes:
    text = None if value.tag == _NUMERIC else _text(value)
    return value.whole if text is None else b" ".join(text.encode().lower().split())


def _is_readable_attribute(attribute: Element) -> bool:
    kind, value = attribute.row
    if kind.tag != OID or not is_oid(kind.content):
        return False
    match value.tag:
        case tag if tag in _ENCODINGS:  # BMPString is UCS-2: code points beyond 16 bits have no place (X.680, 41.15)
            return _text(value) is not None and not (tag == _BMP and _has_surrogates(value.content))
        case 0x03:  # BIT STRING, as x500UniqueIdentifier is (X.520, 6.2.7)
            return is_bit_string(value.content)
        case tag:
            return tag in _NEVER_LOOKED_INTO


def _text(value: Element) -> str | None:
    try:
        return value.content.decode(_ENCODINGS[value.tag])
    except (KeyError, UnicodeDecodeError):
        return None


def _has_surrogates(octets: bytes) -> bool:
    return any(0xD8 <= high <= 0xDF for high in octets[::2])
