"""How many colours the terminal shows: by its environment at once, by its own answer later."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from rich.color import ColorSystem


class Depth(StrEnum):
    """What there are palettes for."""

    TRUE = "TRUE"
    INDEXED = "INDEXED"
    """xterm's 256."""
    SIXTEEN = "SIXTEEN"
    """Eight grounds and sixteen inks, whatever they look like there."""
    EIGHT = "EIGHT"
    MONO = "MONO"
    """No colours, or NO_COLOR: the terminal's own ink and ground, and the two swapped."""


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
_EIGHT: Final = frozenset(
    {"linux", "ansi", "cygwin", "tmux", "con80x25", "cons25", "cons25-debian", "pcansi", "wsvt25", "wsvt25m", "hurd"}
    | {"mach-color", "mach-gnu-color", "xterm-color", "xterm-8color"}
)
"""Eight colours by terminfo(5), or bright inks that a dark one after them leaves bright, as on a Linux console."""
_MONO: Final = frozenset({"mach", "mach-bold", "mach-gnu", "sun", "xterm-r5", "xterm-r6"})
_MONO_FAMILIES: Final = ("vt1", "vt2", "vt3", "vt4", "vt5")


def known(environment: Mapping[str, str], found: ColorSystem | None) -> ColorSystem | None:
    """`found` by Rich, or more, or none, where the terminal's name says so."""
    name = environment.get("TERM", "")
    if name in _MONO or name.startswith(_MONO_FAMILIES) or name.endswith(("-m", "-mono")):
        return None
    true = name.startswith(_TRUE) or name.endswith("-direct")
    return ColorSystem.TRUECOLOR if true and found is not None else found


def depth_of(environment: Mapping[str, str], colours: ColorSystem | None) -> Depth:
    """The palettes for a terminal that shows `colours`."""
    match colours:
        case None:
            return Depth.MONO
        case ColorSystem.TRUECOLOR:
            return Depth.TRUE
        case ColorSystem.EIGHT_BIT:
            return Depth.INDEXED
        case _:
            return Depth.EIGHT if has_eight(environment) else Depth.SIXTEEN


def has_eight(environment: Mapping[str, str]) -> bool:
    """Whether the terminal's name says that it knows eight colours alone."""
    name = environment.get("TERM", "")
    in_screen = name.startswith("screen") and not any(more in name for more in ("256color", "16color", "direct"))
    return in_screen or name in _EIGHT


def is_asked(environment: Mapping[str, str], colours: ColorSystem | None) -> bool:
    """Whether it may show more than is known of it, and the question does no harm."""
    name = environment.get("TERM", "")
    between = "STY" in environment or "TMUX" in environment
    return colours in (ColorSystem.STANDARD, ColorSystem.EIGHT_BIT) and name.startswith(_ASKED) and not between


def says_yes(report: str) -> bool:
    """Whether a device control string without its end is one of the two answers for true colour."""
    return _YES.fullmatch(report) is not None
