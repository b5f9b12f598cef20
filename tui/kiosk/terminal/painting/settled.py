"""Whether Textual has drawn all that what has happened leads to."""

from typing import Any

from textual.app import App
from textual.screen import Screen


def is_settled(app: App[Any]) -> bool:
    """Nothing is to be laid out or drawn, and no message waits for a widget; one may still be in the hands of one."""
    if not app.screen_stack:
        return True
    screen = app.screen
    pumps = (app, *screen.walk_children(with_self=True))
    return not _is_due(screen) and not any(pump.message_queue_size for pump in pumps)


def _is_due(screen: Screen[Any]) -> bool:
    """What `Screen._on_idle` asks before it waits for the next tick."""
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )
