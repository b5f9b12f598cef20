"""Let go of the lines that Textual has drawn and keeps: of a screen that was left, and of a person who has gone."""

from typing import Final

from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.kiosk.matrix import modules

_PLACES: Final = tuple(of_region for of_region in vars(Region).values() if hasattr(of_region, "cache_clear"))
"""What is reckoned with places of widgets: up to 26,000 results that lie among all else and keep memory in pieces."""


def put_away(screen: Screen[None]) -> None:
    """Lines of a screen that is not shown; they are drawn again when it comes back."""
    for widget in screen.walk_children(Widget, with_self=True):
        widget._styles_cache.clear()


def forget() -> None:
    """Caches that know no screen: the first keeps the lines of 1024 widgets alive long after their screens."""
    drawn = StylesCache.get_inner_outer, cached_cell_len, Strip.render_ansi, ANSIToTruecolor.truecolor_style, modules
    for cache in (*drawn, *_PLACES):
        cache.cache_clear()
