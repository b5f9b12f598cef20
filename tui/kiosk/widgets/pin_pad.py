"""The prompt for the CA密码: bytes go from the key straight into a `Pin`, nothing of them into any message or text."""

from collections.abc import Iterator
from random import SystemRandom
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.core.form.characters import HALF_WIDTH
from tui.core.frozen import frozen
from tui.core.secret import Pin
from tui.kiosk.text import N_, _
from tui.kiosk.widgets.figures import Figures, half_ground
from tui.kiosk.widgets.secret_field import SecretField

LONGEST = 64
"""Bytes; more is refused even where the driver states no sensible maximum."""


class PinEntry(SecretField[Pin]):
    """A secret field that takes ASCII up to the token's limit, and only from keys: a clipboard would keep the PIN."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(Pin, id=id)
        self._longest = LONGEST

    def limit(self, longest: int) -> None:
        """Accept `longest` bytes at most."""
        self._longest = longest if 0 < longest < LONGEST else LONGEST

    def on_paste(self, event: events.Paste) -> None:
        """Refused."""
        event.stop()
        event.prevent_default()

    def on_hide(self) -> None:
        """Nothing stays behind a hidden prompt."""
        self.wipe()

    def _marks(self, room: int) -> str:
        """A blank between two dots, where there is room."""
        marks = super()._marks(LONGEST)
        return " ".join(marks) if 2 * len(marks) <= room else marks[:room]

    def _append(self, text: str) -> None:
        text = text.translate(HALF_WIDTH)
        if text.isascii() and text.isprintable() and self.length + len(text) <= self._longest and not self.disabled:
            super()._append(text)


@frozen
class PadKey:
    """A key that is no digit."""

    face: str
    """Source Chinese."""
    act: str
    """The `action_<name>` of the pad, or of the screen where the pad has none."""
    columns: int = 1


# Translators: key of the PIN pad that erases the last digit; eight letters at most.
ERASE: Final = PadKey(N_("退格"), "erase")
# Translators: key of the PIN pad that erases all; eight letters at most.
CLEAR: Final = PadKey(N_("清空"), "clear_all")
# Translators: key of the PIN pad for a PIN with letters; eight letters at most.
LETTERS: Final = PadKey(N_("字母"), "keyboard")
# Translators: key of the PIN pad back to the step before; eight letters at most.
BACK: Final = PadKey(N_("返回"), "back")
# Translators: key of the PIN pad that hands the PIN in; sixteen letters at most.
SUBMIT: Final = PadKey(N_("确定"), "submit", 2)

ROWS: Final[tuple[tuple[int | PadKey, ...], ...]] = (
    (0, 1, 2, ERASE),
    (3, 4, 5, CLEAR),
    (6, 7, 8, LETTERS),
    (BACK, 9, SUBMIT),
)
"""A number is the place of a digit."""
ORDERED: Final = "1234567890"
"""The digits of the places, as on a telephone and a cash machine."""
COLUMNS: Final = 4
SIZES: Final = ((3, 1), (3, 0), (2, 1), (2, 0), (1, 1), (1, 0))
"""Rows of a key and of the ground below it: the first that there is room for."""
GAP: Final = 2
"""Columns between two keys."""


class Keypad(Widget):
    """Digits for mouse and touch. 确定 is told from all other keys, and lit once it would be taken.

    It fills the rows that it is given. A tap beside a key is for the key above it or on its left.
    """

    COMPONENT_CLASSES: ClassVar = {
        "keypad--ground",
        "keypad--key",
        "keypad--other",
        "keypad--act",
        "keypad--main",
        "keypad--shut",
        "keypad--edge",
    }

    def __init__(self, entry: PinEntry, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry = entry
        self._digits = list(ORDERED)
        self._shut = True
        self._under: PadKey | None = None

    def place(self, *, shuffled: bool) -> None:
        """Put the digits in their order, or in another one, from which nobody learns the PIN by the movement."""
        self._digits = SystemRandom().sample(ORDERED, len(ORDERED)) if shuffled else list(ORDERED)
        self.refresh()

    def open_submit(self, is_open: bool) -> None:
        """Show whether 确定 would be taken."""
        if self._shut is is_open:
            self._shut = not is_open
            tall, gap = self._rows
            top = (len(ROWS) - 1) * (tall + gap)
            self.refresh(Region(0, top, self.size.width, tall))

    # ── taps ────────────────────────────────────────────────────────────────
    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A digit comes with the finger; what changes the page comes when the finger is lifted."""
        event.stop()
        key = self.key_at(event.x, event.y)
        self._under = key if isinstance(key, PadKey) else None
        if isinstance(key, int):
            self.action_press(key)

    async def on_click(self, event: events.Click) -> None:
        """The finger is lifted."""
        event.stop()
        key, self._under = self._under, None
        if key in (ERASE, CLEAR):
            await self.run_action(key.act)
        elif key is not None:
            await self.run_action(f"screen.{key.act}")

    def key_at(self, x: int, y: int) -> int | PadKey:
        """The key whose cell, or the ground beside it, this is."""
        row = ROWS[max(0, min(len(ROWS) - 1, y // sum(self._rows)))]
        for key, begin, width in self._places(row):
            if x < begin + width + GAP:
                return key
        return row[-1]

    def action_press(self, at: int) -> None:
        """The digit at a place was tapped; the place is told, never the digit."""
        self._entry.put(self._digits[at])
        self._entry.focus()

    def action_erase(self) -> None:
        """退格."""
        self._entry.erase_last()
        self._entry.focus()

    def action_clear_all(self) -> None:
        """清空."""
        self._entry.clear_all()
        self._entry.focus()

    # ── drawing ─────────────────────────────────────────────────────────────
    @property
    def _rows(self) -> tuple[int, int]:
        """Rows of a key and of the ground below it."""
        keys = len(ROWS)
        fits = (size for size in SIZES if keys * size[0] + (keys - 1) * size[1] <= self.size.height)
        return next(fits, SIZES[-1])

    def _places(self, row: tuple[int | PadKey, ...]) -> Iterator[tuple[int | PadKey, int, int]]:
        """Each key of a row, its first column and its width."""
        unit = (self.size.width + GAP) // COLUMNS - GAP
        x = 0
        for key in row:
            columns = key.columns if isinstance(key, PadKey) else 1
            width = columns * unit + (columns - 1) * GAP
            yield key, x, width
            x += width + GAP

    def render_line(self, y: int) -> Strip:
        """A row of cells."""
        tall, gap = self._rows
        at, line = divmod(y, tall + gap)
        ground = self._style("ground")
        segments: list[Segment] = []
        end = 0
        if at < len(ROWS) and line < tall:
            for key, x, width in self._places(ROWS[at]):
                segments += [Segment(" " * (x - end), ground), *self._key_line(key, width, at, line)]
                end = x + width
        return Strip([*segments, Segment(" " * (self.size.width - end), ground)])

    def _key_line(self, key: int | PadKey, width: int, row: int, line: int) -> Iterator[Segment]:
        """Its edge, its face, its edge; where keys touch, the last row is half ground if the terminal can draw that."""
        tall, gap = self._rows
        look, edge = self._look(key, row)
        styles = self._style(edge), self._style(look), self._style(edge)
        room = width - 2
        texts = " ", self._face(key, room) if line == (tall - 1) // 2 else " " * room, " "
        if not gap and tall > 1 and line == tall - 1 and Figures.half_blocks:
            ground = self._style("ground")
            for text, style in zip(texts, styles, strict=True):
                yield half_ground(len(text), style, ground)
        else:
            yield from map(Segment, texts, styles)

    def _face(self, key: int | PadKey, room: int) -> str:
        face = self._digits[key] if isinstance(key, int) else _(key.face)
        if key is SUBMIT and not self._shut:
            face = f"> {face} <"  # lit is told without colours, too
        face = set_cell_size(face, min(room, cell_len(face)))
        before = (room - cell_len(face)) // 2
        return set_cell_size(" " * before + face, room)

    def _look(self, key: int | PadKey, row: int) -> tuple[str, str]:
        """Names of the styles of a key and of its edges."""
        if key is SUBMIT:
            return ("shut", "edge") if self._shut else ("main", "main")
        if isinstance(key, PadKey):
            return "act", "edge"
        return "other" if row % 2 and not self._rows[1] and not Figures.half_blocks else "key", "edge"

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"keypad--{name}")
