"""Carry commands out on a thread, so that neither driver nor network ever holds up the screen."""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.kiosk.runtime.pace import Pace

if TYPE_CHECKING:  # imported by `start`, after the first paint: dozens of dataclasses take 35 ms
    from tui.journey.commands import Command
    from tui.journey.events import Event
    from tui.kiosk.runtime.ports import Ports
    from tui.kiosk.runtime.worker import Worker


class Runtime:
    """Takes commands from any thread and posts events from its own; `build` runs on that thread, too."""

    def __init__(self, build: "Callable[[], Ports]", pace: Pace | None = None) -> None:
        self._build = build
        self._pace = pace or Pace()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None

    def start(self, post: "Callable[[Event], None]") -> None:
        """Begin: the token watch and the look at the desk start at once."""
        import tui.process.lean  # noqa: F401 - before all that imports msgspec
        from tui.kiosk.runtime.worker import Worker

        loop = self._loop = asyncio.new_event_loop()
        worker = self._worker = Worker(self._build, post, self._pace, loop)

        def main() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(worker.serve())

        self._thread = threading.Thread(target=main, name="runtime", daemon=True)
        self._thread.start()

    def run(self, command: "Command") -> None:
        """Have a command carried out; returns at once. Before `start` and after `stop` it is dropped."""
        from tui.kiosk.runtime.answer import wipe

        if self._loop is None or self._worker is None:
            wipe(command)
            return
        try:
            self._loop.call_soon_threadsafe(self._worker.accept, command)
        except RuntimeError:  # the loop is closed: the program is about to end
            wipe(command)

    def stop(self) -> None:
        """Close the ports and end the thread, in bounded time; may be called again."""
        if self._loop is None or self._worker is None or self._thread is None:
            return
        if self._thread.is_alive() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._worker.stopping.set)
        self._thread.join(self._pace.farewell + 2)
