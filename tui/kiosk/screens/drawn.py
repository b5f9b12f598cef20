"""Let go of the lines that Textual has drawn and keeps: of a screen that was left, and of a person who has gone."""

from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache
from textual.screen import Screen
from textual.widget import Widget

from tui.kiosk.widgets.qr import modules


def put_away(screen: Screen[None]) -> None:
    """Lines of a screen that is not shown; they are drawn again when it comes back."""
    for widget in screen.walk_children(Widget, with_self=True):
        widget._styles_cache.clear()


def forget() -> None:
    """Caches that know no screen: the first keeps the lines of 1024 widgets alive long after their screens."""
    for cache in (StylesCache.get_inner_outer, cached_cell_len, modules):
        cache.cache_clear()
