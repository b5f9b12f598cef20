"""How many colours the terminal shows: by its environment at once, by its own answer later."""

import re
from collections.abc import Mapping
from typing import Final

from rich.color import ColorSystem

QUESTION: Final = "\x1bP+q524742\x1b\\\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m"
"""XTGETTCAP for `RGB`, and DECRQSS for what has become of a direct colour: xterm may have taken a near one."""
_YES: Final = re.compile(
    r"\x1bP1(?:\+r524742(?:=[0-9A-Fa-f]*)?|\$r[0-9;:]*48(?:;2;|:2:[0-9]*:?)1[;:]2[;:]3(?:[;:][0-9;:]*)?m)"
)
_ASKED: Final = (
    "xterm",
    "rxvt",
    "foot",
    "alacritty",
    "konsole",
    "gnome",
    "vte",
    "contour",
    "mintty",
    "wezterm",
    "putty",
)
"""Families that take a question that they do not know for none; GNU screen would hand it to who knows whom."""
_TRUE: Final = ("foot", "alacritty", "xterm-kitty", "xterm-ghostty", "wezterm", "contour")
"""Terminals that have never had fewer, whose name comes through SSH where COLORTERM does not."""


def known(environment: Mapping[str, str], found: ColorSystem | None) -> ColorSystem | None:
    """`found` by Rich, or more where the terminal's name says so."""
    name = environment.get("TERM", "")
    true = name.startswith(_TRUE) or name.endswith("-direct")
    return ColorSystem.TRUECOLOR if true and found is not None else found


def is_asked(environment: Mapping[str, str], colours: ColorSystem | None) -> bool:
    """Whether it may show more than is known of it, and the question does no harm."""
    name = environment.get("TERM", "")
    between = "STY" in environment or "TMUX" in environment
    return colours in (ColorSystem.STANDARD, ColorSystem.EIGHT_BIT) and name.startswith(_ASKED) and not between


def says_yes(report: str) -> bool:
    """Whether a device control string without its end is one of the two answers for true colour."""
    return _YES.fullmatch(report) is not None
