"""Keep deadlines while the event loop stands still, as it does when a terminal stops reading."""

from collections.abc import Callable, Mapping
from threading import Event, Thread
from time import monotonic

from tui.journey.state import Step
from tui.kiosk.elapsed import elapsed

IDLE_MULTIPLES: Mapping[Step, int] = {
    Step.AGREEMENT: 3,
    Step.FORM: 3,
    Step.METHOD: 3,
    Step.QR: 5,
    Step.ISSUING: 3,
}
"""How many idle times a person may stay away from the keys; one elsewhere."""
WARNING = 15.0
"""Seconds before the idle reset at which a warning appears."""
BRIEFLY = 2.0
"""Seconds that the ports may take to close before the process ends by force."""


class Watchdog(Thread):
    """Calls `bark` whenever nobody has called `feed` for `patience` seconds."""

    def __init__(self, patience: float, bark: Callable[[], None], clock: Callable[[], float] = monotonic) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._patience = patience
        self._bark = bark
        self._clock = clock
        self._fed = clock()
        self._ended = Event()
        self.looked: Callable[[], None] = _nothing
        """Called at each look, as long as the event loop runs."""

    def feed(self) -> None:
        """The event loop runs."""
        self._fed = self._clock()

    def stop(self) -> None:
        """Watch no longer."""
        self._ended.set()

    def run(self) -> None:
        """Look a few times within the patience."""
        barked = self._fed
        while not self._ended.wait(self._patience / 8):
            now = self._clock()
            if now - self._fed <= self._patience:
                self.looked()
            elif now - max(barked, self._fed) > self._patience:
                self._bark()
                barked = self._clock()


def _nothing() -> None:
    pass


def stop_briefly(stop: Callable[[], None]) -> None:
    """Call `stop` before the process ends by force, and wait no longer than `BRIEFLY` for it."""
    stopping = Thread(target=stop, daemon=True)
    stopping.start()
    stopping.join(BRIEFLY)


class IdleClock:
    """How long a person may still stay away from the keys."""

    def __init__(self, limit: float, clock: Callable[[], float] = elapsed) -> None:
        self.limit = limit
        self._clock = clock
        self._touched = clock()

    def touch(self) -> None:
        """A key, a click, a paste."""
        self._touched = self._clock()

    def left(self, step: Step) -> float:
        """Seconds left at `step`."""
        return self._touched + self.limit * IDLE_MULTIPLES.get(step, 1) - self._clock()
