"""The one message that carries core events to the app; nothing of their content shows in its repr."""

from typing import TYPE_CHECKING

from textual.message import Message

from tui.journey.state import Step

if TYPE_CHECKING:
    from tui.journey.events import Event


class Happened(Message):
    """A core event on its way to `KioskApp`; `step` is the posting screen's, None for runtime and clock."""

    def __init__(self, event: "Event", step: Step | None = None) -> None:
        super().__init__()
        self.event = event
        self.step = step

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("event", type(self.event).__name__)]
