"""What is asked or said above a step: the second question, and the warning before the idle reset."""

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui.kiosk.text import _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.box import Box
from tui.kiosk.widgets.line_breaks import evened
from tui.kiosk.widgets.words import Words

LINE = 54
"""Columns of the text within the box."""


class Dialogue(ModalScreen[bool], inherit_bindings=False):
    """A question above the step; Esc and F3 say no."""

    AUTO_FOCUS = "ActionButton"
    BINDINGS = [  # noqa: RUF012 - Textual's own class variable
        Binding("tab,down,right", "app.focus_next", show=False),
        Binding("shift+tab,up,left", "app.focus_previous", show=False),
        Binding("escape,f3", "back", show=False),
        Binding("f1", "help", show=False),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """A box in the middle: title, text, buttons."""
        with Box(id="dialogue"):
            yield Static(Content(self._title), id="dialogue-title")
            yield Words(Content(evened(self._text, LINE)), id="dialogue-text")
            yield Horizontal(*self.compose_buttons(), id="dialogue-buttons")

    def compose_buttons(self) -> Iterable[Widget]:
        """The answers."""
        return ()

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Only once: for a second key, or the clock right after one, Textual would take the step's own screen away."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_yes(self) -> None:
        """Agreed."""
        self.dismiss(True)

    def action_back(self) -> None:
        """Not agreed."""
        self.dismiss(False)

    def action_help(self) -> None:
        """The step's help, above the question."""
        from tui.kiosk.screens.base import StepScreen

        next(screen for screen in self.app.screen_stack if isinstance(screen, StepScreen)).action_help()


class Confirm(Dialogue):
    """Asks once more; the focus lies on the answer that changes nothing."""

    def __init__(self, question: str, yes: str, detail: str = "") -> None:
        super().__init__(question, detail)
        self._yes = yes

    def on_mount(self) -> None:
        """A question may need no more words than its title."""
        self.query_one("#dialogue-text").set_class(not self._text, "-empty")

    def compose_buttons(self) -> Iterable[Widget]:
        """No first: Enter pressed by mistake does no harm."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(self._yes, "yes")


class IdleWarning(Dialogue):
    """Nobody has touched the keys for long; any key goes on."""

    def __init__(self) -> None:
        super().__init__(_("您还在吗？"), "")

    def compose_buttons(self) -> Iterable[Widget]:
        """One button, for the mouse."""
        yield ActionButton(_("继续办理"), "yes", primary=True)

    def show(self, seconds: int) -> None:
        """How long is left, in figures that are seen from where the person went."""
        from tui.kiosk.widgets.figures import drawn

        text = _("{seconds}秒后将退出登录并返回首页。\n按任意键继续办理。").format(seconds=seconds)
        told = Content("\n\n").join([drawn(str(seconds), "$accent"), Content(text)])
        self.query_one("#dialogue-text", Static).update(told)

    def action_help(self) -> None:
        """F1 is a key like any other here."""
        self.dismiss(True)

    def on_key(self, event: events.Key) -> None:
        """Any key."""
        event.stop()
        event.prevent_default()
        self.dismiss(True)
