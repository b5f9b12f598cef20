"""What a terminal can do beyond what all can."""

from collections.abc import Mapping
from typing import Final

_IN_COLOUR: Final = frozenset(
    {
        "xterm",
        "linux",
        "foot",
        "kitty",
        "putty",
        "vte",
        "gnome",
        "konsole",
        "rxvt",
        "st",
        "alacritty",
        "mintty",
        "contour",
    }
)
"""Families that erase in the background's colour: `bce` of terminfo(5)."""


def erases_in_colour(environment: Mapping[str, str]) -> bool:
    """Whether EL and ECH leave cells in the background's colour.

    GNU screen does so only where its user asks for it (`defbce`), and then says so in TERM. tmux always does, but has
    the same name; it says what it is where nothing lies between.
    """
    name = environment.get("TERM", "")
    if name.startswith(("tmux", "screen")) or "STY" in environment:
        return name.endswith("-bce") or ("STY" not in environment and environment.get("TERM_PROGRAM") == "tmux")
    return name.partition("-")[0] in _IN_COLOUR
