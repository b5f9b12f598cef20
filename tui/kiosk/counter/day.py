"""The day's numbers, without names, and the tries at the operator's password; both outlive the programs shown."""

import time

FREE_TRIES = 3
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
"""Seconds after the last free try; doubled with each further one."""


class Day:
    """Counts by kind since midnight, in memory only."""

    def __init__(self) -> None:
        self._date = ""
        self._counts: dict[str, int] = {}

    def count(self, kind: str) -> None:
        """One more."""
        self._begin()
        self._counts[kind] = self._counts.get(kind, 0) + 1

    @property
    def line(self) -> str:
        """`kind=count` for each, separated by blanks."""
        self._begin()
        return " ".join(f"{kind}={count}" for kind, count in sorted(self._counts.items()))

    def _begin(self) -> None:
        today = time.strftime("%Y-%m-%d")
        if today != self._date:
            self._date, self._counts = today, {}


class Tries:
    """When the operator's password may be tried again."""

    def __init__(self) -> None:
        self._made = 0
        self.until = 0.0
        """On the monotonic clock, which all processes of a machine share."""

    def make(self) -> None:
        """Count a try before it is known whether the password is right."""
        self._made += 1
        if self._made >= FREE_TRIES:
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._made - FREE_TRIES, 16))
            self.until = time.monotonic() + wait

    def forget(self) -> None:
        """The password was right: begin anew."""
        self._made, self.until = 0, 0.0
