"""Tell a person at the keys from an object that lies on them."""

from collections.abc import Callable
from time import monotonic

from textual import events

PAUSE = 1.0
"""Seconds without an act after which all is forgotten: things do not pause."""
HELD = 5.0
"""Seconds for which one act may be repeated, as a keyboard repeats a key that is held."""
BURST, RATE = 400, 20
"""Acts at once and a second that a person may do, a scanner in the hand included."""


class Attendance:
    """Judges a run of keys, clicks and pastes by its pace and sameness."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last = self._begun = self._same_since = clock()
        self._act = ""
        self._count = 0

    def shown_by(self, act: str) -> bool:
        """Whether `act`, done now, shows that somebody is there."""
        now = self._clock()
        if now - self._last > PAUSE:
            self._begun, self._count, self._act = now, 0, ""
        if act != self._act:
            self._act, self._same_since = act, now
        self._last = now
        self._count += 1
        held = now - self._same_since > HELD
        return not held and self._count <= BURST + RATE * (now - self._begun)


def act_of(event: events.Event) -> str:
    """What somebody did, the same words for the same act; "" for what comes by itself."""
    match event:
        case events.Key():
            return event.key
        case events.MouseDown():
            return f"click {event.screen_offset}"
        case events.MouseScrollDown() | events.MouseScrollUp() | events.Paste():
            return type(event).__name__
        case _:
            return ""
