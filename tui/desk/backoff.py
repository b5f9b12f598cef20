"""How long to wait before the next try."""

from datetime import timedelta


def delay(tries: int, *, first: timedelta = timedelta(seconds=2), longest: timedelta) -> timedelta:
    """The wait after so many tries in vain: `first` after one of them, then twice as long each time, up to `longest`.

    Before any try (0) it is `first` as well. Exact, and without overflow, for any number of tries.
    """
    doublings = max(tries - 1, 0)
    return first * 2**doublings if longest // first >> doublings else longest
