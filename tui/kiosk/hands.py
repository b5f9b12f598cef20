"""Tell whether a person has a keyboard of their own."""

from textual import events


class Hands:
    """What is known of the hands at this terminal."""

    def __init__(self) -> None:
        self.without_keys = False
        """A counter with a touch screen alone: every field brings the keyboard on the screen."""
        self.shuffled = False
        """The digits of a CA密码 stand in another order each time: for counters where others see the hand."""
        self.on_keys = False
        """Somebody has typed since the first screen was shown."""

    def typed(self, event: events.Event) -> bool:
        """Whether this is a character from a real keyboard; remembered."""
        typed = isinstance(event, events.Key) and event.is_printable and not event.is_forwarded
        self.on_keys |= typed
        return typed
