"""Let all that one change leads to happen, and be laid out, before any of it is painted."""

import asyncio
from time import monotonic
from typing import Final

from textual.events import Idle, Resize, ScreenResume
from textual.geometry import Size
from textual.screen import Screen

from tui.kiosk.screens.looks.layout import classes_of

LONGEST: Final = 1.0
"""Seconds after which a screen is painted as it stands."""
PASSES: Final = 12
"""Layouts, and what waits for them, that may follow from one another; three do where a text is wrapped anew."""


class SettlingScreen(Screen[None], inherit_bindings=False):
    """In `App.batch_update` it is laid out by `lay_out` alone; Textual would do so at every step of its coming up."""

    def fit(self, size: Size) -> None:
        """Take the classes of a terminal of this size before there is a part that would be styled once more for it."""
        self.update_classes(dict.fromkeys((name for name, has in classes_of(size).items() if has), True), update=False)

    def on_resize(self, event: Resize) -> None:
        """Another size gives other classes."""
        self.update_classes(classes_of(event.size))

    async def lay_out(self) -> None:
        """In a batch, until no part asks for it any more."""
        end = monotonic() + LONGEST
        for _ in range(PASSES):
            await self._handled(end)
            if self._layout_required or self._scroll_required:
                super()._refresh_layout(self.app.size, scroll=not self._layout_required)
                self._layout_required = self._scroll_required = False
                self._dirty_widgets.add(self)  # after the batch, what has only been moved is painted, too
            elif self._callbacks:
                await self._invoke_and_clear_callbacks()
            else:
                break

    async def _handled(self, end: float) -> None:
        """Wait until no widget has a message left, or `end` has come."""
        nodes = self.walk_children
        while monotonic() < end and any(node.message_queue_size for node in nodes(with_self=True)):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0)

    def _screen_resized(self, size: Size) -> None:
        """Its first layout tells it of its size, too, and is not done once more for that."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        if self.app._batch_count:
            self._layout_required = True
        else:
            super()._refresh_layout(self.app.size if size is None else size, scroll)

    async def _on_idle(self, event: Idle) -> None:
        """In a batch, what waits for a refresh waits for `lay_out`."""
        if self.app._batch_count:
            event.prevent_default()

    def _compositor_refresh(self) -> None:
        """In a batch Textual would draw all and then throw it away."""
        if not self.app._batch_count:
            super()._compositor_refresh()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """What was not shown has kept its styles."""
        event.refresh_styles = False
