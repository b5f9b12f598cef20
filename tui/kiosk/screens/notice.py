"""供应商须知: to be read to its end, then 同意并继续."""

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.journey.events import NoticeAccepted
from tui.journey.state import State
from tui.kiosk.screens.keys import BACK, END, LANGUAGE, RETRY
from tui.kiosk.screens.reading import ReadingScreen
from tui.kiosk.text import N_, _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.pages import PageButtons, PageNumber
from tui.kiosk.widgets.words import Words


class NoticeScreen(ReadingScreen):
    """The notice in full; 下一页 is the main act until its end is in view."""

    heading = N_("供应商须知")
    help_text = N_("请阅读须知全文。按「下一页」，或用方向键、空格键、翻页键向下翻，读完按「同意并继续」。")
    keys = (BACK, RETRY, LANGUAGE, END)

    def __init__(self) -> None:
        super().__init__(lambda state: state.notice)

    def compose_body(self) -> Iterable[Widget]:
        """The text and where one is in it."""
        yield Document(id="notice")
        yield Horizontal(Words(id="reading", classes="hint"), PageNumber(), id="place")

    def compose_actions(self) -> Iterable[Widget]:
        """同意并继续; the pages at the other end."""
        yield ActionButton(_("同意并继续"), "accept", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)
        yield PageButtons()

    def focus_target(self, state: State) -> str:
        """The text first."""
        return "#notice"

    def entered(self, state: State) -> None:
        """Read anew."""
        super().entered(state)
        self.query_one(Document).restart()

    def show(self, state: State) -> None:
        """The text, and how far it is read."""
        super().show(state)
        self._show_progress()

    @on(Document.ReadToEnd)
    def reach_end(self) -> None:
        """The end has been in view: what comes next is said, and of a text of one page has the focus."""
        self._show_progress()
        if self.query_one(Document).max_scroll_y == 0:
            self.focus_next_button()

    def focus_next_button(self) -> None:
        """Put the focus on 同意并继续."""
        self.set_focus(self.after_reading())

    @on(Document.Done)
    def action_accept(self) -> None:
        """同意并继续."""
        if self.state.notice is not None:
            self.advance(NoticeAccepted())

    def _show_progress(self) -> None:
        self.query_one("ActionButton.-main").disabled = self.state.notice is None
        read = self.query_one(Document).read
        words = _("已读到结尾，请按「同意并继续」。") if read else _("请读到结尾，再按「同意并继续」。")
        self.query_one("#reading", Static).update(Content(words))
