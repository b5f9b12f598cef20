"""The ladder drawn: five numbered rungs beside each other, or below each other where the window is narrow."""

from rich.cells import cell_len
from textual.content import Content

from tui.core.ladder import RungSeen, Standing
from tui.kiosk.text.ladder import rung_words, standing_words

_BADGES = {Standing.DONE: "bold $ink on $good", Standing.FAILING: "bold $ink on $bad"}
_STYLES = {Standing.DONE: "$good", Standing.FAILING: "bold $bad"}
_BADGE = 4
"""Cells of a number, with the blank after it."""
_LEAST, _MOST = 2, 6
"""Cells between two rungs."""


def ladder(rungs: tuple[RungSeen, ...], width: int) -> Content:
    """Each with its name and how it stands, within `width` cells."""
    columns = [max(cell_len(rung_words(seen)), cell_len(standing_words(seen))) for seen in rungs]
    gap = (width - sum(columns) - _BADGE * len(rungs)) // (len(rungs) - 1)
    if gap < _LEAST:
        widest = max(cell_len(rung_words(seen)) for seen in rungs) + _LEAST
        lines = (
            Content.assemble(*_name(number, seen, widest), _standing(seen, 0)) for number, seen in enumerate(rungs, 1)
        )
        return Content("\n").join(list(lines))
    widths = [column + min(gap, _MOST) for column in columns]
    named = [part for at, seen in enumerate(rungs) for part in _name(at + 1, seen, widths[at])]
    below = [part for at, seen in enumerate(rungs) for part in (" " * _BADGE, _standing(seen, widths[at]))]
    return Content.assemble(*named, "\n", *below)


def _name(number: int, seen: RungSeen, width: int) -> tuple[tuple[str, str], ...]:
    badge = f" {number} ", _BADGES.get(seen.standing, "$foreground on $raised")
    words = rung_words(seen)
    return badge, (" ", ""), (words + " " * (width - cell_len(words)), "bold")


def _standing(seen: RungSeen, width: int) -> tuple[str, str]:
    words = standing_words(seen)
    return words + " " * (width - cell_len(words)), _STYLES.get(seen.standing, "$muted")
