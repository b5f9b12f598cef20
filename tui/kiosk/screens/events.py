"""The one message that carries core events to the app; nothing of their content shows in its repr."""

from typing import TYPE_CHECKING

from textual.message import Message

from tui.journey.state import State, Step

if TYPE_CHECKING:
    from tui.journey.events import Event


class Happened(Message):
    """A core event on its way to `KioskApp`; `step` is the posting screen's, None for runtime and clock."""

    def __init__(self, event: "Event", step: Step | None = None) -> None:
        super().__init__()
        self.event = event
        self.step = step

    def comes_too_late(self, state: State) -> bool:
        """The posting screen's step is over, or a second submission comes while the first is under way."""
        from tui.journey.events import Abandoned, BackPressed, FormEdited, InvoiceEdited

        if self.step is None:
            return False
        taken = isinstance(self.event, Abandoned | BackPressed | FormEdited | InvoiceEdited)
        return self.step is not state.step or (state.busy is not None and not taken)

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("event", type(self.event).__name__)]
