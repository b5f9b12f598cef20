"""A QR code in the terminal (ISO/IEC 18004), drawn so that phones read it: black on white, whatever the theme."""

from dataclasses import replace
from itertools import groupby
from typing import ClassVar, cast

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.core.frozen import frozen
from tui.kiosk.matrix import QUIET_ZONES, Modules, drawable, framed, modules
from tui.kiosk.text import _

LOWER_HALF = "▄"
"""Of all block glyphs the one that is drawn: the background carries the rest."""

LEAST_WORDS = 24
"""Columns for the words that stand in for a code that does not fit."""


@frozen
class Drawing:
    """How a code is drawn."""

    modules: int
    """Of one side, without quiet zone."""
    across: int
    """Quiet zone left and right."""
    down: int
    """Quiet zone above and below."""
    wide: bool
    """Two background cells a module; otherwise one cell holds two modules, one above the other."""

    @property
    def size(self) -> Size:
        """Cells it takes."""
        columns, rows = self.modules + 2 * self.across, self.modules + 2 * self.down
        return Size(columns * 2, rows) if self.wide else Size(columns, (rows + 1) // 2)


def fitting(code: int, place: Size, half_blocks: bool) -> Drawing | None:
    """The best drawing of a code of `code` modules in `place`: large modules first, then wide quiet zones."""
    for wide in (True, False) if half_blocks else (True,):
        least = smallest(code, not wide)
        if least.size.width <= place.width and least.size.height <= place.height:
            across = next(q for q in QUIET_ZONES if replace(least, across=q).size.width <= place.width)
            down = next(q for q in QUIET_ZONES if replace(least, down=q).size.height <= place.height)
            return Drawing(code, across, down, wide)
    return None


def smallest(code: int, half_blocks: bool) -> Drawing:
    """The drawing that takes the least place."""
    return Drawing(code, QUIET_ZONES[-1], QUIET_ZONES[-1], wide=not half_blocks)


class QrCode(Widget):
    """Shows one payload as large as its place allows, or says how large the window must be."""

    ALLOW_SELECT = False
    half_blocks: ClassVar[bool] = True
    """Whether this process's terminal draws `▄`; set once, before the app runs."""
    doubtful: ClassVar[bool] = False
    """Whether that is only hoped."""
    has_white_grounds: ClassVar[bool] = True
    """Whether this process's terminal has a brighter ground than grey: one of eight colours has none."""

    def __init__(self, *, beside: int = 0, id: str | None = None) -> None:
        """Leave `beside` columns of the container to others."""
        super().__init__(id=id)
        self._beside = beside
        self._modules: Modules = ()

    def show(self, payload: str) -> None:
        """Draw `payload`; one that is empty or not `drawable` clears the code."""
        found = modules(payload) if drawable(payload) else ()
        if found != self._modules:
            self._modules = found
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The drawing's width, or the whole place for the words that stand in for it."""
        place = container - Size(self._beside, 0)
        drawing = self._fitting(place)
        return drawing.size.width if drawing else max(place.width, LEAST_WORDS)

    def render_line(self, y: int) -> Strip:
        """One row of cells; the drawing stands in the middle of the height."""
        drawing = self.drawing
        lines = drawing.size.height if drawing else len(self._words)
        row = y - (self.size.height - lines) // 2
        if not 0 <= row < lines:
            return Strip.blank(self.size.width, self.rich_style)
        if drawing is None:
            return self._line(self._words[row])
        return _row(self._modules, drawing, row, LIGHT if self.has_white_grounds else GREY)

    @property
    def drawing(self) -> Drawing | None:
        """How the code stands on the screen now; None when it does not."""
        return self._fitting(self.size)

    def _fitting(self, place: Size) -> Drawing | None:
        return fitting(len(self._modules), place, self.half_blocks) if self._modules else None

    def _line(self, words: str) -> Strip:
        left = max(0, self.size.width - cell_len(words)) // 2
        line = Strip([Segment(" " * left + words, self.rich_style)])
        return line.adjust_cell_length(self.size.width, self.rich_style)

    @property
    def _words(self) -> list[str]:
        """How large the window is, and how large it must be for the smallest drawing."""
        if not self._modules:
            return []
        least = smallest(len(self._modules), self.half_blocks).size
        window, place = self.app.size, cast(Widget, self.parent).size - Size(self._beside, 0)
        columns = window.width + max(0, least.width - place.width)
        rows = window.height + max(0, least.height - place.height)
        sentences = too_small(window, Size(columns, rows))
        return [line.plain for sentence in sentences for line in Content(sentence).wrap(self.size.width)]


def too_small(window: Size, least: Size) -> tuple[str, ...]:
    """That a window holds no code, how large it must be, and how large it is."""
    return (
        _("窗口太小，放不下二维码。"),
        _("请放大窗口或缩小字号："),
        _("至少{columns}列{rows}行，").format(columns=least.width, rows=least.height),
        _("现在{columns}列{rows}行。").format(columns=window.width, rows=window.height),
    )


DARK, LIGHT = Color.parse("#000000"), Color.parse("#ffffff")
"""Theme or terminal default colours make codes that phones do not read."""
GREY = Color.parse("#aaaaaa")
"""Ground, and ink like it: white ink would make its modules seem larger than theirs."""


def _row(code: Modules, drawing: Drawing, row: int, light: Color) -> Strip:
    rows = framed(code, drawing.across, drawing.down)
    if drawing.wide:
        return Strip(_run(dark, dark, 2 * len(tuple(run)), light) for dark, run in groupby(rows[row]))
    lower = rows[2 * row + 1] if 2 * row + 1 < len(rows) else (False,) * len(rows[0])
    pairs = groupby(zip(rows[2 * row], lower, strict=True))
    return Strip(_run(*pair, len(tuple(run)), light) for pair, run in pairs)


def _run(upper: bool, lower: bool, cells: int, light: Color) -> Segment:
    """Equal cells in a row; block glyphs leave light seams, so the background carries all it can."""
    background = DARK if upper else light
    if upper == lower:
        return Segment(" " * cells, Style(bgcolor=background))
    return Segment(LOWER_HALF * cells, Style(color=DARK if lower else light, bgcolor=background))
