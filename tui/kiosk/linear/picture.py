"""A QR code of block characters, without a colour: in the terminal's own ink on its own ground."""

from itertools import zip_longest

from tui.kiosk.matrix import QUIET_ZONES, modules

HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Light modules are inked: on the dark ground that most terminals have, the code is black on white."""
SWAPPED = {(not upper, not lower): glyph for (upper, lower), glyph in HALVES.items()}
"""Dark modules are, for the other ground: not every reader takes exchanged colours."""


def picture(payload: str, columns: int, rows: int, *, light_ground: bool = False) -> tuple[str, ...]:
    """The rows of the code; none where the terminal does not tell its size, or is too small for it."""
    code, glyphs = modules(payload), SWAPPED if light_ground else HALVES
    for quiet in QUIET_ZONES:
        side = len(code) + 2 * quiet
        if side <= columns and (side + 1) // 2 < rows:
            margin, blank = (False,) * quiet, ((False,) * side,) * quiet
            framed = (*blank, *(margin + row + margin for row in code), *blank)
            pairs = zip_longest(framed[::2], framed[1::2], fillvalue=(not light_ground,) * side)
            return tuple("".join(glyphs[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)
    return ()
