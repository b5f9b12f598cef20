"""A kiosk without adapters, to be run in a pty: `python terminal_program.py IDLE_SECONDS`."""

import sys
from collections.abc import Callable

from tui.app import KioskApp, run
from tui.core.commands import Command
from tui.core.events import Event, TokensSeen


class Still:
    """Shows one token and runs nothing."""

    def start(self, post: Callable[[Event], None]) -> None:
        """One token."""
        from tests.core import people

        post(TokensSeen(people.SIGHTING, people.NOW))

    def run(self, command: Command) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


if __name__ == "__main__":
    sys.exit(run(KioskApp(Still(), idle_seconds=int(sys.argv[1]))))
