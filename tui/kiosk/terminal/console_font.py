"""Read which characters the font of a Linux console draws (ioctl_console(2))."""

import fcntl
import struct
from array import array

GIO_UNIMAP = 0x4B66
"""Fills a `struct unimapdesc` with the console's pairs of code point and place in the font (linux/kd.h)."""
PAIRS = 0xFFFF
"""The most that the request's unsigned short counts."""
DESCRIPTION = "@HP"
"""`struct unimapdesc`: the number of pairs, and where they stand."""
HAN = "一"
"""Stands for all Chinese: a font or charset has this one or none."""


def drawn_characters(fd: int) -> frozenset[int] | None:
    """The code points that the console at `fd` has glyphs for; None where no console answers, as over SSH."""
    pairs = array("H", bytes(4 * PAIRS))
    asked = bytearray(struct.pack(DESCRIPTION, PAIRS, pairs.buffer_info()[0]))
    try:
        fcntl.ioctl(fd, GIO_UNIMAP, asked)
    except OSError:
        return None
    count: int = struct.unpack(DESCRIPTION, asked)[0]
    return frozenset(pairs[: 2 * count : 2])


def draws_chinese(font: frozenset[int] | None) -> bool | None:
    """Whether these characters are enough for Chinese; None where they are not known."""
    return None if font is None else ord(HAN) in font
