"""Cells: no control character gets through, and nothing wide is left by half."""

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui.kiosk.terminal.painting.cells import Row, cells_of, put
from tui.kiosk.terminal.painting.renditions import Renditions

RENDITIONS = Renditions(ColorSystem.TRUECOLOR)


def row(text: str) -> Row:
    return cells_of([Segment(text)], RENDITIONS)


def texts(cells: Row) -> list[str]:
    return [text for text, _ in cells]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\x1b]0;x\x07b", ["a", "]", "0", ";", "x", "b"]),
        ("\x00\x7f\x9b\x85续\u200e\u202e\u2028", ["续", ""]),
        ("e\u0301\u0301f", ["e\u0301\u0301", "f"]),
        ("\u0301g", ["g"]),
        ("👩\u200d💻x", ["👩\u200d💻", "", "x"]),
        ("a\u200bb\ufeff", ["a", "b"]),
    ],
    ids=repr,
)
def test_text_becomes_what_a_terminal_may_get(text: str, cells: list[str]) -> None:
    assert texts(row(text)) == cells


@pytest.mark.parametrize(
    ("before", "x", "new", "after"),
    [
        ("续期", 1, "a", [" ", "a", "期", ""]),
        ("续期", 1, "证", [" ", "证", "", " "]),
        ("续期", 0, "a", ["a", " ", "期", ""]),
        ("续期", 3, "证", ["续", "", " ", " "]),
        ("abcd", 2, "续期", ["a", "b", "续", ""]),
        ("abcd", 4, "e", ["a", "b", "c", "d"]),
    ],
)
def test_no_half_is_left(before: str, x: int, new: str, after: list[str]) -> None:
    assert texts(put(row(before), x, row(new))) == after


def test_black_on_a_light_ground_stays_black_where_bold_would_brighten_it() -> None:
    few = Renditions(ColorSystem.STANDARD)
    black, white = (
        few.of(Style(color=ink, bgcolor=ground, bold=True))[0]
        for ink, ground in (("black", "white"), ("white", "black"))
    )
    assert (black.attributes, black.ink) == ((), "30")
    assert (white.attributes, white.ink) == (("1",), "37")
