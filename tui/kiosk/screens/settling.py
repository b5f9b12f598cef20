"""Let all that one change leads to happen before any of it is painted."""

import asyncio
from time import monotonic
from typing import Any, Final

from textual.screen import Screen

LONGEST: Final = 1.0
"""Seconds after which a screen is painted as it stands."""
PASSES: Final = 12
"""Layouts, and what waits for them, that may follow from one another; three do where a text is wrapped anew."""


async def settle(screen: Screen[Any]) -> None:
    """Lay `screen` out until no part asks for it any more. To be called in `App.batch_update`, which paints nothing."""
    end = monotonic() + LONGEST
    for _ in range(PASSES):
        await _handled(screen, end)
        if screen._layout_required or screen._scroll_required:
            screen._refresh_layout(scroll=not screen._layout_required)
            screen._layout_required = screen._scroll_required = False
            screen._dirty_widgets.add(screen)  # after the batch, what has only been moved is painted, too
        elif screen._callbacks:
            await screen._invoke_and_clear_callbacks()
        else:
            break


async def _handled(screen: Screen[Any], end: float) -> None:
    """Wait until no widget of `screen` has a message left, or `end` has come."""
    nodes = screen.walk_children
    while monotonic() < end and any(node.message_queue_size for node in nodes(with_self=True)):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0)
