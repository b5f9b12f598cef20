"""Paint a change now: Textual tells it the screen by a message, and the screen waits for its next frame."""

from collections.abc import Iterable

from textual.widget import Widget


def paint_at_once(widgets: Iterable[Widget]) -> None:
    """Paint what these, of one screen, have to say anew; what needs another layout, or is not shown, waits as usual."""
    changed = {widget for widget in widgets if widget._repaint_required and not widget._layout_required}
    if not changed:
        return
    screen = next(iter(changed)).screen
    lays_out = screen._layout_required or screen._scroll_required
    if lays_out or screen.app._batch_count or not changed <= screen._compositor.visible_widgets.keys():
        return
    for widget in changed:
        widget._repaint_required = False
    screen._dirty_widgets.update(changed)
    screen._on_timer_update()
