"""How long a program's start may take."""

import pytest

from tui.kiosk.counter.allowance import FIRST, LONGEST, Allowance


def test_what_is_not_enough_is_doubled_up_to_the_longest() -> None:
    allowance, given = Allowance(), []
    for _ in range(5):
        given.append(allowance.seconds)
        allowance.was_not_enough()
    assert given == [FIRST, 2 * FIRST, 4 * FIRST, LONGEST, LONGEST]


@pytest.mark.parametrize(
    ("took", "next_may"), [(1, FIRST), (FIRST, 2 * FIRST), (LONGEST / 2, LONGEST), (LONGEST - 1, LONGEST)]
)
def test_what_was_enough_is_learnt_from(took: float, next_may: float) -> None:
    allowance = Allowance()
    for _ in range(3):
        allowance.was_not_enough()
    allowance.was_enough(took)
    assert allowance.seconds == next_may
