"""How the keyboard looks: where its keys and candidates lie, and what stands on them."""

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.kiosk.text import _
from tui.kiosk.widgets.figures import Figures, half_ground
from tui.kiosk.widgets.keyboard.composition import CHIP, Composition
from tui.kiosk.widgets.keyboard.layout import Act, Cap, Layer, Rows, rows
from tui.kiosk.widgets.keyboard.typed import Typed

ROWS = 4
TALL = ((84, 30, 3), (60, 22, 2), (0, 0, 1))
"""Columns and rows of a window from which a key has so many rows."""
WIDEST = {Layer.DIGITS: 12}
"""Columns of a key; of others `WIDE`."""
WIDE = 8
LEAST_LETTERS = 16
"""Columns of the bar for what is being composed."""
TURN = 4
"""Columns of the marks that turn the page."""


class Faces(Widget, can_focus=False):
    """Four rows of keys and, where one types by sound, a bar of candidates above them."""

    COMPONENT_CLASSES: ClassVar = {
        "keyboard--ground",
        "keyboard--key",
        "keyboard--other",
        "keyboard--act",
        "keyboard--on",
        "keyboard--main",
        "keyboard--bar",
        "keyboard--letters",
        "keyboard--candidate",
    }

    def __init__(self, composition: Composition) -> None:
        super().__init__(id="keyboard")
        self._composition = composition
        self._typed = Typed.LATIN
        self._layer = Layer.LETTERS
        self._capitals = self._sound = False
        self._digits = "1234567890"

    # ── size ────────────────────────────────────────────────────────────────
    @property
    def tall(self) -> int:
        """Rows of a key."""
        window = self.app.size
        return next(tall for columns, rows, tall in TALL if window.width >= columns and window.height >= rows)

    @property
    def _labelled(self) -> int:
        """The row of a key in which its face stands: the middle one, or the upper one of two."""
        return (self.tall - 1) // 2

    @property
    def _bar(self) -> int:
        """Rows of the bar."""
        return self.tall if self._sound else 0

    def resize(self) -> None:
        """Take the rows that the keys and the bar need in this window."""
        self.styles.height = ROWS * self.tall + self._bar

    @property
    def _rows(self) -> Rows:
        return rows(self._layer, self._typed, capitals=self._capitals, sound=self._sound, digits=self._digits)

    def _places(self, row: tuple[Cap, ...]) -> Iterator[tuple[Cap, int, int]]:
        """Each key of a row, its first column and its width."""
        units = sum(cap.units for cap in row)
        unit = max(3, min(WIDEST.get(self._layer, WIDE), self.size.width // units))
        x = max(0, (self.size.width - unit * units) // 2)
        for cap in row:
            yield cap, x, unit * cap.units
            x += unit * cap.units

    @property
    def _room(self) -> int:
        """Columns for candidates."""
        return self.size.width - self._letters_width - 2 * TURN

    @property
    def _letters_width(self) -> int:
        return min(self.size.width // 3, max(LEAST_LETTERS, len(self._composition.letters) + 3))

    # ── drawing ─────────────────────────────────────────────────────────────
    def _draw_bar(self) -> None:
        self.refresh(Region(0, 0, self.size.width, self._bar))

    def render_line(self, y: int) -> Strip:
        """A row of cells."""
        segments = self._bar_line(y) if y < self._bar else self._key_line(y - self._bar)
        ground = Segment(" " * self.size.width, self._style("ground"))
        return Strip([*segments, ground]).crop(0, self.size.width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"keyboard--{name}")

    def _bar_line(self, y: int) -> Iterator[Segment]:
        """What is being composed, the candidates with their digits, the marks that turn the page."""
        labelled = y == self._labelled
        letters = self._composition.letters if labelled else ""
        hint = _("先点拼音字母") if labelled and not self._composition else ""
        width = self._letters_width
        yield Segment(set_cell_size(f" {letters or hint}", width), self._style("letters"))
        room, shown = self._room, self._composition.shown(self._room)
        for number, text in enumerate(shown, 1):
            width = cell_len(text) + CHIP
            yield self._part(f" {number}{text} ", width - 1, "candidate", "bar", y)
            yield Segment(" ", self._style("bar"))
            room -= width
        yield Segment(" " * max(0, room), self._style("bar"))
        less, more = self._composition.has_less, self._composition.has_more(self._room)
        for mark, there in (("<", less), (">", more)):
            style = self._style("act" if there else "bar")
            yield Segment(f" {mark} " if there and labelled else "   ", style)
            yield Segment(" ", self._style("bar"))

    def _key_line(self, y: int) -> Iterator[Segment]:
        at, line = divmod(y, self.tall)
        end = 0
        row = self._rows[at] if at < ROWS else ()
        for cap, x, width in self._places(row):
            yield Segment(" " * (x - end), self._style("ground"))
            gap = 1 if width > 3 else 0
            face = _(cap.face) if cap.act is not Act.TYPE else cap.face
            yield self._part(face, width - gap, self._look(cap, at), "ground", line)
            yield Segment(" " * gap, self._style("ground"))
            end = x + width

    def _part(self, face: str, room: int, look: str, ground: str, line: int) -> Segment:
        """A line of a key: its face, a blank one, or the last one, half ground if the terminal can draw that."""
        style = self._style(look)
        if line == self._labelled:
            face = set_cell_size(face, room) if cell_len(face) > room else face
            before = (room - cell_len(face)) // 2
            return Segment(" " * before + face + " " * (room - before - cell_len(face)), style)
        if line == self.tall - 1 and Figures.half_blocks:
            return half_ground(room, style, self._style(ground))
        return Segment(" " * room, style)

    def _look(self, cap: Cap, row: int) -> str:
        match cap.act:
            case Act.TYPE | Act.SPACE:
                return "other" if row % 2 and not (Figures.half_blocks and self.tall > 1) else "key"
            case Act.NEXT:
                return "main"
            case Act.CAPITALS if self._capitals:
                return "on"
            case Act.SYMBOLS if self._layer is Layer.SYMBOLS:
                return "on"
            case Act.SOUND if self._sound:
                return "on"
            case _:
                return "act"
