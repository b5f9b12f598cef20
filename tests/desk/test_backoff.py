"""The wait between two tries."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui.desk.backoff import delay

HOUR = timedelta(hours=1)
SPANS = some.timedeltas(timedelta(microseconds=1), timedelta(days=30))


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (11, 2048), (12, 3600), (5000, 3600), (10**9, 3600)]
)
def test_it_doubles_up_to_the_longest(tries: int, seconds: int) -> None:
    assert delay(tries, longest=HOUR) == timedelta(seconds=seconds)


@given(tries=some.integers(1, 60), first=SPANS, longest=SPANS)
def test_it_is_the_doubled_first_or_the_longest_and_never_more(
    tries: int, first: timedelta, longest: timedelta
) -> None:
    exact = first // timedelta(microseconds=1) * 2 ** (tries - 1)
    wait = delay(tries, first=first, longest=longest)
    assert wait // timedelta(microseconds=1) == min(exact, longest // timedelta(microseconds=1))
    assert delay(tries + 1, first=first, longest=longest) >= wait
