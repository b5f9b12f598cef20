"""Contrast by WCAG 2.2: relative luminance, and the ratio of 1.4.3 and 1.4.11."""

from collections.abc import Iterator, Mapping
from typing import Final

from tui.kiosk.screens.looks.palette import Palette

TEXT: Final = 7.0
"""1.4.6, contrast (enhanced)."""
PART: Final = 3.0
"""1.4.11, non-text contrast: edges and states."""
ON: Final = (
    *(
        (ink, ground)
        for ink in ("text", "accent", "muted", "heading", "good", "bad")
        for ground in ("ground", "surface")
    ),
    *((ink, "raised") for ink in ("text", "accent")),
    ("ink", "focus"),
    *(("ink", fill) for fill in ("good", "bad")),
    ("on_key", "key"),
    ("on_bar", "bar"),
    ("on_main", "main"),
    ("on_selected", "selected"),
    ("on_alarm", "alarm"),
)
"""Text and what it is written on, or the other way round where it is drawn inverse."""
AGAINST: Final = (
    *((part, ground) for part in ("edge", "focus") for ground in ("ground", "surface", "raised")),
    ("selected", "ground"),
)
"""Edges and states, and what they must be told from; bars and figures are drawn in colours of text."""
VGA: Final = dict(
    zip(
        ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"),
        ("#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa"),
        strict=True,
    )
) | dict(
    zip(
        (f"bright_{name}" for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")),
        ("#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"),
        strict=True,
    )
)
"""The sixteen colours of a Linux console."""
XTERM: Final = VGA | {
    "blue": "#0000ee",
    "white": "#e5e5e5",
    "bright_cyan": "#00ffff",
    "bright_green": "#00ff00",
    "bright_yellow": "#ffff00",
}
"""xterm's, where they differ and a palette has them."""


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs(palette: Palette, sixteen: Mapping[str, str] = VGA) -> Iterator[tuple[str, str, float, float]]:
    """What stands on or against what, its ratio, and the least that it must have."""
    for wanted, least in ((ON, TEXT), (AGAINST, PART)):
        for one, other in wanted:
            colours = (getattr(palette, name) for name in (one, other))
            first, second = (sixteen[c.removeprefix("ansi_")] if palette.is_ansi else c for c in colours)
            yield one, other, ratio(first, second), least
