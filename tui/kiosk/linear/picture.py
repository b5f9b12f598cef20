"""A QR code of block characters, without a colour: in the terminal's own ink on its own ground."""

from itertools import zip_longest

from tui.kiosk.matrix import QUIET_ZONES, framed, modules

HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Light modules are inked: on the dark ground that most terminals have, the code is black on white."""
SWAPPED = {(not upper, not lower): glyph for (upper, lower), glyph in HALVES.items()}
"""Dark modules are, for the other ground: not every reader takes exchanged colours."""


def picture(payload: str, columns: int, rows: int, *, light_ground: bool = False) -> tuple[str, ...]:
    """The rows of the code; none where the terminal does not tell its size, or is too small for it."""
    quiet = quiet_zone(payload, columns, rows)
    if quiet is None:
        return ()
    code, glyphs = framed(modules(payload), quiet, quiet), SWAPPED if light_ground else HALVES
    pairs = zip_longest(code[::2], code[1::2], fillvalue=(not light_ground,) * len(code))
    return tuple("".join(glyphs[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def quiet_zone(payload: str, columns: int, rows: int) -> int | None:
    """The widest that the code has room for, in light modules; None where it has none, as where no size is told."""
    size = len(modules(payload))
    sides = ((quiet, size + 2 * quiet) for quiet in QUIET_ZONES)
    return next((quiet for quiet, side in sides if side <= columns and (side + 1) // 2 < rows), None)
