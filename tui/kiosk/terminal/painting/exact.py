"""Colours that are entries of xterm's 256 stay what they are; a search for the nearest one misses light greys."""

from functools import cache

from rich.color import Color, ColorType
from rich.style import Style

_LEVELS = (0, 95, 135, 175, 215, 255)


@cache
def _entries() -> dict[tuple[int, int, int], Color]:
    """The cube (16 to 231) and the greys (232 to 255), which go before."""
    cube = ((red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS)
    greys = ((grey, grey, grey) for grey in range(8, 239, 10))
    return {rgb: Color.from_ansi(number) for number, rgb in enumerate((*cube, *greys), 16)}


def exact(style: Style) -> Style:
    """The style with every such colour as its number."""
    return style + Style(color=_numbered(style.color), bgcolor=_numbered(style.bgcolor))


def _numbered(colour: Color | None) -> Color | None:
    if colour is None or colour.type is not ColorType.TRUECOLOR or colour.triplet is None:
        return None
    return _entries().get(tuple(colour.triplet))
