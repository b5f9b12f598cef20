"""Step 5: 付款提示."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import yuan
from tui.journey.events import PayNoticeConfirmed
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import END
from tui.kiosk.text import N_, _
from tui.kiosk.text.wording import SEALED_BIDS
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.amount import Amount
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.words import Words


class PayNoticeScreen(StepScreen):
    """The request is in; now it is paid."""

    CSS_PATH = style("paying.tcss")
    heading = N_("付款提示")
    help_text = N_("续期申请已提交。按「确定」进入订单页面付款；付款后证书自动签发。")
    keys = (END,)

    def compose_body(self) -> Iterable[Widget]:
        """What was reached, what comes next."""
        yield Static(Content.styled(_("续期申请已提交，请付款。"), "bold $good"), id="reached")
        yield Words(id="bill")
        yield Static(
            Content(
                _("付款成功后证书自动签发，随后安装到CA。\n申请保存在续期服务中，也可以稍后在任何一台终端继续付款。")
            ),
            classes="hint",
        )
        yield Words(Content(_(SEALED_BIDS)), classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """确定, beside the amount."""
        yield ActionButton(_("确定"), "confirm", primary=True)
        yield Amount()

    def show(self, state: State) -> None:
        """Draw number and amount."""
        application = state.application
        if application is None or application.order is None:
            return
        self.query_one(Amount).show(application)
        self.query_one("#bill", Static).update(
            table(
                (
                    Fact(_("业务单号"), application.business_no, "bold"),
                    Fact(_("业务费用"), yuan(application.order.total_fen)),
                )
            )
        )

    def action_confirm(self) -> None:
        """确定."""
        self.advance(PayNoticeConfirmed())
