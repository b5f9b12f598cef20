"""What could lie in the table: stamps, figures, ratios, and whether a target is met."""

import sys

import pytest

from tests.bench.performance import terminal
from tests.bench.performance.figures import BEFORE, NOW, REFERENCE, Row, Take, Target
from tests.bench.performance.page import BEGIN, END, placed
from tests.bench.performance.screen import Screen
from tests.bench.performance.table import markdown
from tests.bench.performance.terminal import Chunk, Terminal, first_seen

ECHO = """
import sys, tty
tty.setraw(0)
print("READY", end="", flush=True)
while key := sys.stdin.buffer.raw.read(1):
    sys.stdout.write("painted" if key == b"p" else "")
    sys.stdout.flush()
"""


def row(target: Target | None, take: Take = Take.MEDIAN) -> Row:
    """Before it took twice the reference, now as long."""
    samples = {REFERENCE: [10.0, 12.0, 11.0], BEFORE: [20.0, 22.0, 24.0], NOW: [11.0, 10.0, 40.0]}
    return Row("key", "a key", "ms", target, samples, "bare", take, 1)


@pytest.mark.parametrize(
    ("target", "take", "met"),
    [
        (Target(1.0, ratio=True), Take.MEDIAN, True),
        (Target(0.9, ratio=True), Take.MEDIAN, False),
        (Target(11), Take.MEDIAN, True),
        (Target(39), Take.LARGEST, False),
        (Target(12, at_least=True), Take.MEDIAN, False),
        (None, Take.MEDIAN, None),
    ],
)
def test_a_target_is_met_by_the_figure_or_by_its_ratio(target: Target | None, take: Take, met: bool | None) -> None:
    assert row(target, take).met is met


def test_a_target_of_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert Row("key", "a key", "ms", Target(1.0, ratio=True), {NOW: [1.0]}).met is None


def test_a_line_says_figure_spread_ratio_and_verdict() -> None:
    assert markdown([row(Target(0.9, ratio=True))]).splitlines()[-1] == (
        "| a key | bare: 11.0 ms (10.0 to 12.0) | 22.0 ms (20.0 to 24.0) | 11.0 ms (10.0 to 40.0) "
        "| 2.00 | 1.00 | ≤ 0.9 x | **no** |"
    )


def test_the_stamp_is_of_the_bytes_that_brought_it_about() -> None:
    chunks = [Chunk(0.1, b"\x1b[?1049h"), Chunk(0.2, b"RE"), Chunk(0.3, b"\x1b[0mADY"), Chunk(0.4, b" READY")]
    assert first_seen(chunks, lambda screen: not screen.blank) == pytest.approx(200)
    assert first_seen(chunks, lambda screen: screen.shows(["READY"])) == pytest.approx(300)
    with pytest.raises(LookupError):
        first_seen(chunks, lambda screen: screen.shows(["PAID"]))


def test_the_emulator_knows_what_programs_use() -> None:
    screen = Screen()
    screen.feed(b"left over\x1b[?1049h\x1b[Ha\x1b[3bc")
    assert screen.text.split() == ["aaaac"]
    screen.feed(b"\x1b[2J\x1b[41m\x1b[H \x1b[0m")
    assert not screen.blank


def test_an_answer_is_counted_and_a_key_that_paints_nothing_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_ANSWER", 0.1)
    with Terminal([sys.executable, "-c", ECHO]) as program:
        program.until("READY")
        echo = program.press(b"p", quiet=0.05)
        assert echo is not None
        assert echo.size == len("painted")
        assert echo.seconds > 0
        assert program.press(b"n", quiet=0.05) is None


def test_the_page_keeps_its_words() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert placed(page, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
