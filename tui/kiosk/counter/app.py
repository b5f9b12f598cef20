"""The full-screen program under a supervisor: after one person it makes room for another program."""

import os
from threading import Thread

from textual import events

from tui.core.exits import Exit
from tui.journey.state import State, Step
from tui.kiosk.app import KioskApp
from tui.kiosk.counter.visit import Visit
from tui.kiosk.ports import Runtime
from tui.kiosk.settings import Mode
from tui.kiosk.terminal.driver import KioskDriver
from tui.process.hardening import end_with_parent

TERMINATED = 143


class CounterApp(KioskApp, inherit_bindings=False):
    """Has no way out: its first screen's return makes room for the next program."""

    mode = Mode.COUNTER

    def __init__(self, runtime: Runtime, visit: Visit, idle_seconds: int) -> None:
        super().__init__(runtime, None, idle_seconds)
        self.visit = visit
        self._supervisor = os.getppid()
        self._making_room = False
        self._stopping = Thread(target=runtime.stop, daemon=True)
        self._watchdog.looked = visit.say_alive

    async def present(self, state: State) -> None:
        """As ever; at the first screen's return no key is read any more."""
        before = self.state
        self.visit.moved(before, state)
        await super().present(state)
        if state.step is Step.WAITING and before.step is not Step.WAITING:
            self.make_room()

    def make_room(self) -> None:
        """Read no more keys and have another program take this one's place."""
        if not self._making_room:
            self._making_room = True
            if isinstance(self._driver, KioskDriver):
                self._driver.stop_reading()
            self._type_ahead.stop()
            self.call_after_refresh(self._leave_the_screen)

    def _leave_the_screen(self) -> None:
        self._stopping.start()
        self.visit.say_home()

    def fall_silent(self) -> None:
        """Write nothing more: the next program has the terminal."""
        if isinstance(self._driver, KioskDriver):
            self._driver.fall_silent()

    def end_unseen(self) -> None:
        """End, once the ports are closed, and leave the terminal to the next program."""

        def end() -> None:
            self._stopping.join()
            os._exit(Exit.DONE)

        if not self._stopping.ident:
            self._stopping.start()
        Thread(target=end, daemon=True).start()

    def end_orphaned(self) -> None:
        """The supervisor is gone."""
        if isinstance(self._driver, KioskDriver):
            self._driver.end(TERMINATED)

    async def on_event(self, event: events.Event) -> None:
        """A key that came while room was made is nobody's."""
        if not (self._making_room and isinstance(event, events.InputEvent | events.Paste)):
            await super().on_event(event)

    def _begin(self) -> None:
        super()._begin()
        end_with_parent(self._supervisor)
        self.visit.attend(self)
