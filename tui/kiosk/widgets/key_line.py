"""The line at the window's foot: the keys that work now, to be read and to be tapped."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.events import Click

from tui.core.frozen import frozen
from tui.kiosk.widgets.words import Words

FORMS: Final = ((1, 3, 1), (1, 1, 1), (1, 2, 0), (2, 3, 1), (2, 1, 1), (2, 2, 0))
"""Rows, blanks between two keys, and at either side of a key's name: the first that holds all keys, or the last."""


@frozen
class ShownKey:
    """A key of the key line, translated."""

    key: str
    label: str
    action: str


@frozen
class Placed:
    """A key where it stands."""

    key: ShownKey
    face: Content
    x: int
    row: int
    after: int
    """Blanks behind it, which are tapped for it."""


class KeyLine(Words):
    """Every key is in view: those that one row does not hold stand in another. A key is tapped in any row near it."""

    auto_links = False
    placed: tuple[Placed, ...] = ()
    _shown: tuple[tuple[ShownKey, ...], int] = (), 0

    def show(self, keys: tuple[ShownKey, ...]) -> None:
        """Draw `keys` when they, or the window's width, changed."""
        room = self.app.size.width - self.gutter.width
        if (keys, room) == self._shown:
            return
        self._shown = keys, room
        self.placed = _placed(keys, room)
        rows = [[placed for placed in self.placed if placed.row == row] for row in range(self.rows)]
        self.set_class(self.rows > 1, "-two")
        self.update(Content("\n").join(map(_drawn, rows)), layout=False)

    @property
    def rows(self) -> int:
        """Rows of keys."""
        return 1 + self.placed[-1].row if self.placed else 1

    def on_resize(self) -> None:
        """Another width holds more keys in a row, or fewer."""
        self.show(self._shown[0])

    async def on_click(self, event: Click) -> None:
        """The key of the row that is nearest to the finger, the blanks behind it included."""
        x, row = max(0, event.x - self.gutter.left), event.y * self.rows // self.outer_size.height
        for placed in self.placed:
            if placed.row == row and placed.x <= x < placed.x + placed.face.cell_length + placed.after:
                await self.run_action(f"screen.{placed.key.action}")
                return


def _placed(keys: Sequence[ShownKey], room: int) -> tuple[Placed, ...]:
    for rows, gap, around in FORMS:
        placed = _in_rows(keys, room, gap, around)
        if not placed or placed[-1].row < rows:
            break
    return placed


def _in_rows(keys: Sequence[ShownKey], room: int, gap: int, around: int) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    x = row = 0
    for key in keys:
        face = _face(key, around)
        if placed and x + face.cell_length > room:
            x, row = 0, row + 1
        placed.append(Placed(key, face, x, row, gap))
        x += face.cell_length + gap
    return tuple(placed)


def _face(key: ShownKey, around: int) -> Content:
    name = "Esc" if key.key == "escape" else key.key.upper()
    blank = " " * around
    return Content.assemble((f"{blank}{name}{blank}", "$on-selected on $selected"), " ", key.label)


def _drawn(row: Sequence[Placed]) -> Content:
    parts: list[Content | str] = []
    end = 0
    for placed in row:
        parts += [" " * (placed.x - end), placed.face]
        end = placed.x + placed.face.cell_length
    return Content.assemble(*parts)
