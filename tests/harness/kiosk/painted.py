"""The staged app with a terminal: what the frames write, and what Textual means to show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

from tests.harness.kiosk.emulator import Emulator, Seen
from tests.harness.kiosk.stage import Stage, StagedApp
from tui.journey.state import State
from tui.kiosk.screens.looks.chosen import palette_of
from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.terminal.painting.exact import colourless, dark, exact
from tui.kiosk.terminal.painting.frames import Frames
from tui.kiosk.text.dates import clock
from tui.kiosk.widgets import status

COLOURS = {
    Depth.TRUE: ColorSystem.TRUECOLOR,
    Depth.INDEXED: ColorSystem.EIGHT_BIT,
    Depth.SIXTEEN: ColorSystem.STANDARD,
    Depth.EIGHT: ColorSystem.STANDARD,
    Depth.MONO: None,
}


class OnTerminal(StagedApp):
    """Paints beside the headless driver."""

    def __init__(self, depth: Depth = Depth.TRUE) -> None:
        super().__init__()
        self.depth = depth
        self.console._color_system = COLOURS[depth]
        theme = palette_of(PaletteName.DARK, depth).theme()
        self.register_theme(theme)
        self.theme = theme.name
        self.terminal = Emulator()
        self.written: list[str] = []
        self.frames: Frames | None = None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self._batch_count:
            self.frames = self.frames or Frames(self, self.write, erases=self.depth is not Depth.MONO)
            self.frames.take(renderable)

    def write(self, frame: str) -> None:
        """To the terminal."""
        self.written.append(frame)
        self.terminal.feed(frame)


class Painting(Stage):
    """A stage and what is seen of it."""

    app: OnTerminal

    async def settle(self) -> str:
        """Wait until all has been painted; what has been written since the last time."""
        await self.pilot.pause()
        while self.app.frames is None or self.app.frames.holds:
            await self.pilot.pause(0.005)
        written, self.app.written = "".join(self.app.written), []
        return written

    def meant(self) -> list[list[Seen]]:
        """What Textual's own bytes for the whole screen would show."""
        strips = self.app.screen._compositor.render_strips()
        colours = self.app.console._color_system
        prepare = {None: colourless, ColorSystem.EIGHT_BIT: exact, ColorSystem.STANDARD: dark}.get(colours)
        if prepare is not None:
            strips = [Strip([Segment(part.text, prepare(part.style or Style()), None) for part in s]) for s in strips]
        update = LayoutUpdate([[strip] for strip in strips], self.app.size.region)
        return seen(update, colours or ColorSystem.STANDARD)


def seen(update: LayoutUpdate, colours: ColorSystem) -> list[list[Seen]]:
    """The cells that Textual's own bytes leave."""
    terminal = Emulator(*update.region.size)
    terminal.feed(stock(update, colours))
    return terminal.cells()


def stock(update: LayoutUpdate | ChopsUpdate, colours: ColorSystem) -> str:
    """Textual's own bytes; styles and strips may remember them in other colours."""
    lines = update.strips if isinstance(update, LayoutUpdate) else [line.values() for line in update.chops]
    for strip in (strip for line in lines for strip in line if strip is not None):
        strip._render_cache = None
        for segment in strip:
            _forget(segment)
    console = Console()
    console._color_system = colours
    return update.render_segments(console)


def _forget(segment: Segment) -> None:
    if segment.style is not None:
        segment.style._ansi = None


@asynccontextmanager
async def painted(state: State, depth: Depth = Depth.TRUE) -> AsyncIterator[Painting]:
    """The app with `state` on its screen, and on the terminal; the title bar's clock stands still."""
    app, now = OnTerminal(depth), clock(datetime.now(UTC))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(status, "clock", lambda _: now)
        async with app.run_test(size=(80, 24)) as pilot:
            painting = Painting(app, pilot)
            await painting.show(state)
            await painting.settle()
            yield painting
