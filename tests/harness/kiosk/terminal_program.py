"""A kiosk without adapters, for a pty: `python terminal_program.py IDLE_SECONDS WATCHDOG_SECONDS [piloted]`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

from textual.pilot import Pilot

from tui.journey.commands import Command
from tui.journey.events import Event, TokensSeen
from tui.kiosk.app import KioskApp
from tui.kiosk.run import run
from tui.kiosk.watchdog import Watchdog
from tui.process.environment import forget_inherited


class Still:
    """Shows one token and runs nothing."""

    def start(self, post: Callable[[Event], None]) -> None:
        """One token."""
        from tests.harness import people

        post(TokensSeen(people.SNAPSHOT, people.NOW))

    def run(self, command: Command) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


async def turns() -> AsyncIterator[None]:
    """Each turn of the loop."""
    while True:
        await asyncio.sleep(0)
        yield


async def restless(pilot: Pilot[object]) -> None:
    """Looks at the screen at every turn of the loop, for ever."""
    async for _ in turns():
        assert pilot.app.screen


if __name__ == "__main__":
    forget_inherited()
    kiosk = KioskApp(Still(), idle_seconds=int(sys.argv[1]))
    kiosk._watchdog = Watchdog(int(sys.argv[2]), kiosk._frozen)
    sys.exit(run(kiosk, restless if "piloted" in sys.argv else None))
