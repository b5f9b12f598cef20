"""The CA was taken out: the same one must be put back."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui.journey.events import SelfCheckOpened
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK, SELF_CHECK
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, Facts
from tui.kiosk.widgets.token_drawing import TokenDrawing, show_large
from tui.kiosk.widgets.words import Words


class TokenAwaitedScreen(StepScreen):
    """Goes on by itself as soon as the CA is back."""

    heading = N_("请插回CA")
    help_text = N_(
        "请插回开始办理时的同一个CA，屏幕会自动回到刚才的步骤，已填写的内容都还在；"
        "为防他人看到，可能需要再次输入登录密码。不想继续请按「取消」，已填写的内容随即清除。"
    )
    keys = (BACK.called(N_("取消")), SELF_CHECK)

    def compose_body(self) -> Iterable[Widget]:
        """Which CA, and what happens then."""
        yield Words(id="large")
        yield TokenDrawing(id="drawing")
        yield Words(id="awaited")
        yield Facts(id="facts")

    def compose_actions(self) -> Iterable[Widget]:
        """取消."""
        yield ActionButton(_("取消"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """None: the act is to put the CA back, and an Enter typed when it slipped out must not end the journey."""
        return ""

    def show(self, state: State) -> None:
        """Label and serial's tail of the CA that began."""
        self._draw()
        headline = _("插入的不是原来的CA，请换回原来的CA") if state.tokens else _("请插回原来的CA")
        if state.asks_password:
            text = _("插回并输入登录密码后，继续「{step}」，已填写的内容不会丢失。")
        else:
            text = _("插回后自动继续「{step}」，已填写的内容不会丢失。")
        text = text.format(step=label(state.return_to))
        self.query_one("#awaited", Static).update(Content.assemble((headline, "bold $accent"), "\n\n", text))
        if (chosen := state.chosen) is not None:
            named = () if is_counter(self.app) else (Fact(_("CA名称"), chosen.token_label or _("未命名CA"), "bold"),)
            rows = (
                *named,
                Fact(_("CA序列号"), _("尾号{tail}").format(tail=chosen.token_serial[-6:])),
                Fact(_("证书序列号"), _("尾号{tail}").format(tail=chosen.serial[-6:].upper())),
            )
            self.query_one(Facts).show(rows)

    def on_resize(self, _: Resize) -> None:
        """Another window has room for larger words, or none."""
        if self.state.now is not None:
            self._draw()

    def _draw(self) -> None:
        self.query_one(TokenDrawing).show()
        show_large(self.query_one("#large", Words), shown=True)

    def action_self_check(self) -> None:
        """环境检测."""
        self.advance(SelfCheckOpened())
