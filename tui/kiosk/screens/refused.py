"""No way on: why, and what the way out is."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.failure import Reason
from tui.journey.events import PinChangeOpened, RenewalRequested, SelfCheckOpened
from tui.journey.moves.arrival import may_be_paid
from tui.journey.moves.pin_change import changeable
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK, EARLIER, SELF_CHECK
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import discreet, refused_facts
from tui.kiosk.text.wording import call, names_whom_to_call
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, Facts


class RefusedScreen(StepScreen):
    """The reason stands in the banner; the certificate it is about below."""

    heading = N_("不能办理")
    help_text = N_("屏幕上方写明了原因和办法。拔出CA或按「返回首页」结束。需要帮助请联系客服。")
    keys = (BACK.called(N_("返回首页")), SELF_CHECK, EARLIER.called(N_("继续已付款的申请")))

    def compose_body(self) -> Iterable[Widget]:
        """The certificate's facts, and the hotline where the banner has it not."""
        yield Facts(id="facts")

    def compose_actions(self) -> Iterable[Widget]:
        """Home."""
        yield ActionButton(_("返回首页"), "back", primary=True)
        yield ActionButton(_("环境检测"), "self_check")
        yield ActionButton(_("继续已付款的申请"), "finish_paid", id="finish-paid")
        yield ActionButton(_("修改CA密码"), "change_pin", id="change-pin")

    def show(self, state: State) -> None:
        """What this is about, so that staff can look at it together with the person."""
        renewed = state.failure is not None and state.failure.reason is Reason.ALREADY_RENEWED
        self.query_one("#heading", Static).update(Content(_("证书已续期") if renewed else _(self.heading)))
        self.query_one("#finish-paid").display = self.offers("finish_paid", state)
        self.query_one("#change-pin").display = self.offers("change_pin", state)
        rows: tuple[Fact, ...] = ()
        if state.holder is not None and state.now is not None:
            certificate = state.holder[1]
            rows = refused_facts(certificate, state.now, state.window)
            rows = discreet(rows, certificate) if self.veils(state) else rows
        if state.application is not None:
            rows += (Fact(_("业务单号"), state.application.business_no),)
        if not names_whom_to_call(state.failure):
            rows += (Fact(_("咨询"), call(state.service)),)
        self.query_one(Facts).show(rows)

    def offers(self, action: str, state: State) -> bool:
        """A certificate that expired may have been paid for before; the desk knows, after the sign-in."""
        if action == "finish_paid":
            return may_be_paid(state)
        if action == "change_pin":
            return changeable(state) is not None
        return super().offers(action, state)

    def action_finish_paid(self) -> None:
        """继续已付款的申请."""
        self.advance(RenewalRequested())

    def action_change_pin(self) -> None:
        """修改CA密码."""
        self.advance(PinChangeOpened())

    def action_self_check(self) -> None:
        """环境检测."""
        self.advance(SelfCheckOpened())
