"""BER (ITU-T X.690, 8) written as DER has it (10.1, 10.2): what some CAs write and every relying party reads."""

from tui.core.x509.ber import CONSTRUCTED, Element, elements
from tui.core.x509.der import encode

_DEEPEST = 32
"""Levels of elements within each other; a certificate has ten, and a signed message with one within it fifteen."""
_DEEPEST_PIECES = 6
"""Levels of pieces within each other; OpenSSL puts no more together."""
_END_OF_CONTENTS = b"\0\0"
_STRINGS = frozenset(tag | CONSTRUCTED for tag in (0x04, 0x0C, *range(0x12, 0x1F)))
"""OCTET STRING, strings of characters and times, in pieces (8.7.3)."""
_NEVER_IN_PIECES = frozenset(tag | CONSTRUCTED for tag in (0x01, 0x02, 0x03, 0x05, 0x06, 0x0A))
"""BOOLEAN, INTEGER, NULL, OBJECT IDENTIFIER, ENUMERATED (8.2.1 and on), and BIT STRING, which OpenSSL joins wrongly."""


def shortest(row: bytes) -> bytes:
    """A row of elements to its last byte, each length in its shortest form, each string in one piece.

    The octets of contents stay as they are.

    :raises ValueError: a byte is left over, an element is longer than what is there, or they are within each other too
        deep.
    """
    return _row(row, _DEEPEST)


def _row(row: bytes, depth: int) -> bytes:
    found = elements(row)
    if not depth or sum(len(one.whole) for one in found) != len(row):
        raise ValueError("no row of elements")
    return b"".join(_one(one, depth - 1) for one in found)


def _one(one: Element, depth: int) -> bytes:
    if one.tag & 0x1F == 0x1F or one.tag in _NEVER_IN_PIECES:
        raise ValueError("an element with a tag beyond 30, or in pieces that nobody puts together")
    if one.tag in _STRINGS:
        return encode(one.tag & ~CONSTRUCTED, _joined(one, _DEEPEST_PIECES))
    return encode(one.tag, _row(one.content, depth) if one.tag & CONSTRUCTED else one.content)


def _joined(string: Element, depth: int) -> bytes:
    """The string's content, put together; OpenSSL asks for no more than that its pieces are elements, and no end."""
    if not string.tag & CONSTRUCTED:
        return string.content
    pieces = elements(string.content)
    whole = [piece.whole for piece in pieces]
    if not depth or _END_OF_CONTENTS in whole or sum(map(len, whole)) != len(string.content):
        raise ValueError("no row of elements")
    return b"".join(_joined(piece, depth - 1) for piece in pieces)
