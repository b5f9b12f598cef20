"""What a typed character costs in Textual's own field: a label and an Input that has the focus."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

READY = "READY"


class OneInput(App[None]):
    """A label and a field."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The field has the focus, being the only one that can."""
        yield Static(READY)
        yield Input()


if __name__ == "__main__":
    OneInput().run()
