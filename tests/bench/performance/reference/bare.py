"""The least that Textual can show: one label."""

from textual.app import App, ComposeResult
from textual.widgets import Static

READY = "READY"


class Bare(App[None]):
    """A label on an empty screen."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The label."""
        yield Static(READY)


if __name__ == "__main__":
    Bare().run()
