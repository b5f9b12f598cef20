"""What the painter writes leaves on a terminal, cell by cell, what Textual's own bytes would leave there."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from tests.harness.kiosk.emulator import Emulator
from tests.harness.kiosk.painted import stock
from tui.kiosk.terminal.painting.painter import Painter

STYLES = st.sampled_from(
    [
        *map(Style.parse, ("", "on red", "bright_white on color(200)", "underline", "strike reverse", "blink red")),
        *(
            Style.parse(f"{how} {ink} on {ground}")
            for how in ("", "bold", "reverse", "dim italic", "reverse underline")
            for ink, ground in (("#f4f8fb", "#0d1b2a"), ("#f4f8fb", "#ffd166"), ("default", "#0d1b2a"))
        ),
    ]
)
TEXTS = st.sampled_from([" ", " " * 5, " " * 12, "a", "bc", "续", "期表", "▄", "é", "e\u0301", "𠮷"])
LINES = st.lists(st.builds(Segment, TEXTS, STYLES, st.none()), max_size=5)
SIZES = st.sampled_from([Size(1, 1), Size(2, 2), Size(7, 2), Size(24, 2)])
SYSTEMS = st.sampled_from([ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])


@st.composite
def updates(draw: st.DrawFn, size: Size) -> LayoutUpdate | ChopsUpdate:
    """A whole screen, or parts of some lines."""
    width, height = size
    if draw(st.booleans()):
        return LayoutUpdate([[draw(strips(width))] for _ in range(height)], size.region)
    y = draw(st.integers(0, height - 1))
    cuts = sorted(draw(st.sets(st.integers(0, width - 1), max_size=3)) | {0, width})
    parts = {x: draw(st.one_of(st.none(), strips(end - x))) for x, end in pairwise(cuts)}
    return ChopsUpdate([parts if line == y else {} for line in range(height)], [(y, 0, width)], [cuts[1:]] * height)


@st.composite
def strips(draw: st.DrawFn, width: int) -> Strip:
    """A line of this width."""
    return Strip(draw(LINES)).adjust_cell_length(width)


@settings(deadline=None)
@given(st.data(), SIZES, SYSTEMS, st.booleans())
def test_what_is_shown_is_what_textual_would_have_shown(
    data: st.DataObject, size: Size, colours: ColorSystem, erases: bool
) -> None:
    ours, theirs = Emulator(*size), Emulator(*size)
    painter = Painter(colours, erases=erases)
    ours.litter()
    first = LayoutUpdate([[Strip.blank(size.width)]] * size.height, size.region)
    for update in (first, *data.draw(st.lists(updates(size), min_size=1, max_size=4))):
        if data.draw(st.booleans(), "another program writes"):
            ours.litter()
            painter.distrust()
        painter.take(update)
        theirs.feed(stock(update, colours))
        cursor = data.draw(st.tuples(st.integers(0, size.width - 1), st.integers(0, size.height - 1)))
        frame = painter.paint(cursor)
        ours.feed(frame)
        assert ours.cells() == theirs.cells()
        assert ours.cursor == cursor
        assert painter.paint(cursor) == ""
        assert erases or not set("KX") & set(frame)
