"""What every step's screen has in common: the frame, the keys, the way events leave and the state comes in."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.layout import Layout
from textual.reactive import Reactive
from textual.widget import Widget

from tui.core.failure import Failure
from tui.journey.state import State, Step, Trait
from tui.kiosk.screens.compositor import NarrowCompositor
from tui.kiosk.screens.events import Happened
from tui.kiosk.screens.keys import BACK, END, HELP, KEYBOARD, Key
from tui.kiosk.screens.looks.layout import BodyLayout, FrameLayout
from tui.kiosk.screens.typing import TypingScreen
from tui.kiosk.settings import Mode, is_counter
from tui.kiosk.text import _
from tui.kiosk.text.wording import demo_words
from tui.kiosk.widgets.banner import FailureBanner
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.heading import Heading
from tui.kiosk.widgets.key_line import KeyLine, ShownKey
from tui.kiosk.widgets.status import BusyLine, HintLine, StatusLine, TitleBar
from tui.kiosk.widgets.step_indicator import StepIndicator
from tui.kiosk.widgets.too_small import TooSmall
from tui.process.resources import ASSETS

if TYPE_CHECKING:  # imported after the first paint: dozens of dataclasses take 35 ms
    from tui.journey.events import Event
    from tui.journey.ports import Phone


def style(name: str) -> Path:
    """Path of a style sheet in assets/styles, for a screen's `CSS_PATH`."""
    return ASSETS / "styles" / name


class StepScreen(TypingScreen, inherit_bindings=False):
    """One step: a function of the state. Installed once and re-used; `left` must clear what nobody else may see.

    A subclass stands in the module of its step's name (`registry`), sets `heading` and `help_text`, composes
    `compose_body` (and `compose_actions`), draws in `show`.
    """

    heading: ClassVar[str] = ""
    """Source Chinese, above the body."""
    help_text: ClassVar[str] = ""
    """Source Chinese, shown by F1: what this step is for and how to get through it; blank lines part paragraphs."""
    keys: ClassVar[tuple[Key, ...]] = (BACK, END)
    """Beside F1; a subclass names all of its own."""
    when_idle: ClassVar[frozenset[str]] = frozenset({"retry"})
    """Acts that do nothing before what is under way has ended: their keys are not shown meanwhile."""
    compact: ClassVar[bool] = False
    """Leaves 21 of 24 rows to the body: no heading, actions, banner and status line."""
    filled: ClassVar[bool] = False
    """The body takes all rows that there are, for a text or list to be scrolled, instead of what it holds."""
    tells_waits: ClassVar[bool] = False
    """The body says what is waited for, and how long: the line that does so elsewhere would say it twice."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual would repaint the whole screen; the widgets that gain and lose the focus repaint themselves."""
    AUTO_FOCUS = ""
    BINDINGS: ClassVar = [
        Binding("tab,down,right", "app.focus_next", show=False),
        Binding("shift+tab,up,left", "app.focus_previous", show=False),
        Binding("pageup", "scroll_body(-1)", show=False),
        Binding("pagedown", "scroll_body(1)", show=False),
        Binding("f1", "help", show=False),
        Binding("f2", "keyboard", show=False),
    ]

    def __init_subclass__(cls, inherit_bindings: bool = True) -> None:
        cls.BINDINGS = [Binding(k.key, k.action, k.label) for k in cls.__dict__.get("keys", ())]
        super().__init_subclass__(inherit_bindings=inherit_bindings)

    def __init__(self) -> None:
        super().__init__(classes=" ".join(("-compact",) * self.compact + ("-filled",) * self.filled) or None)
        self._compositor = NarrowCompositor()
        self._frame = FrameLayout()
        self.state = State()
        self.just_refused = False
        """A failure is shown that was not before: what answers it is done once, not again at every change."""

    # ── for subclasses ──────────────────────────────────────────────────────
    def compose_body(self) -> Iterable[Widget]:
        """The step's widgets, top to bottom; the body scrolls when they do not fit."""
        return ()

    def compose_actions(self) -> Iterable[Widget]:
        """The buttons of the row under the body, the obvious next one first."""
        return ()

    def entered(self, state: State) -> None:
        """The step has just become the current one (`show` follows): reset what an earlier visit left."""

    def show(self, state: State) -> None:
        """Draw `state`; called after entering and at every change while current."""

    def left(self) -> None:
        """Another step became the current one: forget what nobody else may see; `SecretField`s are wiped already."""

    def focus_target(self, state: State) -> str:
        """CSS selector of the widget that holds the obvious next act when the step is entered; "" for none."""
        return "ActionButton.-main"

    def offers(self, action: str, state: State) -> bool:
        """Whether `action` works now, and its key is shown; a subclass asks `super` for what it does not know."""
        match action:
            case "retry":
                return state.failure is not None and state.busy is None
            case "end" | "back":
                return not state.token_working
            case _:
                return True

    def veils(self, state: State) -> bool:
        """Whether a stranger may stand here with a token that they found: at a counter, until the desk knows better."""
        return is_counter(self.app) and state.offer is None and state.application is None

    # ── the person's acts ───────────────────────────────────────────────────
    def advance(self, event: "Event") -> None:
        """Hand a core event to the app, which drops it when this step is over or a submission is under way."""
        self.app.post_message(Happened(event, self.state.step))

    def ask(self, question: str, yes: str, then: Callable[[], None], *, detail: str = "") -> None:
        """Ask once more in a dialogue; `then` runs after `yes`."""
        from tui.kiosk.screens.dialogue import Confirm

        def answered(agreed: bool | None) -> None:
            if agreed:
                then()

        self.app.push_screen(Confirm(question, yes, detail), answered)

    def action_help(self) -> None:
        """F1."""
        from tui.kiosk.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(_(self.heading), _(self.help_text), self.state.service))

    def action_scroll_body(self, pages: int) -> None:
        """Page through a text or body that does not fit, wherever the focus is."""
        from tui.kiosk.widgets.document import Document

        for document in self.query(Document):
            document.turn(pages)
            return
        self.query_one(Body).turn(pages)

    def action_back(self) -> None:
        """返回."""
        from tui.journey.events import BackPressed

        self.advance(BackPressed())

    def action_retry(self) -> None:
        """重试."""
        from tui.journey.events import Retried

        self.advance(Retried())

    def action_end(self) -> None:
        """结束办理, asked once more."""
        from tui.journey.events import Abandoned

        self.ask(
            _("结束本次办理？"),
            _("结束办理"),
            lambda: self.advance(Abandoned()),
            detail=_("已提交的申请保存在续期服务中，可随时在任何一台终端继续办理。"),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Textual's gate for bindings, buttons and clicks."""
        return self.offers(action, self.state)

    @property
    def layout(self) -> Layout:
        """Where the parts stand, by the window's size."""
        return self._frame

    # ── for the app ─────────────────────────────────────────────────────────
    def compose(self) -> ComposeResult:
        """The frame around the step's body."""
        yield TitleBar()
        yield StepIndicator()
        if not self.compact:
            yield Heading(Content(_(self.heading)), id="heading")
            yield FailureBanner()
        actions = () if self.compact else tuple(self.compose_actions())
        with Body(BodyLayout(), classes=None if actions else "-last"):
            yield from self.compose_body()
        if actions:
            yield Horizontal(*actions, id="actions")
        if not self.compact:
            yield HintLine()
            yield StatusLine()
        yield KeyLine()
        yield BusyLine()
        yield TooSmall()

    def present(self, state: State, *, entering: bool) -> None:
        """Draw the frame and the step; after `entering`, put the focus on the next act."""
        told = None if entering or self.state.busy else self.state.failure
        self.just_refused = state.failure is not None and not state.busy and state.failure is not told
        self.state = state
        if entering:
            self.entered(state)
            self.query_one("#body", VerticalScroll).scroll_home(animate=False)
        self._present_frame(state)
        self.show(state)
        self._present_keys(state)
        if entering or self.focused is None:
            self.focus_next_act()

    async def settle(self, *, entering: bool) -> None:
        """After `present`, in a batch: lay out what has changed; after `entering`, with what has the focus in view."""
        await self.lay_out()
        if entering:
            self.query_one(Body).show_focused()
            await self.lay_out()

    def paint(self) -> None:
        """Paint at once what has changed in a batch, as Textual's timer does some milliseconds later."""
        self._on_timer_update()

    def focus_next_act(self) -> None:
        """Focus what `focus_target` names; while that is disabled nothing has the focus, so Enter does no other act."""
        target = self.focus_target(self.state)
        targets = (list(self.query(target)) or self.focus_chain) if target else []
        self.set_focus(next((widget for widget in targets if widget.focusable and widget.display), None))

    def _reset_focus(self, widget: Widget, avoiding: list[Widget] | None = None) -> None:
        """A widget that closes hands on no focus; Textual would give it, and the next Enter, to 返回 beside it."""
        if self.focused is widget:
            self.set_focus(None)

    def leave(self) -> None:
        """Another step became current, or the program ends: secrets are wiped whatever the subclass does."""
        from tui.kiosk.widgets.secret_field import SecretField

        self.put_keyboard_away()
        for field in self.query(SecretField):
            field.wipe()
        self.query_one(BusyLine).rest()
        self.left()

    def tick(self, now: datetime) -> None:
        """A minute has begun; it may begin before the screen that comes next has its parts."""
        for bar in self.query_children(TitleBar):
            bar.show(now)

    def _present_frame(self, state: State) -> None:
        self.tick(datetime.now(UTC))
        self.query_one(StepIndicator).show(state.step.stage)
        self.query_one(TitleBar).stand_at(state.step.stage)
        failure: Failure | None = state.failure
        for banner in self.query_children(FailureBanner):
            banner.show(failure, state.money, state.service)
        phone: Phone | None = getattr(self.app, "phone", None)
        hint = demo_words(phone) if phone is not None and state.step.traits & (Trait.HINTED | Trait.PIN) else ""
        if state.step is Step.WAITING and getattr(self.app, "mode", None) is Mode.SSH:
            hint = _("连接中断也不要紧，再次登录即可继续")
        self.set_class(bool(hint), "-hinted")
        for quiet in self.query_children(HintLine):
            quiet.show(hint)
        for line in self.query_children(StatusLine):
            line.show(state)
        self.query_one(BusyLine).show(None if self.tells_waits else state.busy)

    def _present_keys(self, state: State) -> None:
        """Which fields can be typed into is known once the step is drawn."""
        typing = (KEYBOARD,) if self.has_entries else ()
        waiting = self.when_idle if state.busy is not None else ()
        now = (key for key in self.keys if key.action not in waiting and self.offers(key.action, state))
        shown = (HELP, *typing, *now)
        self.query_one(KeyLine).show(tuple(ShownKey(k.key.split(",")[0], _(k.label), k.action) for k in shown))
