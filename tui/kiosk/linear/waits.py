"""Say what is waited for: not at once, then ever more seldom, never more often than every ten seconds."""

from collections.abc import Callable
from time import monotonic

from tui.journey.state import State, Step

FIRST = 1.0
"""Seconds after which a wait is told, where nothing else says that it has begun."""
PAUSES = (10.0, 20.0, 30.0, 60.0)
"""Seconds between two tellings; the last one goes on."""
OPEN = frozenset({Step.QR, Step.ISSUING})
"""What these wait for was said when they began."""


class Waits:
    """The wait under way."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._at: object = None
        self._told = 0
        self._next = 0.0

    def told(self, words: str, state: State) -> str:
        """What to say now; empty for nothing."""
        now, at = self._clock(), (state.step, state.busy, state.stage) if words else None
        if at != self._at:
            self._at, self._told = at, 0
            begun = (state.step in OPEN and state.busy is None) or state.stage is not None
            self._next = now + (PAUSES[0] if begun else FIRST)
        if not words or now < self._next:
            return ""
        self._next = now + PAUSES[min(self._told, len(PAUSES) - 1)]
        self._told += 1
        return words
