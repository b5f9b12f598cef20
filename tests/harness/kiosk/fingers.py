"""Fingers on the screen and no other keys: taps on words, fields and the keyboard's keys."""

from collections.abc import Callable

from rich.cells import cell_len
from textual.events import MouseDown, MouseUp
from textual.pilot import Pilot
from textual.widget import Widget

from tui.kiosk.app import KioskApp
from tui.kiosk.widgets.keyboard.composition import CHIP
from tui.kiosk.widgets.keyboard.keyboard import Keyboard
from tui.kiosk.widgets.keyboard.layout import CAPITALS, LETTERS, NEXT, SYMBOLS, Act, Cap


class Fingers:
    """Taps where a person sees something."""

    def __init__(self, app: KioskApp, pilot: Pilot[object]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def keyboard(self) -> Keyboard:
        """The one that is shown."""
        return next(k for k in self.app.screen.query(Keyboard) if k.display)

    @property
    def rows(self) -> list[str]:
        """The screen."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def cells(self, y: int) -> list[str]:
        """A row, one entry a cell; the second of a wide character is empty."""
        return [part for character in self.rows[y] for part in (character, *[""] * (cell_len(character) - 1))]

    async def at(self, x: int, y: int) -> None:
        """Tap a cell: the terminal's two reports, one upon the other."""
        for report in (MouseDown, MouseUp):
            self.app.post_message(report(None, x, y, 0, 0, 1, False, False, False, x, y))
        await self.pilot.pause()

    async def widget(self, widget: Widget) -> None:
        """Tap the middle of what is seen of a widget."""
        seen = self.app.screen.find_widget(widget).visible_region
        assert seen, f"{widget} is not in view"
        await self.at(seen.x + seen.width // 2, seen.y + seen.height // 2)

    async def words(self, words: str) -> None:
        """Tap these words, the lowest ones on the screen."""
        for y, row in reversed(list(enumerate(self.rows))):
            if words in row:
                await self.at(cell_len(row[: row.rindex(words)]) + 1, y)
                return
        raise AssertionError(f"no {words} in\n" + "\n".join(self.rows))

    async def until(self, there: Callable[[], bool]) -> None:
        """Wait for what the program does by itself."""
        for _ in range(1000):
            if there():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("\n".join(self.rows))

    async def field(self, selector: str) -> None:
        """Tap a field; the keyboard comes."""
        await self.widget(self.app.screen.query_one(selector))
        await self.until(lambda: any(k.display for k in self.app.screen.query(Keyboard)))
        await self.pilot.pause()

    async def key(self, wanted: Cap | str) -> None:
        """Tap a key of the keyboard by what stands on it."""
        place = self.place_of(wanted)
        assert place is not None, wanted
        await self.at(*place)

    def place_of(self, wanted: Cap | str) -> tuple[int, int] | None:
        """Where a key is."""
        keyboard = self.keyboard
        for at, row in enumerate(keyboard._rows):
            for cap, x, width in keyboard._places(row):
                if cap == wanted or (cap.act is Act.TYPE and cap.face == wanted):
                    y = keyboard.region.y + keyboard._bar + at * keyboard.tall + keyboard.tall // 2
                    return keyboard.region.x + x + width // 2, y
        return None

    async def type(self, text: str) -> None:
        """Latin letters, digits and marks, by whatever layer they are on."""
        for character in text:
            for change in (None, CAPITALS, LETTERS, SYMBOLS, CAPITALS):
                if self.place_of(character) is not None:
                    break
                if change is not None and self.place_of(change) is not None:
                    await self.key(change)
            await self.key(character)
            if "|" in {cap.face for cap in self.keyboard._rows[2]}:
                await self.key(SYMBOLS)

    async def sound(self, letters: str, wanted: str) -> None:
        """Type Han characters by their sound, and tap the candidate on whatever page it is."""
        composition = self.keyboard._composition
        await self.until(lambda: composition._dictionary is not None)
        for letter in letters:
            await self.key(letter)
        for _ in range(20):
            shown = composition.shown(self.keyboard._room)
            if wanted in shown:
                x = self.keyboard._letters_width + sum(cell_len(text) + CHIP for text in shown[: shown.index(wanted)])
                await self.at(x + 1, self.keyboard.region.y)
                return
            await self.at(self.keyboard.size.width - 2, self.keyboard.region.y)
        raise AssertionError(f"no {wanted} for {letters}")

    async def onward(self) -> None:
        """下一项."""
        await self.key(NEXT)
        await self.pilot.pause()
