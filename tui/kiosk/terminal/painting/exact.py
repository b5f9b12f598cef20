"""Styles for terminals with fewer colours, where bringing each colour down to its nearest would not do."""

from functools import cache, lru_cache
from typing import Final

from rich.color import Color, ColorType
from rich.style import Style

_LEVELS = (0, 95, 135, 175, 215, 255)
_BLACK: Final = Color.from_ansi(0)
_WHITE: Final = Color.from_ansi(15)


@cache
def _entries() -> dict[tuple[int, ...], Color]:
    """The cube (16 to 231) and the greys (232 to 255), which go before."""
    cube = ((red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS)
    greys = ((grey, grey, grey) for grey in range(8, 239, 10))
    return {rgb: Color.from_ansi(number) for number, rgb in enumerate((*cube, *greys), 16)}


@lru_cache(1024)
def exact(style: Style) -> Style:
    """With every colour that is an entry of xterm's 256 as its number; the nearest one misses light greys."""
    return style + Style(color=_numbered(style.color), bgcolor=_numbered(style.bgcolor))


def _numbered(colour: Color | None) -> Color | None:
    if colour is None or colour.type is not ColorType.TRUECOLOR or colour.triplet is None:
        return None
    return _entries().get(tuple(colour.triplet))


@lru_cache(1024)
def dark(style: Style) -> Style:
    """With black that stays black: bold, sixteen colours and a Linux console make a grey of it."""
    inked = style.color is not None and style.color.number == _BLACK.number
    return style + Style(bold=False) if inked and style.bold and not style.reverse else style


@lru_cache(1024)
def colourless(style: Style) -> Style:
    """Without colours: what has a ground of its own is swapped.

    Direct colours are those of the code, which phones read black on white alone: it keeps them, and where the terminal
    shows none the swapping says which cells are light.
    """
    ground = style.bgcolor
    picture = ground is not None and ground.triplet is not None
    swapped = bool(style.reverse) is not _is_light(ground)
    marks = Style(bold=style.bold, underline=style.underline, reverse=swapped)
    return marks + Style(color=_WHITE, bgcolor=_BLACK) if picture else marks


def _is_light(ground: Color | None) -> bool:
    if ground is None or ground.is_default:
        return False
    return ground.number != _BLACK.number if ground.triplet is None else any(ground.triplet)
