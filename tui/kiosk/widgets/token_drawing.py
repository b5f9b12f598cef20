"""The token before its slot, in backgrounds, which every font has."""

from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tui.core.frozen import frozen
from tui.kiosk.text import _
from tui.kiosk.widgets.words import Words

MACHINE, SLOT, METAL, BODY = "on $edge", "on $background", "on $muted", "bold $on-selected on $selected"
ARROW, LIGHT = "on $accent", "on $good"


@frozen
class Size:
    """A drawing's measures, in cells."""

    rows: int
    reach: int
    """Rows of plug and slot above and below the middle one."""
    plug: int
    """Columns of the plug, and of the slot that takes it in."""
    gap: int
    rim: int
    """Columns of the token's body at either side of its name."""


SIZES: Final = {
    "-small": Size(3, 0, 6, 8, 2),
    "-regular": Size(5, 1, 8, 12, 4),
    "-large": Size(9, 2, 12, 16, 8),
}
"""By the screen's layout."""


class TokenDrawing(Words):
    """A still picture: the machine left, the token right, an arrow between them."""

    def show(self) -> None:
        """Draw it."""
        size = next((size for name, size in SIZES.items() if self.screen.has_class(name)), SIZES["-small"])
        # Translators: printed on the drawing of the USB token; as short as can be.
        name = _("CA证书U盘")
        middle = size.rows // 2
        rows = [_row(size, abs(row - middle), name) for row in range(size.rows)]
        self.update(Content("\n").join([Content.assemble(*row) for row in rows]))


def _row(size: Size, off: int, name: str) -> list[tuple[str, str]]:
    """The cells of a row so far from the middle one."""
    body = cell_len(name) + 2 * size.rim
    wall = size.plug // 2 + 1
    if off > size.reach:
        return [(" " * (wall + size.plug), MACHINE), (" " * (size.gap + size.plug), ""), (" " * body, BODY)]
    return [
        (" " * wall, MACHINE),
        *_slot(size, off),
        *_arrow(size, off),
        *_plug(size, off),
        *([(" " * size.rim + name + " " * (size.rim - 1), BODY), (" ", LIGHT)] if not off else [(" " * body, BODY)]),
    ]


def _slot(size: Size, off: int) -> list[tuple[str, str]]:
    """Open to the right; a deep one has a tongue."""
    tongue = size.plug - 3 if size.reach and not off else 0
    return [(" " * tongue, METAL), (" " * (size.plug - tongue), SLOT)]


def _arrow(size: Size, off: int) -> list[tuple[str, str]]:
    """To the left, its head as high as the slot."""
    if size.reach < 2:
        return [(("" if off else "<<<<").center(size.gap), "bold $accent")]
    head = 2 * (size.reach + 1 - off)
    begin, shaft = 2 + 2 * off, 0 if off else size.gap - 4 - head
    return [(" " * begin, ""), (" " * (head + shaft), ARROW), (" " * (size.gap - begin - head - shaft), "")]


def _plug(size: Size, off: int) -> list[tuple[str, str]]:
    """The metal with its two holes: one above the other where there is height, else side by side, or none."""
    if not size.reach or off != size.reach // 2:
        return [(" " * size.plug, METAL)]
    holes = 1 if size.reach > 1 else 2
    hole = size.plug // 3 if holes == 1 else max(1, size.plug // 4)
    bars = (size.plug - holes * hole) // (holes + 1)
    parts = [(" " * bars, METAL), (" " * hole, SLOT)] * holes
    return [*parts, (" " * (size.plug - holes * (hole + bars)), METAL)]


def show_large(line: Words, *, shown: bool) -> None:
    """In a high window say in large letters what to do, where the font has what they are drawn with."""
    words = None
    if shown and line.screen.has_class("-roomy"):
        from tui.kiosk.widgets.large_words import large

        # Translators: drawn in letters of 8 rows, of which there are no others than in "Insert token".
        words = large(_("请插入CA"), "$accent")
    line.display = words is not None
    line.update(words or Content())
