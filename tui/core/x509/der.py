"""DER elements (ITU-T X.690, 10.1) cut out and put together, for what no library keeps byte for byte."""

from typing import NamedTuple

INTEGER, OID, SEQUENCE, SET = 0x02, 0x06, 0x30, 0x31
_CONSTRUCTED, _APPLICATION = 0x20, 0x40
_OCTETS = {0x1C: 4, 0x1E: 2}
"""Of a character of UniversalString and BMPString."""


class Element(NamedTuple):
    """One element; a certificate has hundreds, which are made ten times as fast as a dataclass."""

    tag: int
    """The identifier octet."""
    whole: bytes
    """As it stands, with identifier and length."""
    content: bytes

    @property
    def row(self) -> "tuple[Element, ...]":
        """The elements within.

        :raises ValueError: the content is no row of elements.
        """
        return elements(self.content)


def elements(row: bytes) -> tuple[Element, ...]:
    """The elements that stand in a row, to its last byte.

    :raises ValueError: a byte is left over, or an element is longer than what is there.
    """
    found, at = [], 0
    while at < len(row):
        begin, end = _span(row, at)
        found.append(Element(row[at], row[at:end], row[begin:end]))
        at = end
    return tuple(found)


def element(data: bytes, tag: int) -> Element:
    """The one element that these bytes are.

    :raises ValueError: none, more than one, or one of another kind.
    """
    match elements(data):
        case (Element(tag=found) as one,) if found == tag:
            return one
    raise ValueError(f"not one element with tag {tag:#x}")


def leading(data: bytes) -> Element:
    """The element that these bytes begin with, whatever follows it.

    :raises ValueError: there is none.
    """
    if not data:
        raise ValueError("no element")
    begin, end = _span(data, 0)
    return Element(data[0], data[:end], data[begin:end])


def encode(tag: int, *parts: bytes) -> bytes:
    """One element; the length in its shortest form."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    octets = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def is_integer(content: bytes) -> bool:
    """Whether this is the content of an INTEGER, in its shortest form (8.3.2)."""
    if len(content) < 2:
        return bool(content)
    return (content[0], content[1] & 0x80) not in {(0, 0), (0xFF, 0x80)}


def is_bit_string(content: bytes) -> bool:
    """Whether this is the content of a BIT STRING: fewer than eight of its last bits unused (8.6.2)."""
    return bool(content) and content[0] < 8


def is_oid(content: bytes) -> bool:
    """Whether this is the content of an OBJECT IDENTIFIER: every arc whole and in its shortest form (8.19.2)."""
    begins = [0, *(at + 1 for at, octet in enumerate(content) if not octet & 0x80)]
    return bool(content) and begins[-1] == len(content) and all(content[at] != 0x80 for at in begins[:-1])


def is_value(one: Element) -> bool:
    """Whether this can be read where any type may stand: of a universal one, its octets are such a one's."""
    match one.tag:
        case 0x00 | 0x10 | 0x11:  # an end of contents, and rows that are not constructed
            return False
        case 0x01:
            return len(one.content) == 1
        case 0x02 | 0x0A:
            return is_integer(one.content)
        case 0x03:
            return is_bit_string(one.content)
        case 0x05:
            return not one.content
        case 0x06:
            return is_oid(one.content)
        case tag if _CONSTRUCTED <= tag < _APPLICATION:
            return tag in {SEQUENCE, SET}
        case tag:
            return len(one.content) % _OCTETS.get(tag, 1) == 0


def _span(row: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends."""
    if row[at] & 0x1F == 0x1F or at + 1 >= len(row):
        raise ValueError("no element")
    length, begin = row[at + 1], at + 2
    if length & 0x80:
        octets = row[begin : begin + (length & 0x7F)]
        if not octets or not octets[0] or len(octets) != length & 0x7F or int.from_bytes(octets) < 0x80:
            raise ValueError("a length that is not DER")
        length, begin = int.from_bytes(octets), begin + len(octets)
    if begin + length > len(row):
        raise ValueError("an element is cut off")
    return begin, begin + length
