"""Tell the time by this machine's clock, or by the desk's where the two differ by more than is harmless."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tui.core.beijing import SKEW
from tui.process.clock import utc_now


class DeskTime:
    """This machine's clock, set right by the desk's."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock, self._ahead = clock, timedelta()

    def __call__(self) -> datetime:
        """Now, aware; by this machine's clock where the desk has not told another time."""
        return self._clock() - self._ahead

    @property
    def is_right(self) -> bool:
        """Whether the desk has told no other time."""
        return not self._ahead

    def told(self, time: datetime) -> timedelta:
        """What the desk says it is now, aware; how far this machine's clock is ahead of it."""
        ahead = self._clock() - time
        self._ahead = ahead if abs(ahead) > SKEW else timedelta()
        return ahead
