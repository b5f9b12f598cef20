"""A large tick: what it stands for is also said in words beside it."""

from textual.content import Content

from tui.kiosk.widgets.figures import Figures, half
from tui.kiosk.widgets.words import Words

FINE = (
    "         ###",
    "        ### ",
    "##     ###  ",
    " ##   ###   ",
    "  #####     ",
    "   ###      ",
)
"""Two pixels a cell, one above the other."""
COARSE = (
    "         ###",
    "         ###",
    "##    ####  ",
    "##    ####  ",
    "  #####     ",
    "  #####     ",
)
"""The same of whole cells, for a font without half blocks."""


class LargeTick(Words):
    """Three rows."""

    def on_mount(self) -> None:
        """It never changes."""
        pixels = FINE if Figures.half_blocks else COARSE
        rows = (
            Content.assemble(*(half(up == "#", low == "#", "$good") for up, low in zip(upper, lower, strict=True)))
            for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
        )
        self.update(Content("\n").join(list(rows)))
