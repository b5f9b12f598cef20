"""Step 8: 支付成功, the certificate is being issued."""

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import PaymentStatus, yuan
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import END, RETRY
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.countdown import Pulse
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.figures import drawn
from tui.kiosk.widgets.large_tick import LargeTick
from tui.kiosk.widgets.words import Words


class IssuingScreen(StepScreen):
    """Waits in words; one may leave and come back at any terminal."""

    CSS_PATH = style("paying.tcss")
    heading = N_("支付成功，正在签发证书")
    help_text = N_(
        "付款已收到，证书正在签发，签发后自动进入安装。"
        "\n\n可以离开：稍后在任何一台终端插入同一个CA，登录后按「继续办理」即可安装，不会重复收费。"
    )
    keys = (RETRY, END)

    def compose_body(self) -> Iterable[Widget]:
        """What is certain, in large, what is awaited, that one may go."""
        yield Horizontal(LargeTick(id="tick"), Words(id="until"), id="reached")
        yield Words(id="bill")
        yield Pulse(id="pulse")
        yield Static(
            Content(_("证书签发后，本页自动转到安装。\n可以离开，稍后在任何一台终端继续；请记下业务单号。")),
            classes="hint",
        )

    def compose_actions(self) -> Iterable[Widget]:
        """Leaving is all there is to do."""
        yield ActionButton(_("结束办理"), "end")

    def focus_target(self, state: State) -> str:
        """No act is wanted; the button stays one Tab away."""
        return ""

    def show(self, state: State) -> None:
        """Draw what was paid."""
        self.query_one(Pulse).begin()
        application = state.application
        if application is None:
            return
        paid = f" {yuan(application.order.total_fen)}" if application.order else ""
        is_paid = application.payment_status is PaymentStatus.PAID
        heading = _(self.heading) if is_paid else _("正在签发证书")
        self.query_one("#heading", Static).update(Content(heading))
        self.query_one("#tick").display = is_paid
        words = drawn(_("支付成功") + paid, "$good") if is_paid else Content.styled(label(state.money), "bold $accent")
        self.query_one("#until", Static).update(words)
        rows = [Fact(_("业务单号"), application.business_no, "bold"), Fact(_("业务状态"), label(application.status))]
        if application.order is not None:
            named = _("已付金额") if is_paid else _("业务费用")
            rows.append(Fact(named, yuan(application.order.total_fen)))
        self.query_one("#bill", Static).update(table(tuple(rows)))

    def left(self) -> None:
        """No more ticking."""
        self.query_one(Pulse).stop()
