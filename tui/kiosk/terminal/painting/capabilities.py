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

    GNU screen does only where its user has asked for it (`defbce`), and then says so in TERM; tmux does, but shares
    `screen`'s name for itself, and says what it is where nothing lies between.
    """
    name = environment.get("TERM", "")
    if name.endswith("-bce"):
        return True
    if environment.get("TERM_PROGRAM") == "tmux" and name.startswith(("tmux", "screen")):
        return True
    return name.partition("-")[0] in _IN_COLOUR
