"""Step 3: 网证通电子认证服务协议, read and accepted."""

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import Document as Text
from tui.core.text_safety import printable
from tui.journey.events import AgreementAccepted
from tui.journey.state import State
from tui.kiosk.screens.base import style
from tui.kiosk.screens.keys import BACK, END, LANGUAGE, RETRY
from tui.kiosk.screens.reading import ReadingScreen
from tui.kiosk.text import N_, _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.pages import PageButtons, PageNumber
from tui.kiosk.widgets.words import Words


class AgreementScreen(ReadingScreen):
    """The agreement's version, its text and at its end the digest; 下一步 opens with the tick."""

    CSS_PATH = style("applying.tcss")
    heading = N_("网证通电子认证服务协议")
    help_text = N_(
        "请通读协议：按「下一页」，或用方向键、空格键、翻页键翻阅，按Tab键换到下面的勾选框。"
        "用空格键勾选「我接受电子认证服务协议内容」，然后按「下一步」。"
        "\n\n协议有新版本时会再次显示，请重新阅读并勾选。"
    )
    keys = (BACK, RETRY, LANGUAGE, END)

    def __init__(self) -> None:
        super().__init__(lambda state: state.agreement)
        self._digest = ""

    def compose_body(self) -> Iterable[Widget]:
        """Which text it is, the text, the box."""
        yield Words(id="edition", classes="hint")
        yield Document(id="agreement")
        yield Horizontal(Tick(_("我接受电子认证服务协议内容"), id="accept"), PageNumber(), id="place")

    def compose_actions(self) -> Iterable[Widget]:
        """下一步; the pages at the other end."""
        yield ActionButton(_("下一步"), "accept", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)
        yield PageButtons()

    def after_reading(self) -> Widget:
        """The box, or 下一步 where it is ticked."""
        tick = self.query_one(Tick)
        return self._button if tick.ticked else tick

    def focus_target(self, state: State) -> str:
        """The text first; 下一步 for whoever comes back and has accepted it."""
        return "ActionButton.-main" if self.query_one(Tick).ticked else "#agreement"

    def offers(self, action: str, state: State) -> bool:
        """重试 loads an agreement that did not come."""
        return super().offers(action, state) and (action != "retry" or state.agreement is None)

    def foot_of(self, text: Text) -> str:
        """The digest of the Chinese text, which is what is accepted."""
        return f"SHA-256 {printable(text.digest, 64)}"

    def show(self, state: State) -> None:
        """Draw the agreement; another text than the last one is ticked only if it is the one accepted."""
        agreement = state.agreement
        digest = agreement.digest if agreement else ""
        tick = self.query_one(Tick)
        if digest != self._digest:
            self._digest = digest
            tick.ticked = agreement is not None and state.accepted_agreement == agreement
        tick.disabled = agreement is None
        words = ""
        if agreement is not None:
            super().show(state)
            words = _("版本：{version}    请读完协议，再勾选下面的方框").format(
                version=printable(agreement.version, 20)
            )
        self.query_one("#edition", Static).update(Content(words))
        self._button.disabled = not tick.ticked

    @property
    def _button(self) -> ActionButton:
        return self.query_one("ActionButton.-main", ActionButton)

    @on(Tick.Changed)
    def open_next(self, event: Tick.Changed) -> None:
        """The button opens with the tick and is the next act."""
        self._button.disabled = not event.tick.ticked
        self._light()
        if event.tick.ticked:
            self._button.focus()

    def action_accept(self) -> None:
        """下一步."""
        if self.query_one(Tick).ticked:
            self.advance(AgreementAccepted())
