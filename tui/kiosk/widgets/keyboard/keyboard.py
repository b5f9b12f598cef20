"""The keyboard at the window's foot: taps become characters of the field that it serves."""

import asyncio
from collections.abc import Iterator
from random import SystemRandom
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.kiosk.pinyin.candidates import Place
from tui.kiosk.text import _
from tui.kiosk.widgets.keyboard.composition import Composition, dictionary
from tui.kiosk.widgets.keyboard.layout import Act, Cap, Layer, Rows, rows
from tui.kiosk.widgets.keyboard.typed import Typed, typed_into
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.secret_field import SecretField

ROWS = 4
REGULAR = (100, 32)
"""Columns and rows from which a key is three rows high."""
WIDEST = {Layer.DIGITS: 12}
"""Columns of a key; of others `WIDE`."""
WIDE = 8
LEAST_LETTERS = 16
"""Columns of the bar for what is being composed."""
TURN = 4
"""Columns of the marks that turn the page."""
Entry = Line | SecretField[Any]


class Keyboard(Widget, can_focus=False):
    """Draws four rows of keys and, where one types by sound, a bar of candidates above them."""

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

    class Hidden(Message):
        """收起 was tapped."""

    def __init__(self) -> None:
        super().__init__(id="keyboard")
        self._entry: Entry | None = None
        self._typed = Typed.LATIN
        self._layer = Layer.LETTERS
        self._capitals = self._sound = False
        self._digits = "1234567890"
        self._composition = Composition(self._place, self._say)

    # ── whom it serves ──────────────────────────────────────────────────────
    def serve(self, entry: Entry) -> None:
        """Type into this field from now on; nothing of what was composed for another one stays."""
        if entry is self._entry:
            return
        self.let_go()
        self._entry = entry
        entry.served_by = self
        typed = typed_into(entry)
        self._digits = "1234567890"
        if typed is Typed.PIN:
            self._digits = "".join(SystemRandom().sample(self._digits, 10))
        self._typed = typed
        self._layer = Layer.DIGITS if typed is Typed.NUMBER else Layer.LETTERS
        self._capitals = typed is Typed.CAPITALS
        self._turn_to_sound(typed.by_sound)

    def let_go(self) -> None:
        """Serve no field; forget what was being composed."""
        if self._entry is not None:
            self._entry.served_by = None
        self._entry = None
        self._composition.drop()

    @property
    def composes(self) -> bool:
        """Whether letters are turned into Han characters: then they may come from any keyboard."""
        return self._sound and self._layer is Layer.LETTERS

    def takes(self, key: str, character: str | None) -> bool:
        """Whether a key of a real keyboard is for what is being composed, or puts this keyboard away."""
        composing = bool(self._composition)
        match key:
            case "escape" if composing:
                self._composition.drop()
            case "escape":
                self.post_message(self.Hidden())
                return True
            case "backspace" if composing:
                self._composition.erase()
            case "enter" | "space" if composing:
                self._composition.choose(0)
            case "pagedown" | "pageup" if composing:
                self._composition.turn(1 if key == "pagedown" else -1, self._room)
            case _ if composing and character and character in "123456789":
                self._composition.choose(int(character) - 1)
            case _ if self.composes and character and character in "abcdefghijklmnopqrstuvwxyz'":
                if character == "'" and not composing:
                    return False
                self._composition.feed(character)
            case _:
                return False
        self._draw_bar()
        return True

    # ── size ────────────────────────────────────────────────────────────────
    @property
    def tall(self) -> int:
        """Rows of a key."""
        return 3 if self.app.size.width >= REGULAR[0] and self.app.size.height >= REGULAR[1] else 1

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

    # ── taps ────────────────────────────────────────────────────────────────
    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A key or a candidate, the blank beside it included."""
        event.stop()
        if event.y < self._bar:
            self._tap_bar(event.x)
            return
        row = self._rows[min(ROWS - 1, (event.y - self._bar) // self.tall)]
        for cap, x, width in self._places(row):
            if x <= event.x < x + width:
                self.press(cap)

    def _tap_bar(self, x: int) -> None:
        left = self.size.width - 2 * TURN
        if x >= left:
            self._composition.turn(1 if x >= left + TURN else -1, self._room)
        else:
            at = self._letters_width
            for place, text in enumerate(self._composition.shown(self._room)):
                if at <= x < at + cell_len(text) + 2:
                    self._composition.choose(place)
                    break
                at += cell_len(text) + 2
        self._draw_bar()

    def press(self, cap: Cap) -> None:
        """Do what a key does."""
        match cap.act:
            case Act.TYPE:
                self._type(cap.face)
            case Act.SPACE:
                self._type(" ")
            case Act.ERASE if self._composition:
                self._composition.erase()
                self._draw_bar()
            case Act.ERASE if self._entry is not None:
                self._entry.erase_last()
            case Act.CLEAR if self._entry is not None:
                self._entry.clear_all()
            case Act.CAPITALS:
                self._capitals = not self._capitals
                self.refresh()
            case Act.SYMBOLS:
                self._layer = Layer.LETTERS if self._layer is Layer.SYMBOLS else Layer.SYMBOLS
                self.refresh()
            case Act.LETTERS:
                self._layer = Layer.LETTERS if self._layer is Layer.DIGITS else Layer.DIGITS
                self._capitals = True
                self.refresh()
            case Act.SOUND:
                self._turn_to_sound(not self._sound)
            case Act.HIDE:
                self.post_message(self.Hidden())
            case Act.NEXT if self._composition:
                self._composition.choose(0)
                self._draw_bar()
            case Act.NEXT:
                self.app.post_message(events.Key("enter", None))

    def _type(self, character: str) -> None:
        key = "space" if character == " " else character
        if self._typed.by_sound and self.takes(key, character):
            return
        if self._entry is not None:
            self._entry.put(character)

    def _say(self, text: str) -> None:
        """A candidate was chosen."""
        if self._entry is not None:
            self._entry.put(text)

    def _place(self) -> Place:
        if self._typed is not Typed.NAME or not isinstance(self._entry, Line):
            return Place.TEXT
        return Place.GIVEN_NAME if self._entry.cursor_position else Place.NAME

    def _turn_to_sound(self, on: bool) -> None:
        self._sound, self._capitals = on, self._capitals and not on
        self._layer = Layer.LETTERS if on else self._layer
        self._composition.drop()
        if on:
            self.run_worker(self._open(), exclusive=True)
        self.resize()
        self.refresh()

    async def _open(self) -> None:
        """Read the dictionary beside the event loop; letters typed meanwhile are not lost."""
        self._composition.open(await asyncio.to_thread(dictionary))
        self._draw_bar()

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
        labelled = y == self.tall // 2
        letters = self._composition.letters if labelled else ""
        hint = _("先点拼音字母") if labelled and not self._composition else ""
        width = self._letters_width
        yield Segment(set_cell_size(f" {letters or hint}", width), self._style("letters"))
        room, shown = self._room, self._composition.shown(self._room)
        for number, text in enumerate(shown, 1):
            face = f"{number}{text}" if labelled else " " * (cell_len(text) + 1)
            yield Segment(face, self._style("candidate"))
            yield Segment(" ", self._style("bar"))
            room -= cell_len(text) + 2
        yield Segment(" " * max(0, room), self._style("bar"))
        less, more = self._composition.has_less, self._composition.has_more(self._room)
        for mark, there in (("<", less), (">", more)):
            style = self._style("act" if there else "bar")
            yield Segment(f" {mark} " if there and labelled else "   ", style)
            yield Segment(" ", self._style("bar"))

    def _key_line(self, y: int) -> Iterator[Segment]:
        at, line = divmod(y, self.tall)
        end = 0
        for cap, x, width in self._places(self._rows[at]):
            yield Segment(" " * (x - end), self._style("ground"))
            gap = 1 if width > 3 else 0
            face = _(cap.face) if cap.act is not Act.TYPE else cap.face
            room = width - gap
            face = set_cell_size(face, room) if cell_len(face) > room else face
            before = (room - cell_len(face)) // 2
            text = " " * before + face + " " * (room - before - cell_len(face))
            yield Segment(text if line == self.tall // 2 else " " * room, self._style(self._look(cap, at)))
            yield Segment(" " * gap, self._style("ground"))
            end = x + width

    def _look(self, cap: Cap, row: int) -> str:
        match cap.act:
            case Act.TYPE | Act.SPACE:
                return "other" if row % 2 else "key"
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
