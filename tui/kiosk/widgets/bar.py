"""Bars of whole cells: what is over, what is left, and that something is under way."""

from typing import TypeAlias

Said: TypeAlias = tuple[tuple[str, str], ...]
"""Texts, one behind the other, each with its style."""

LONG = 24
"""Cells of a bar that has a line for itself."""
SHORT = 8
"""Cells of a bar beside words."""
MARK = 2
"""Cells of the mark that moves while nobody knows how long it takes."""


def remaining(left: float, whole: float, cells: int) -> Said:
    """What is left of `whole`; what is over shows the ground, so that a cell that goes out changes no colour twice."""
    lit = 0 if whole <= 0 else min(cells, max(int(left > 0), round(cells * left / whole)))
    return (" " * lit, "reverse"), (" " * (cells - lit), "")


def progress(seconds: int, done: int = 0, steps: int = 1, cells: int = LONG) -> Said:
    """`done` of `steps` lit, and a mark that moves a cell a second within the step under way."""
    begin, end = cells * done // steps, cells * min(done + 1, steps) // steps
    room = end - begin - MARK
    at = begin + (seconds % (room + 1) if room > 0 else 0)
    mark = min(MARK, end - begin)
    return (
        (" " * begin, "on $good"),
        (" " * (at - begin), "on $raised"),
        (" " * mark, "on $edge"),
        (" " * (cells - at - mark), "on $raised"),
    )
