"""A QR code in the terminal (ISO/IEC 18004), drawn so that phones read it: black on white, whatever the theme."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.text import _

QUIET_ZONES = (4, 2)
"""Light modules around the code: 4 by the standard; 2 is the least that every reader took, used where 4 do not fit."""

LONGEST_PAYLOAD = 512
"""Characters; a longer one is not a payment code."""

Modules = tuple[tuple[bool, ...], ...]
"""Rows of dark modules, without quiet zone."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a code is drawn."""

    side: int
    """Modules of one side, quiet zone included."""
    quiet: int
    wide: bool
    """Two background cells a module; otherwise one cell holds two modules, one above the other."""

    @property
    def size(self) -> Size:
        """Cells it takes."""
        return Size(self.side * 2, self.side) if self.wide else Size(self.side, (self.side + 1) // 2)


@lru_cache(maxsize=4)
def modules(payload: str) -> Modules:
    """The code of `payload`: level M, digits in numeric mode."""
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_M

    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(payload, optimize=20)
    code.make(fit=True)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def drawings(side: int, half_blocks: bool) -> Iterator[Drawing]:
    """Ways to draw a code of `side` modules, the best first."""
    for quiet in QUIET_ZONES:
        yield Drawing(side + 2 * quiet, quiet, wide=True)
        if half_blocks:
            yield Drawing(side + 2 * quiet, quiet, wide=False)


def draws_half_blocks(terminal: str, encoding: str) -> bool:
    """Whether `▄` can be trusted: the Linux console's fonts and every charset but UTF-8 lack it."""
    return terminal != "linux" and encoding.lower().replace("-", "") == "utf8"


class QrCode(Widget):
    """Shows one payload as large as its place allows, or says how large the window must be."""

    ALLOW_SELECT = False
    half_blocks: ClassVar[bool] = True
    """What `draws_half_blocks` says of this process's terminal; set once, before the app runs."""

    def __init__(self, *, beside: int = 0, id: str | None = None) -> None:
        """Leave `beside` columns of the container to others."""
        super().__init__(id=id)
        self._beside = beside
        self._modules: Modules = ()

    def show(self, payload: str) -> None:
        """Draw `payload`; an empty one clears the code."""
        found = modules(payload) if 0 < len(payload) <= LONGEST_PAYLOAD else ()
        if found != self._modules:
            self._modules = found
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The drawing's width, or the whole place for the words that stand in for it."""
        drawing = self._fitting(container - Size(self._beside, 0))
        return drawing.size.width if drawing else container.width - self._beside

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The drawing's height."""
        drawing = self._fitting(Size(width, container.height))
        return drawing.size.height if drawing else container.height

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        drawing = self._fitting(self.size)
        if drawing is None:
            return self._words(y)
        rows = _framed(self._modules, drawing.quiet)
        if drawing.wide:
            return Strip(_run(dark, dark, 2 * len(tuple(run))) for dark, run in groupby(rows[y]))
        lower = rows[2 * y + 1] if 2 * y + 1 < len(rows) else (False,) * len(rows)
        pairs = groupby(zip(rows[2 * y], lower, strict=True))
        return Strip(_run(*pair, len(tuple(run))) for pair, run in pairs)

    @property
    def shown(self) -> bool:
        """Whether a code stands on the screen now."""
        return bool(self._modules) and self._fitting(self.size) is not None

    def _fitting(self, place: Size) -> Drawing | None:
        if not self._modules:
            return None
        fits = (
            drawing
            for drawing in drawings(len(self._modules), self.half_blocks)
            if drawing.size.width <= place.width and drawing.size.height <= place.height
        )
        return next(fits, None)

    def _words(self, y: int) -> Strip:
        blank = Strip.blank(self.size.width, self.rich_style)
        if not self._modules:
            return blank
        least = min((d.size for d in drawings(len(self._modules), self.half_blocks)), key=lambda size: size.area)
        window = self.app.size
        width = window.width + max(0, least.width - self.size.width)
        height = window.height + max(0, least.height - self.size.height)
        lines = (
            _("窗口太小，放不下二维码。"),
            _("请把窗口放大到至少 {width} 列 × {height} 行。").format(width=width, height=height),
        )
        top = max(0, (self.size.height - len(lines)) // 2)
        if not top <= y < top + len(lines):
            return blank
        return Strip([Segment(lines[y - top], self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)


DARK, LIGHT = Color.parse("#000000"), Color.parse("#ffffff")
"""Theme or terminal default colours make codes that phones do not read."""


def _framed(code: Modules, quiet: int) -> Modules:
    margin = (False,) * quiet
    blank = (False,) * (len(code) + 2 * quiet)
    return (blank,) * quiet + tuple(margin + row + margin for row in code) + (blank,) * quiet


def _run(upper: bool, lower: bool, cells: int) -> Segment:
    """Equal cells in a row; block glyphs leave light seams, so the background carries all it can."""
    background = DARK if upper else LIGHT
    if upper == lower:
        return Segment(" " * cells, Style(bgcolor=background))
    return Segment("▄" * cells, Style(color=DARK if lower else LIGHT, bgcolor=background))
