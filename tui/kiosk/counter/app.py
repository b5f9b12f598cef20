"""The full-screen program under a supervisor: after one person it makes room for another program."""

import os
from collections.abc import Callable
from functools import partial
from threading import Thread

from textual import events

from tui.core.exits import Exit
from tui.core.secret import Password
from tui.journey.state import State, Step
from tui.kiosk.app import KioskApp
from tui.kiosk.counter import wire
from tui.kiosk.counter.visit import Visit
from tui.kiosk.ports import Runtime
from tui.kiosk.settings import Mode
from tui.kiosk.terminal.driver import KioskDriver
from tui.kiosk.text import language, use_language
from tui.process.hardening import end_with_parent

TERMINATED = 143
OPERATORS_KEYS = ("ctrl+p", "ctrl+o")
"""One after the other on the first screen."""
OPERATORS_TAPS = 5
"""On the title bar of the first screen, one after the other, where there is no keyboard."""
Verify = Callable[[Password], bool]


class CounterApp(KioskApp):
    """Has no way out: its first screen's return makes room for the next program."""

    mode = Mode.COUNTER

    def __init__(self, runtime: Runtime, visit: Visit, idle_seconds: int, verify: Verify | None = None) -> None:
        super().__init__(runtime, None, idle_seconds)
        self.visit, self._verify = visit, verify
        self._last_key, self._taps = "", 0
        self._supervisor = os.getppid()
        self._making_room = self._password_was_here = False
        self._stopping = Thread(target=runtime.stop, daemon=True)
        self._watchdog.looked = visit.say_alive

    async def present(self, state: State, *, same_person: bool = False) -> None:
        """As ever; at the first screen's return no key is read any more."""
        before = self.state
        self.visit.moved(before, state)
        await super().present(state, same_person=same_person)
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
        self.visit.say_home(self._comforts)

    @property
    def _comforts(self) -> str:
        """Words for what this person has chosen otherwise than everybody begins with, for the next program."""
        spoken = "" if language() == self._home_language else language()
        return f"{spoken} {wire.CONTRAST if self.is_contrasted else ''}".strip()

    def take_over(self, comforts: str) -> None:
        """Before it is run: begin as the program before has ended for somebody who is still there."""
        for word in comforts.split():
            if word == wire.CONTRAST:
                self.action_contrast()
            else:
                use_language(word)

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
        if self._making_room and isinstance(event, events.InputEvent | events.Paste):
            return
        if self._is_operators(event) and self._verify and self._at_rest:
            self.visit.ask(self._ask_operator)
            return
        await super().on_event(event)

    def _is_operators(self, event: events.Event) -> bool:
        """Whether this is the last of the keys, or of the taps, that open the operator's page."""
        if event.is_forwarded:
            return False
        if isinstance(event, events.Key):
            keys, self._last_key, self._taps = (self._last_key, event.key), event.key, 0
            return keys == OPERATORS_KEYS
        if isinstance(event, events.MouseDown) and self.hands.without_keys:
            self._taps = self._taps + 1 if event.screen_y == 0 else 0
            return self._taps == OPERATORS_TAPS
        return False

    @property
    def _at_rest(self) -> bool:
        return self.state.step is Step.WAITING and len(self.screen_stack) == 2 and not self._making_room

    def _ask_operator(self, counts: dict[str, int], until: float, *, again: bool = False) -> None:
        from tui.kiosk.screens.operator import OperatorMenu, OperatorPassword

        def trying() -> None:
            self._password_was_here = True
            self.visit.say(wire.TRYING)

        def admitted(_: None) -> None:
            if asking.right:
                self.visit.say(wire.ADMITTED)
                menu = OperatorMenu(counts, self._operate)
                self.push_screen(menu, lambda _: None if menu.acted else self._forget_password())
            elif asking.right is False:
                self.visit.ask(partial(self._ask_operator, again=True))
            else:
                self._forget_password()

        if self._verify is not None and self._at_rest:
            asking = OperatorPassword(self._verify, until, trying, again=again)
            self.push_screen(asking, admitted)

    async def _close_dialogues(self) -> None:
        """The idle time closes an operator's too, without an answer."""
        await super()._close_dialogues()
        self._forget_password()

    def _forget_password(self) -> None:
        """It goes with the process that it was typed into."""
        if self._password_was_here and self.state.step is Step.WAITING:
            self.make_room()

    def _operate(self, name: str) -> None:
        from tui.journey.events import SelfCheckOpened

        match name:
            case "restart":
                self.make_room()
            case "doctor":
                self.advance(SelfCheckOpened())
            case _:
                self.visit.say(wire.CLOSE)

    def _begin(self) -> None:
        super()._begin()
        end_with_parent(self._supervisor)
        self.visit.attend(self)
