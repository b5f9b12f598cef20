"""Step 1: insert the CA."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.events import CertificatesOpened, SelfCheckOpened, Started
from tui.core.state import State, Step
from tui.screens.base import Key, StepScreen
from tui.text import N_, _
from tui.widgets.action import ActionButton


class WaitingScreen(StepScreen):
    """The state of what is inserted, and 开始办理."""

    steps = (Step.WAITING,)
    heading = N_("数字证书在线续期")
    keys = (
        Key("f4", N_("我的证书"), "certificates"),
        Key("f5", N_("环境检测"), "self_check"),
    )

    def compose_body(self) -> Iterable[Widget]:
        """The CA's state in large."""
        yield Static(Content(_("请插入CA")), id="insert")

    def compose_actions(self) -> Iterable[Widget]:
        """开始办理 and the two views."""
        yield ActionButton(_("开始办理"), "start", primary=True)
        yield ActionButton(_("我的证书"), "certificates")
        yield ActionButton(_("环境检测"), "self_check")

    def show(self, state: State) -> None:
        """Draw the tokens."""

    def action_start(self) -> None:
        """开始办理."""
        self.advance(Started())

    def action_certificates(self) -> None:
        """我的证书."""
        self.advance(CertificatesOpened())

    def action_self_check(self) -> None:
        """环境检测."""
        self.advance(SelfCheckOpened())
