"""The keyboard at the window's foot: taps become characters of the field that it serves."""

import asyncio
from random import SystemRandom
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.kiosk.pinyin.candidates import Place
from tui.kiosk.widgets.keyboard.composition import CHIP, Composition, dictionary
from tui.kiosk.widgets.keyboard.faces import ROWS, TURN, Faces
from tui.kiosk.widgets.keyboard.layout import Act, Cap, Layer
from tui.kiosk.widgets.keyboard.typed import Typed, typed_into
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.pin_pad import ORDERED
from tui.kiosk.widgets.secret_field import SecretField

Entry = Line | SecretField[Any]


class Keyboard(Faces):
    """Serves one field after the other."""

    class Hidden(Message):
        """收起 was tapped."""

    def __init__(self) -> None:
        super().__init__(Composition(self._place, self._say))
        self._entry: Entry | None = None

    # ── whom it serves ──────────────────────────────────────────────────────
    def serve(self, entry: Entry, *, shuffled: bool = False) -> None:
        """Type into this field from now on; nothing of what was composed for another one stays.

        `shuffled`: the digits of a PIN stand in another order.
        """
        if entry is self._entry:
            return
        self.let_go()
        self._entry = entry
        entry.served_by = self
        typed = typed_into(entry)
        self._digits = ORDERED
        if typed is Typed.PIN and shuffled:
            self._digits = "".join(SystemRandom().sample(ORDERED, len(ORDERED)))
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
                if at <= x < at + cell_len(text) + CHIP:
                    self._composition.choose(place)
                    break
                at += cell_len(text) + CHIP
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
