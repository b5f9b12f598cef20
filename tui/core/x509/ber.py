"""Cut BER elements (ITU-T X.690 clause 8) out of any bytes, with bounded work and without raising."""

from typing import NamedTuple

CONSTRUCTED = 0x20
DEEPEST = 12
"""Levels of indefinite lengths within each other; a certificate has six."""
MOST = 1000
"""Elements taken from one row."""


class Element(NamedTuple):
    """One element."""

    tag: int
    """The first identifier octet: class, constructed bit, and the number where it is below 31."""
    whole: bytes
    """As it stands, with identifier and length."""
    content: bytes
    """Without the end-of-contents octets of an indefinite length."""

    @property
    def elements(self) -> "tuple[Element, ...]":
        """The row of elements within."""
        return elements(self.content)

    @property
    def octets(self) -> bytes:
        """The content of a string type, put together where BER cut it into pieces (8.7.3)."""
        if not self.tag & CONSTRUCTED:
            return self.content
        return b"".join(piece.content for piece in self.elements)


def elements(row: bytes, *, cut_short: bool = False) -> tuple[Element, ...]:
    """The elements that stand in a row, up to the first byte that begins none.

    With `cut_short` an element may be longer than what is there, as a driver with too small a buffer leaves it.
    """
    found: list[Element] = []
    at = 0
    while len(found) < MOST and (span := _span(row, at, DEEPEST, cut_short=cut_short)) is not None:
        begin, end, after = span
        found.append(Element(row[at], row[at:after], row[begin:end]))
        at = after
    return tuple(found)


def first(row: bytes) -> bytes:
    """The element that these bytes begin with, as it stands; empty where they begin with none."""
    span = _span(row, 0, DEEPEST)
    return row[: span[2]] if span else b""


def _span(row: bytes, at: int, depth: int, *, cut_short: bool = False) -> tuple[int, int, int] | None:
    """Where the content of the element at `at` begins and ends, and where the next element begins."""
    begin = _after_identifier(row, at)
    if begin >= len(row):
        return None
    length, begin = row[begin], begin + 1
    if length == 0x80:
        end = _end_of_contents(row, begin, depth) if row[at] & CONSTRUCTED else None
        if end is None:
            return (begin, len(row), len(row)) if cut_short else None
        return begin, end, end + 2
    if length & 0x80:
        octets = row[begin : begin + (length & 0x7F)]
        length, begin = int.from_bytes(octets[-8:]), begin + (length & 0x7F)
        if begin > len(row) or any(octets[:-8]):
            return None
    end = begin + length
    if end > len(row):
        return (begin, len(row), len(row)) if cut_short else None
    return begin, end, end


def _after_identifier(row: bytes, at: int) -> int:
    """Past the identifier octets; a number from 31 up goes on in octets of seven bits (8.1.2.4)."""
    after = at + 1
    if at < len(row) and row[at] & 0x1F == 0x1F:
        while after < len(row) and row[after] & 0x80:
            after += 1
        after += 1
    return after


def _end_of_contents(row: bytes, at: int, depth: int) -> int | None:
    """Where the two zero octets stand that end an indefinite length (8.1.5)."""
    while depth and (span := _span(row, at, depth - 1)) is not None:
        if row[at : at + 2] == b"\0\0":
            return at
        at = span[2]
    return None
