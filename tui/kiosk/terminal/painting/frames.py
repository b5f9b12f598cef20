"""When a frame goes out: what a key changes at once, a new screen when it has settled."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from rich.color import ColorSystem
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App

from tui.kiosk.terminal.painting.painter import Painter
from tui.kiosk.terminal.painting.settled import is_settled

AT_ONCE: Final = 3
"""Lines of a change that waits for nothing: a field's, a button's."""
LONGEST: Final = 0.06
"""Seconds that a larger change waits at most for what belongs to it."""
LOOK: Final = 0.005
"""Seconds between two looks whether all has been drawn."""
LONG: Final = 200
"""Characters of a frame whose coming up can be seen."""


class Frames:
    """Takes what Textual draws, and writes frames."""

    def __init__(self, app: App[Any], write: Callable[[str], None], *, erases: bool) -> None:
        self._app, self._write = app, write
        self._erases = erases
        self._painter = Painter(app.console._color_system, erases=erases)
        self._loop = asyncio.get_running_loop()
        self._look: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._begun = self._ended = False

    @property
    def holds(self) -> bool:
        """A change waits for what belongs to it."""
        return self._look is not None

    def take(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Textual wants this shown."""
        if self._ended:
            return
        self._painter.take(update)
        if self._look is None:
            if not self._begun or self._painter.changed <= AT_ONCE:
                self._show()
            else:
                self._hold()

    def repaint(self) -> None:
        """Write everything again, in place, with what is being drawn just now."""
        self._painter.distrust()
        if self._begun and not self._ended and self._look is None:
            self._hold()

    def deepen(self, colours: ColorSystem) -> None:
        """Paint in other colours from the next whole picture on."""
        self._painter = Painter(colours, erases=self._erases)
        self.take(self._app.screen._compositor.render_full_update())

    def lose(self) -> None:
        """Something else has been written."""
        self._painter.lose()

    def end(self) -> None:
        """Write nothing more."""
        self._ended = True
        if self._look is not None:
            self._look.cancel()

    def _hold(self) -> None:
        self._until = self._loop.time() + LONGEST
        self._look_later()

    def _look_later(self) -> None:
        """The app looks, between two of its messages, and ends in order should that fail."""
        self._look = self._loop.call_later(LOOK, self._app.call_later, self._show_settled)

    def _show_settled(self) -> None:
        if self._loop.time() < self._until and not is_settled(self._app):
            self._look_later()
        else:
            self._look = None
            self._show()

    def _show(self) -> None:
        self._begun = True
        frame = self._painter.paint(self._cursor())
        if len(frame) > LONG and self._app._sync_available:
            frame = f"{SYNC_START}{frame}{SYNC_END}"
        if frame:
            self._write(frame)

    def _cursor(self) -> tuple[int, int] | None:
        """Where an input method shows what it composes: in the field that has the focus.

        The field is asked; what Textual remembers is where the cursor stood before the field scrolled.
        """
        focused = self._app.focused if self._app.screen_stack else None
        offset = getattr(focused, "cursor_screen_offset", None)
        if offset is None:
            return None
        x, y = self._app.screen.outer_size.clamp_offset(offset)
        return x, y
