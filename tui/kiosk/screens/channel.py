"""Step 6: 付款途径."""

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import yuan
from tui.journey.events import OnlineChosen
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK, END
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import wallet_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.amount import Amount
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.code_room import CodeRoom
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.words import Words


class ChannelScreen(StepScreen):
    """在线支付, 下一步."""

    CSS_PATH = style("paying.tcss")
    heading = N_("付款途径")
    help_text = N_("选择「在线支付」，按「下一步」选择支付方式，用手机扫码付款。")
    keys = (BACK, END)

    def compose_body(self) -> Iterable[Widget]:
        """The bill and the one way to pay it here."""
        yield Words(id="bill")
        yield CodeRoom(sample=True)
        choice = Choice(id="channel")
        choice.offer((("online", _("在线支付")),), "online")
        yield choice
        yield Words(id="wallets", classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """下一步."""
        yield ActionButton(_("下一步"), "next", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)
        yield Amount()

    def show(self, state: State) -> None:
        """Draw number and amount."""
        application = state.application
        if application is None or application.order is None:
            return
        self.query_one(Amount).show(application)
        fee = Fact(_("业务费用"), yuan(application.order.total_fen))
        self.query_one("#bill", Static).update(table((Fact(_("业务单号"), application.business_no), fee)))
        self.query_one("#wallets", Static).update(Content(wallet_words(state)))
        room = self.query_one(CodeRoom)
        room.show(state.money)
        self.query_one("ActionButton.-main").disabled = not room.fits

    @on(CodeRoom.Changed)
    def _resized(self) -> None:
        """The way on opens and closes with the window."""
        self.show(self.state)
        self.focus_next_act()

    def action_next(self) -> None:
        """下一步, where a code can follow."""
        if self.query_one(CodeRoom).fits:
            self.advance(OnlineChosen())
