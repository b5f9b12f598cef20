"""Run the Textual app: event -> flow -> screen first -> commands; idle reset; crash net."""

import logging
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segments
from rich.text import Text
from textual import events
from textual.scrollbar import ScrollBar

from tui.core.exits import Exit
from tui.journey.state import State, Step
from tui.kiosk.attendance import Attendance, act_of
from tui.kiosk.beat import BEAT, REST, Beat
from tui.kiosk.crash import last_words
from tui.kiosk.hands import Hands
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.drawn import forget, put_away
from tui.kiosk.screens.events import Happened
from tui.kiosk.screens.looks.app import PalettedApp
from tui.kiosk.screens.registry import screen_class
from tui.kiosk.settings import Mode
from tui.kiosk.terminal.driver import CRASHED, Ended, KioskDriver
from tui.kiosk.terminal.type_ahead import TypeAhead
from tui.kiosk.text import language, use_language
from tui.kiosk.watchdog import WARNING, IdleClock, Watchdog, stop_briefly
from tui.kiosk.widgets.scrollbar import CellScrollBar
from tui.process import garbage
from tui.process.fault import named
from tui.process.hardening import hide

if TYPE_CHECKING:  # the flow and its events are imported after the first paint: 40 ms
    from tui.journey.events import Event
    from tui.journey.ports import Phone
    from tui.kiosk.ports import Outlets, Runtime
    from tui.kiosk.screens.dialogue import IdleWarning

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # else Python's last resort would print into the full screen


class KioskApp(PalettedApp):
    """Holds the state; the one place where events enter."""

    CSS_PATH: ClassVar = [style("base.tcss"), style("arrival.tcss")]
    TITLE = "ca-kiosk"
    ENABLE_COMMAND_PALETTE = ALLOW_SELECT = False
    mode = Mode.OFFICE

    def __init__(self, runtime: "Runtime", phone: "Phone | None" = None, idle_seconds: int = 120) -> None:
        super().__init__(driver_class=KioskDriver)
        ScrollBar.renderer = CellScrollBar
        self.animation_level = "none"
        self._disable_notifications = self._disable_tooltips = True  # two widgets a screen that show nothing
        self.show_in(self.wanted)
        self.runtime = runtime
        self.phone, self.outlets = phone, cast("Outlets", ())
        """The demo's phone, for the QR screen; where receipts go, for the last one."""
        self.idle = IdleClock(idle_seconds)
        self.attendance, self.hands = Attendance(), Hands()
        self.state, self._home_language = State(), language()
        self._screens: dict[tuple[type[StepScreen], str], StepScreen] = {}
        self._watchdog = Watchdog(idle_seconds, self._frozen)
        self._clock = Beat(self._beat, self._handle_exception)
        self._minute = -1
        self._type_ahead = TypeAhead(self, super().on_event)

    # ── events in, screens and commands out ─────────────────────────────────
    def advance(self, event: "Event") -> None:
        """Let an event in, from any thread; the message that carries it shows nothing of its content."""
        self.post_message(Happened(event))

    async def on_happened(self, message: Happened) -> None:
        """One event after another: the flow, then the screen, then the commands."""
        from tui.journey.flow import discard

        if not self.is_running or message.comes_too_late(self.state):  # its screens are gone, or it is of another step
            discard(message.event)
        else:
            await self.take(message.event)

    async def take(self, event: "Event") -> None:
        """Let one event through the flow."""
        from tui.journey.flow import advance
        from tui.kiosk.same_person import is_there_still

        same_person = is_there_still(self.state, event)
        state, commands = advance(self.state, event)
        await self.present(state, same_person=same_person)
        for command in commands:
            self.runtime.run(command)

    async def present(self, state: State, *, same_person: bool = False) -> None:
        """Show `state` on its step's screen; all that this changes is painted at once."""
        entering, self.state = state.step is not self.state.step, state
        if entering and state.step is Step.WAITING:
            if not same_person:
                use_language(self._home_language)
                self.forget_contrast()
        elif entering:  # who paid by phone or waited for the CA has touched no key meanwhile
            self.idle.touch()
        screen = self._screen_of(state)
        entering = entering or screen is not self.step_screen  # the same step in another language
        with self.batch_update():
            if entering:
                await self._close_dialogues()
                left = self.step_screen
                if screen is not left:
                    await self.switch_screen(screen)
                    put_away(left)
                left.leave()
            await self._draw(screen, entering=entering)
        screen.paint()
        if entering and state.step is Step.WAITING:
            self.hands.on_keys = False
            with self.batch_update():
                await self._forget()
            screen.check_idle()
        elif entering:
            self._clock.soon()
            self.call_later(self._forget)

    async def _draw(self, screen: StepScreen, *, entering: bool) -> None:
        """In a batch: draw the state, and lay it out to its end."""
        await self._flush_next_callbacks()  # one of them lays a mounted screen out once more
        screen.present(self.state, entering=entering)
        await screen.settle(entering=entering)

    async def on_mount(self) -> None:
        """The waiting screen, above Textual's blank default one, is the first thing painted."""
        screen = self._screen_of(self.state)
        with self.batch_update():
            await self.push_screen(screen)
            await self._draw(screen, entering=True)
        screen.paint()

    @property
    def step_screen(self) -> StepScreen:
        """The step's screen, below any dialogue and above Textual's blank default screen."""
        return cast(StepScreen, self.screen_stack[1])

    def _screen_of(self, state: State) -> StepScreen:
        made = (kind := screen_class(state.step)), language()
        if made not in self._screens:
            screen = self._screens[made] = kind()
            screen.fit(self.size)
            self.install_screen(screen, f"{kind.__name__} {language()}")
        return self._screens[made]

    async def action_speak(self, chosen: str) -> None:
        """Go on in `chosen` until the next person comes."""
        use_language(chosen)
        await self.present(self.state)

    async def _close_dialogues(self) -> None:
        while len(self.screen_stack) > 2:
            await self.pop_screen()

    async def _forget(self) -> None:
        """Drop what held a person's data once its step is over: all widgets but what is seen and the first screen."""
        home = screen_class(Step.WAITING), self._home_language
        for made, screen in list(self._screens.items()):
            if screen is not self.step_screen and made != home:
                self.uninstall_screen(screen)
                del self._screens[made]
                await self._prune(screen)  # `remove` has Textual lay out and paint anew what is shown
        for pump in self.screen_stack:  # it holds its last message, and with it the screen that sent it
            pump.call_later(lambda: None)
        self.call_after_refresh(self._sweep)

    def _sweep(self) -> None:
        """Called after a step's last frame: forget it, and collect garbage unless somebody types."""
        forget()
        if not self.step_screen.has_entries:
            garbage.collect()

    # ── start and end ───────────────────────────────────────────────────────
    def on_ready(self) -> None:
        """The first frame is painted at once; after it the adapters begin."""
        self.step_screen.paint()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        from tui.journey.events import Retried

        garbage.resume()
        hide()
        self.ask_colours()
        self.idle.touch()
        self._watchdog.feed()
        self._watchdog.start()
        self._clock.start()
        self.runtime.start(self.advance)
        self.advance(Retried())

    def on_ended(self, event: Ended) -> None:
        """A signal came or the terminal is gone; a dialogue that the clock still opened would be an empty one."""
        self._clock.stop()
        self.step_screen.leave()
        self.exit(return_code=event.code)

    def on_unmount(self) -> None:
        """Nothing watches an app that has ended, and no key waits for it."""
        self._clock.stop()
        self._watchdog.stop()
        self._type_ahead.stop()

    # ── nobody there ────────────────────────────────────────────────────────
    async def on_event(self, event: events.Event) -> None:
        """Keys, clicks and pastes show that somebody is there, unless something lies on the keyboard."""
        act = "" if event.is_forwarded else act_of(event)
        if act and self.idle.left(self.state.step) <= 0:  # the machine slept: the key that wakes it is another person's
            await self._look_for_somebody()
        if act and self.attendance.shown_by(act):
            self.idle.touch()
        elif act and self._warning is not None:
            return
        if self.hands.typed(event):
            self.step_screen.typed_on_keys()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    @property
    def _warning(self) -> "IdleWarning | None":
        """The dialogue that asks whether somebody is there."""
        from tui.kiosk.screens.dialogue import IdleWarning

        return self.screen if isinstance(self.screen, IdleWarning) else None

    async def _beat(self) -> float:
        """Seconds until the next one."""
        if not self.is_running:  # the program is ending: Textual has closed the screens before this
            return BEAT
        self._watchdog.feed()
        now = datetime.now(UTC)
        if now.minute != self._minute:
            self._minute = now.minute
            self.step_screen.tick(now)
        self.step_screen.second()
        await self._look_for_somebody()
        return min(REST, 60 - now.second) if self._is_at_rest else BEAT

    @property
    def _is_at_rest(self) -> bool:
        """Nobody has begun: nothing counts but the minutes."""
        return self.state.step is Step.WAITING and len(self.screen_stack) == 2

    async def _look_for_somebody(self) -> None:
        """Warn before the idle time is over, then let `TimedOut` in."""
        if self.state.token_working:
            self.idle.touch()
        left = self.idle.left(self.state.step)
        if self._is_at_rest:
            if left <= 0:
                self.forget_contrast()
                if language() != self._home_language:
                    await self.action_speak(self._home_language)
            return
        from tui.journey.events import TimedOut
        from tui.kiosk.screens.dialogue import IdleWarning

        warning = self._warning
        if left > WARNING or self.state.token_working:
            if warning is not None:
                warning.dismiss(True)
        elif left <= 0:
            await self._close_dialogues()
            self.idle.touch()
            self.advance(TimedOut())
        else:
            if warning is None:
                warning = IdleWarning()
                await self.push_screen(warning)
            warning.show(ceil(left))

    def _frozen(self) -> None:
        """The event loop stands still: end before the next person finds the last one's data (watchdog's thread)."""
        if self.state.step is Step.WAITING:
            return
        stop_briefly(self.runtime.stop)
        if isinstance(driver := self._driver, KioskDriver):
            driver.end_now(Exit.FROZEN)

    # ── crash net ───────────────────────────────────────────────────────────
    def _handle_exception(self, error: Exception) -> None:
        """Textual's way for every uncaught exception: ours shows no locals and logs only type and place."""
        self._return_code = CRASHED
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        log.critical("uncaught %s", named(error))
        if not self._exit_renderables:
            self._exit_renderables.append(Segments(self.console.render(Text(last_words(self.state)))))
        self._close_messages_no_wait()
