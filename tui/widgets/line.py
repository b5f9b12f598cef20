"""A line of text that keeps what is typed to itself."""

from textual import events
from textual.widgets import Input


class Line(Input):
    """Textual's input without a clipboard; a paste becomes one line."""

    def action_cut(self) -> None:
        """What is typed leaves the field for no clipboard: it would outlast the person."""

    def action_copy(self) -> None:
        """As `action_cut`."""

    def action_paste(self) -> None:
        """There is no clipboard; a terminal's own paste comes as `events.Paste`."""

    async def _on_key(self, event: events.Key) -> None:
        """Take also Han that this Python's Unicode does not know, which its `isprintable` denies."""
        if event.character and event.character > "\U0001ffff" and not event.is_printable:
            self.replace(event.character, *self.selection)
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def _on_paste(self, event: events.Paste) -> None:
        """All lines that have something in them, joined with a blank."""
        lines = event.text.replace("\t", " ").splitlines()
        if len(lines) > 1:
            lines = [stripped for line in lines if (stripped := line.strip())]
        event.text = " ".join(lines)
        super()._on_paste(event)
        event.prevent_default()
