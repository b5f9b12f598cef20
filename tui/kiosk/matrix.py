"""The modules of a QR code (ISO/IEC 18004), for whoever draws them."""

import sys
from functools import lru_cache
from typing import Any

LONGEST_PAYLOAD = 512
"""Characters; a longer one is not a payment code."""

QUIET_ZONES = (4, 2)
"""Light modules around the code: 4 by the standard; 2 is the least that every reader took, used where 4 do not fit.

Even, for an odd number of rows above would lead the seams of half blocks through the dark middle of the finders.
"""

Modules = tuple[tuple[bool, ...], ...]
"""Rows of dark modules, without quiet zone."""


@lru_cache(maxsize=4)
def modules(payload: str, *, sturdy: bool = True) -> Modules:
    """The code of `payload`: level M, or L for more text in less room; digits in numeric mode."""
    loaded: dict[str, Any] = sys.modules
    # Drawers of images, which qrcode can miss: with Pillow, where that is installed, they take 3 MiB.
    loaded.setdefault("qrcode.image.styles.moduledrawers.pil", None)
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

    code = QRCode(error_correction=ERROR_CORRECT_M if sturdy else ERROR_CORRECT_L, border=0)
    code.add_data(payload, optimize=20)
    code.make(fit=True)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def framed(code: Modules, across: int, down: int) -> Modules:
    """With so many light modules left and right, above and below."""
    margin = (False,) * across
    blank = (False,) * (len(code) + 2 * across)
    return (blank,) * down + tuple(margin + row + margin for row in code) + (blank,) * down


def drawable(payload: str) -> bool:
    """Whether `payload` can be a payment code: an address in ASCII, not absurdly long."""
    return 0 < len(payload) <= LONGEST_PAYLOAD and payload.isascii() and payload.isprintable()
