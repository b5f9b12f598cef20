"""A stage for one screen: the real app on a given state, a runtime that runs nothing, every posted event kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot

from tui.journey.commands import Command
from tui.journey.events import Event
from tui.journey.ports import Phone
from tui.journey.state import State
from tui.kiosk.app import KioskApp
from tui.kiosk.screens.base import StepScreen


class StillRuntime:
    """Runs nothing."""

    def start(self, post: Callable[[Event], None]) -> None:
        """No watcher."""

    def run(self, command: Command) -> None:
        """Nothing happens outside."""

    def stop(self) -> None:
        """Nothing to end."""


class StagedApp(KioskApp):
    """Takes no event in: what a screen posts is kept for the test to look at."""

    def __init__(self, phone: Phone | None = None) -> None:
        super().__init__(StillRuntime(), phone=phone)
        self.posted: list[Event] = []

    async def take(self, event: Event) -> None:
        """Keep it."""
        self.posted.append(event)


@dataclass
class Stage:
    """One screen on the stage."""

    app: StagedApp
    pilot: Pilot[None]

    @property
    def screen(self) -> StepScreen:
        """The step's screen, below any dialogue."""
        return self.app.step_screen

    async def show(self, state: State) -> None:
        """Present another state in the app's own task, as an event does."""
        shown = asyncio.Event()

        async def present() -> None:
            try:
                await self.app.present(state)
            finally:
                shown.set()

        self.app.call_later(present)
        await shown.wait()
        await self.pilot.pause()

    async def press(self, *keys: str) -> list[Event]:
        """Press keys; the events that were posted since the last look, without the start's."""
        await self.pilot.press(*keys)
        return await self.events()

    async def act(self, button: str) -> list[Event]:
        """Go to the button that this selector names and press Enter, as it is given by whoever has no mouse."""
        self.app.screen.set_focus(self.app.screen.query_one(button))
        return await self.press("enter")

    async def events(self) -> list[Event]:
        """What was posted since the last look."""
        await self.pilot.pause()
        posted, self.app.posted = self.app.posted, []
        return posted

    @property
    def text(self) -> str:
        """All that stands on the terminal, row by row."""
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips()
        assert len(rows) == height
        assert all(strip.cell_length == width for strip in rows)
        return "\n".join(strip.text.rstrip() for strip in rows)


@asynccontextmanager
async def staged(state: State, size: tuple[int, int] = (80, 24), phone: Phone | None = None) -> AsyncIterator[Stage]:
    """The app with `state` on its screen."""
    app = StagedApp(phone)
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot)
        await pilot.pause()
        await stage.show(state)
        await stage.events()
        yield stage
