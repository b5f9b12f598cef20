"""The Textual app: event -> flow -> screen first -> commands; crash net; idle reset."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from tui.core.commands import Command
from tui.core.events import Abandoned, BackPressed, Event, FormEdited, InvoiceEdited, TimedOut
from tui.core.ports import Phone
from tui.core.state import State
from tui.screens.base import StepScreen, style
from tui.screens.events import Happened
from tui.screens.registry import screen_class

Input.cursor_blink.default = False  # type: ignore[attr-defined]


class Runtime(Protocol):
    """What the app needs of `tui.runtime.Runtime`."""

    def start(self, post: Callable[[Event], None]) -> None: ...

    def run(self, command: Command) -> None: ...

    def stop(self) -> None: ...


WHILE_BUSY = (Abandoned, BackPressed, FormEdited, InvoiceEdited, TimedOut)
"""The person's events that are taken while a submission is under way."""


class KioskApp(App[None], inherit_bindings=False):
    """Holds the state; the one place where events enter."""

    CSS_PATH: ClassVar = [style("base.tcss")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, runtime: Runtime, phone: Phone | None = None, idle_seconds: int = 120) -> None:
        super().__init__()
        self.runtime = runtime
        self.phone = phone
        self.state = State()
        self._step_shown = self.state.step
        self._screens: dict[type[StepScreen], StepScreen] = {}

    def get_default_screen(self) -> Screen[None]:
        """The waiting screen is the first thing painted."""
        return self._screen_of(self.state)

    def advance(self, event: Event) -> None:
        """Let an event in; may be called from any thread."""
        self.post_message(Happened(event))

    async def on_happened(self, message: Happened) -> None:
        """One event after another: flow, screen, commands."""
        from tui.core.flow import advance

        if message.step is not None and self._too_late(message):
            return
        state, commands = advance(self.state, message.event)
        await self.present(state)
        for command in commands:
            self.runtime.run(command)

    async def present(self, state: State) -> None:
        """Show `state` on its step's screen."""
        entering = state.step is not self._step_shown
        self.state, self._step_shown = state, state.step
        screen = self._screen_of(state)
        if screen is not self.screen:
            while len(self.screen_stack) > 1:
                await self.pop_screen()
            old = self.screen
            await self.switch_screen(screen)
            if isinstance(old, StepScreen):
                old.left()
        screen.present(state, entering=entering)

    def _too_late(self, message: Happened) -> bool:
        """The posting screen's step is over, or a second submission comes while the first is under way."""
        if message.step is not self.state.step:
            return True
        return self.state.busy is not None and not isinstance(message.event, WHILE_BUSY)

    def _screen_of(self, state: State) -> StepScreen:
        kind = screen_class(state.step)
        if kind not in self._screens:
            screen = self._screens[kind] = kind()
            self.install_screen(screen, kind.__name__)
        return self._screens[kind]

    def on_ready(self) -> None:
        """The first frame is painted: let the adapters begin."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.present_now()
        self.runtime.start(self.advance)

    def present_now(self) -> None:
        """Draw the state on the current screen again."""
        if isinstance(self.screen, StepScreen):
            self.screen.present(self.state, entering=True)
