"""No way on: why, and what the way out is."""

from collections.abc import Iterable

from textual.widget import Widget

from tui.core.events import SelfCheckOpened
from tui.core.state import State, Step
from tui.screens.base import Key, StepScreen
from tui.text import N_, _
from tui.text.wording import call
from tui.widgets.action import ActionButton
from tui.widgets.card import facts
from tui.widgets.facts import Fact, Facts


class RefusedScreen(StepScreen):
    """The reason stands in the banner; the certificate it is about below."""

    steps = (Step.REFUSED,)
    heading = N_("不能办理")
    help_text = N_("屏幕上方写明了原因和办法。取出CA或按「返回首页」结束。需要帮助请联系客服。")
    keys = (Key("f3,escape", N_("返回首页"), "back"), Key("f5", N_("环境检测"), "self_check"))

    def compose_body(self) -> Iterable[Widget]:
        """The certificate's facts and the hotline."""
        yield Facts(id="facts")

    def compose_actions(self) -> Iterable[Widget]:
        """Home."""
        yield ActionButton(_("返回首页"), "back", primary=True)
        yield ActionButton(_("环境检测"), "self_check")

    def show(self, state: State) -> None:
        """What this is about, so that staff can look at it together with the person."""
        rows: tuple[Fact, ...] = ()
        if state.holder is not None and state.now is not None:
            rows = facts(state.holder[1], state.now, state.window)
        if state.application is not None:
            rows += (Fact(_("业务单号"), state.application.business_no),)
        self.query_one(Facts).show((*rows, Fact(_("咨询"), call(state.service))))

    def action_self_check(self) -> None:
        """环境检测."""
        self.advance(SelfCheckOpened())
