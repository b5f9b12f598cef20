"""How long a program's start may take: longer each time it was not enough, and then as long as it takes here."""

FIRST, LONGEST = 60.0, 480.0
"""Seconds at the beginning and at least; and at most, before a program that imports is taken for one that hangs."""


class Allowance:
    """Learnt from one start after another."""

    def __init__(self) -> None:
        self.seconds = FIRST
        """What the next start may take."""

    def was_not_enough(self) -> None:
        """A start was ended at this allowance: the machine may be slow."""
        self.seconds = min(LONGEST, 2 * self.seconds)

    def was_enough(self, took: float) -> None:
        """A start took so many seconds: the next one may take twice as long."""
        self.seconds = min(LONGEST, max(FIRST, 2 * took))
