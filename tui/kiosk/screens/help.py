"""F1: what this step is for, how to get through it, and whom to call."""

import re

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.core.order import ServiceStatus
from tui.kiosk.text import N_, _
from tui.kiosk.text.wording import call
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.box import Box
from tui.kiosk.widgets.line_breaks import evened

KEYS = N_(
    "方向键或Tab：在按钮和输入框之间移动\n"
    "回车：按下当前按钮\n"
    "F3或Esc：返回上一步，已填写的内容会保留\n"
    "F9：高对比度，看不清时使用；再按一次恢复\n"
    "F10：结束办理，已提交的申请可以随时继续"
)

LINE = 63
"""Columns of the text beside its scrollbar."""
AROUND = 11
"""Rows of title, hotline, button and edge, and of ground above and below."""


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """Help for one step."""

    AUTO_FOCUS = "ActionButton"
    BINDINGS = [  # noqa: RUF012 - Textual's own class variable
        Binding("f1", "help", show=False),
        Binding("escape,f3", "back", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("f9", "app.contrast", show=False),
    ]

    def __init__(self, heading: str, text: str, service: ServiceStatus | None) -> None:
        super().__init__()
        self._heading, self._text, self._service = heading, text, service

    def compose(self) -> ComposeResult:
        """The step's words, the keys, the hotline."""
        with Box(id="help"):
            yield Static(Content(_("帮助：{heading}").format(heading=self._heading)), id="dialogue-title")
            with VerticalScroll(can_focus=False, id="help-text"):
                yield Static(Content(self._text))
                yield Static(_keys(), classes="-keys")
            yield Static(Content(call(self._service)), id="help-call")
            yield Horizontal(ActionButton(_("知道了"), "back", primary=True), id="help-button")

    def on_mount(self) -> None:
        """As high as its words, where the window is."""
        self._fit(self.app.size.height)

    def on_resize(self, event: events.Resize) -> None:
        """The window has changed."""
        self._fit(event.size.height)

    def _fit(self, rows: int) -> None:
        self.query_one("#help-text").styles.max_height = max(1, rows - AROUND)

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss()

    def action_help(self) -> None:
        """F1 once more."""
        self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Lines up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def _keys() -> Content:
    """Each key, and in a column of its own what it does."""
    lines = [re.split("：|: ", line, maxsplit=1) for line in _(KEYS).split("\n")]
    widest = max(cell_len(key) for key, _does in lines) + 2
    beside = "\n" + " " * widest
    rows = [
        ((key + " " * (widest - cell_len(key)), "bold $foreground"), evened(does, LINE - widest).replace("\n", beside))
        for key, does in lines
    ]
    return Content("\n").join([Content.assemble(*row) for row in rows])
