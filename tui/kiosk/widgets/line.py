"""A one-line input that keeps what is typed out of every message."""

from typing import Protocol

from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input

from tui.core.form.typed import is_typed
from tui.kiosk.widgets.at_once import paint_at_once
from tui.kiosk.widgets.edge import edged


class Serving(Protocol):
    """The keyboard on the screen, while it serves a field."""

    def takes(self, key: str, character: str | None) -> bool:
        """Whether a key of a real keyboard is for it and not for the field."""


class Line(Input):
    """Textual's input without a clipboard; a paste becomes one line."""

    served_by: Serving | None = None
    cursor_blink: Reactive[bool] = Reactive(False, init=False)
    """A caret that stands costs a thin line nothing."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, with its edge."""
        return edged(self, crop, super().render_lines(crop))

    def put(self, text: str) -> None:
        """Put `text` where the caret stands, as its keys do."""
        self.replace(text, *self.selection)

    def erase_last(self) -> None:
        """As backspace does."""
        self.action_delete_left()

    def clear_all(self) -> None:
        """Empty the field."""
        self.clear()

    def action_cut(self) -> None:
        """What is typed leaves the field for no clipboard: it would outlast the person."""

    def action_copy(self) -> None:
        """As `action_cut`."""

    def action_paste(self) -> None:
        """There is no clipboard; a terminal's own paste comes as `events.Paste`."""

    def _watch_value(self, value: str) -> None:
        """The field scrolls in its own width: for a longer text Textual would lay out the whole screen."""
        self.set_reactive(Line.virtual_size, Size(self.content_width, 1))
        super()._watch_value(value)

    async def _on_key(self, event: events.Key) -> None:
        """Take also what Python calls unprintable and people see: newer Han, and what the field's rule then refuses."""
        if self.served_by is not None and self.served_by.takes(event.key, event.character):
            event.stop()
            event.prevent_default()
        elif event.character and not event.is_printable and is_typed(event.character):
            self.replace(event.character, *self.selection)
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)
        paint_at_once((self,))

    def _on_paste(self, event: events.Paste) -> None:
        """All lines that have something in them, joined with a blank."""
        lines = event.text.replace("\t", " ").splitlines()
        if len(lines) > 1:
            lines = [stripped for line in lines if (stripped := line.strip())]
        event.text = " ".join(lines)
        super()._on_paste(event)
        event.prevent_default()
