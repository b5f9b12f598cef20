"""A certificate's text in as few QR codes as their place allows, each of which a phone reads by itself."""

from math import ceil
from typing import Final

CAPACITIES: Final = (17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718)
"""Bytes that a code of version 1, 2, … holds at level L (ISO/IEC 18004, table 7), up to the densest that is shown.

Up to that one zbar and zxing read every imitated photograph with six pixels a module and 8 degrees of tilt. With four
pixels and 18 degrees zxing still reads all, zbar all of version 6, a third of 14, a sixth of 18.
"""
MOST = 8
"""Codes of one certificate; nobody scans more."""


def side(version: int) -> int:
    """Modules of one side."""
    return 17 + 4 * version


def texts(lines: tuple[str, ...], version: int) -> tuple[str, ...]:
    """Whole lines in each code, about as many in one as in another; none where they are more than `MOST`.

    Pasted below each other, in their order, they are the file.
    """
    longest = max(map(len, lines)) + 1
    room = (CAPACITIES[version - 1] + 1) // longest
    codes = ceil(len(lines) / room) if room else MOST + 1
    if codes > MOST:
        return ()
    each = ceil(len(lines) / codes)
    return tuple("\n".join(lines[at : at + each]) for at in range(0, len(lines), each))


def least_version(lines: tuple[str, ...]) -> int:
    """The smallest version that leads to no more than `MOST` codes."""
    versions = range(1, len(CAPACITIES) + 1)
    return next((version for version in versions if texts(lines, version)), len(CAPACITIES))
