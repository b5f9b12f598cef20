"""Whether a desk's cost grows is told by what is measured in turns, on whatever machine."""

from itertools import count
from statistics import median

import pytest

from tests.bench.performance.rows.flat import in_turns, percent_more


@pytest.mark.parametrize(("grows", "drift"), [(0.0, 0.02), (0.0, -0.005), (12.0, 0.02)])
def test_a_machine_that_becomes_slower_hides_no_growth_and_feigns_none(grows: float, drift: float) -> None:
    """By up to 2 % from turn to turn, so that the last turn takes half as long again as the first."""
    measured = count()

    def once(finished: int) -> float:
        return 200 * (1 + drift * next(measured)) * (1 + grows / 100 if finished == 100_000 else 1)

    took = in_turns((250, 10_000, 100_000), 8, once)
    assert median(percent_more(took[100_000], took[250])) == pytest.approx(grows, abs=1)
    assert median(percent_more(took[10_000], took[250])) == pytest.approx(0, abs=1)
