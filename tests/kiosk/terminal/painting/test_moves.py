"""The cursor's moves: where they lead, and that none is longer than the whole address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.kiosk.emulator import Emulator
from tui.kiosk.terminal.painting.moves import move

PLACES = st.tuples(st.integers(0, 79), st.integers(0, 23))


@given(PLACES, PLACES, st.booleans())
def test_a_move_leads_there_by_no_longer_way(start: tuple[int, int], end: tuple[int, int], column_known: bool) -> None:
    terminal = Emulator()
    terminal.feed(move((None, None), *start))
    assert terminal.cursor == start
    way = move((start[0] if column_known else None, start[1]), *end)
    terminal.feed(way)
    assert terminal.cursor == end
    assert len(way) <= len(move((None, None), *end))


@pytest.mark.parametrize(
    ("start", "end", "way"),
    [
        ((None, None), (0, 0), "\x1b[H"),
        ((None, None), (4, 0), "\x1b[;5H"),
        ((None, None), (0, 11), "\x1b[12H"),
        ((9, 3), (8, 3), "\b"),
        ((9, 3), (30, 3), "\x1b[21C"),
        ((9, 3), (9, 4), "\x1b[B"),
        ((None, 3), (0, 3), "\r"),
    ],
)
def test_the_shortest_way(start: tuple[int | None, int | None], end: tuple[int, int], way: str) -> None:
    assert move(start, *end) == way
