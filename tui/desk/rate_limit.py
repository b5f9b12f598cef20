"""Limits how much is kept of what anybody on the network may cause."""

import threading
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)


class Allowance:
    """A number of events a minute, counted in this process; safe for threads."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._taken = 0

    def take(self, now: datetime) -> bool:
        """Whether there is one left; a clock that was put back begins a new minute."""
        with self._lock:
            if self._since is None or not self._since <= now < self._since + _MINUTE:
                self._since, self._taken = now, 0
            self._taken += 1
            return self._taken <= self._per_minute
