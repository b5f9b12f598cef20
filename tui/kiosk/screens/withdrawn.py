"""The application ended without a certificate: why, and where the money is."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import Application, ApplicationStatus, PaymentStatus, Refund, yuan
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import call
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.words import Words

WHAT_NOW = {
    ApplicationStatus.WITHDRAWN: N_("申请已撤销。需要续期时可以重新申请。"),
    ApplicationStatus.LAPSED: N_("证书在付款前已过期，这笔申请失效。请按《CA办理指南》重新办理CA。"),
    ApplicationStatus.FAILED: N_("证书未能签发，这笔申请已终止。请联系客服。"),
}


class WithdrawnScreen(StepScreen):
    """Ended; the money in words, with every refund."""

    CSS_PATH = style("paying.tcss")
    heading = N_("申请已结束")
    help_text = N_("这笔申请已结束，没有安装新证书。原证书未受影响。已付的款项会原路退回。")
    keys = (BACK.called(N_("完成")),)

    def compose_body(self) -> Iterable[Widget]:
        """What happened, where the money is, the application, whom to call."""
        yield Words(id="what-now")
        yield Words(id="money")
        yield Words(id="bill")
        yield Words(id="call")

    def compose_actions(self) -> Iterable[Widget]:
        """完成."""
        yield ActionButton(_("完成"), "back", primary=True)

    def show(self, state: State) -> None:
        """Draw the end."""
        application = state.application
        if application is None:
            return
        self.query_one("#what-now", Static).update(Content.styled(_(WHAT_NOW.get(application.status, "")), "bold"))
        rows = [Fact(_("业务单号"), application.business_no), Fact(_("业务状态"), label(application.status))]
        rows += [Fact(_("退款"), _refund(refund)) for refund in application.refunds]
        self.query_one("#bill", Static).update(table(tuple(rows)))
        self.query_one("#money", Static).update(Content(_money(state, application)))
        self.query_one("#call", Static).update(Content(call(state.service)))


def _money(state: State, application: Application) -> str:
    match application.payment_status:
        case PaymentStatus.REFUNDED:
            return _("款项已原路退回。")
        case PaymentStatus.PAID | PaymentStatus.FROZEN:
            return _("您的付款已记录，将由客服核对后原路退回。")
        case PaymentStatus.UNPAID | PaymentStatus.PAYING | PaymentStatus.REFUNDING:
            return label(state.money)


def _refund(refund: Refund) -> str:
    return _("{amount}，{state}").format(
        amount=yuan(refund.amount_fen), state=_("已退回") if refund.done else _("正在原路退回")
    )
