"""The page of contrasts: `python -m tests.kiosk.looks.contrasts` writes assets/docs/contrast.md from the palettes."""

from collections.abc import Iterator
from pathlib import Path

from tui.kiosk.screens.looks import contrast, dark, light
from tui.kiosk.screens.looks.palette import Palette
from tui.kiosk.screens.looks.wcag import PART, TEXT, VGA, XTERM, pairs

PAGE = Path(__file__).parents[3] / "assets/docs/contrast.md"
KINDS = {"dark": dark, "light": light, "high contrast": contrast}
DEPTHS = {"true colour": "TRUE", "256": "INDEXED", "16": "SIXTEEN", "8": "EIGHT"}
OPENING = f"""\
# Contrast

Written by `python -m tests.kiosk.looks.contrasts` from the palettes in `tui/kiosk/screens/looks`.

Ratios by WCAG 2.2 of every pair of colours that a screen brings together: text and what it is written on, {TEXT:.0f}:1
at least (1.4.6), and edges and states against what is beside them, {PART:.0f}:1 at least (1.4.11). A test draws every
screen and finds no other pair. With 16 and 8 colours a terminal has colours of its own: the ratio is the lower one of a
Linux console's (VGA) and xterm's. Without colours (NO_COLOR, a VT220) there are the terminal's own two, and what is lit
has them swapped.
"""


def page() -> str:
    """All palettes, a table for each kind."""
    return "\n".join([OPENING, *(line for kind in KINDS for line in _table(kind))])


def _table(kind: str) -> Iterator[str]:
    columns = [_ratios(getattr(KINDS[kind], depth)) for depth in DEPTHS.values()]
    yield f"## {kind.capitalize()}\n"
    yield "| what | on, or against | at least | " + " | ".join(DEPTHS) + " |"
    yield "|---|---|---|" + "---|" * len(DEPTHS)
    for (one, other), (_, least) in columns[0].items():
        cells = " | ".join(f"{column[one, other][0]:.1f}" for column in columns)
        yield f"| {one} | {other} | {least:.0f} | {cells} |"
    yield ""


def _ratios(palette: Palette) -> dict[tuple[str, str], tuple[float, float]]:
    """Of each pair the ratio, cut and not rounded, and the least that it must have."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for terminal in (VGA, XTERM):
        for one, other, ratio, least in pairs(palette, terminal):
            names = one.replace("_", " "), other.replace("_", " ")
            lowest = min(ratio, found.get(names, (ratio, least))[0])
            found[names] = int(lowest * 10) / 10, least
    return found


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
