"""A few of the ways out of a counter that `tests.bench.ways_out` tries, against the real program in a pty."""

from collections.abc import Iterator

import pytest

from tests.bench.ways_out.attempt import attempt
from tests.bench.ways_out.starts import Alone
from tests.bench.ways_out.ways import later_ways, ways

FEW = ("control byte 03", "control byte 1c", "F10", "unfinished DCS", "paste holding lines", "SIGTERM to the program")


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    with Alone(tmp_path_factory.mktemp("counter")) as started:
        yield started


@pytest.mark.xdist_group("counter")
@pytest.mark.parametrize("name", FEW)
def test_no_way_leads_out_and_f1_answers_after_each(kiosk: Alone, name: str) -> None:
    assert attempt(kiosk, next(way for way in ways() if way.name == name)) == ""


def test_a_hundred_and_twenty_ways_are_known() -> None:
    names = [way.name for way in ways()]
    assert len(names) == len(set(names)) >= 120


def test_at_least_a_third_of_them_is_tried_from_a_persons_screens_too() -> None:
    names, known = [way.name for way in later_ways()], {way.name for way in ways()}
    assert len(names) == len(set(names))
    assert 3 * len(known & set(names)) >= len(known)
