"""Names of X.500 as relying parties can read them, whatever rule of a string type they break."""

from tui.core.x509.der import OID, SEQUENCE, SET, Element, element

_UNIQUE_IDENTIFIER = bytes.fromhex("55042d")
"""x500UniqueIdentifier (2.5.4.45), the one attribute of a name that is a BIT STRING (X.520, 6.2.7)."""


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
    kind, value = attribute.row
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
