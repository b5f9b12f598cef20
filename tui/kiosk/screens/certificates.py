"""我的证书: every certificate on every inserted token, without a PIN."""

from collections.abc import Iterable, Iterator

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from tui.core.certificate import CertificateRef, refer
from tui.core.eligibility import why_empty
from tui.core.failure import Failure
from tui.journey.events import DetailsOpened, PinChangeOpened
from tui.journey.moves.pin_change import changeable
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import discreet, facts
from tui.kiosk.text.ladder import none_seen
from tui.kiosk.text.urgency import by_urgency
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.card import token_title
from tui.kiosk.widgets.certificate_list import Block, CertificateList
from tui.kiosk.widgets.facts import table

ROWS = 4
"""Of a certificate's facts; the others are among its details."""
BLANK = Block(Content(" "))


class CertificatesScreen(StepScreen):
    """A list that follows plug and unplug; each certificate leads to its details."""

    heading = N_("我的证书")
    help_text = N_(
        "这里列出所有已插入CA中的证书和有效期，不需要CA密码。插入或拔出CA后列表会自动更新。"
        "\n\n点选一张证书，或用方向键选中后按「证书详情」，查看它的全部内容。"
    )
    keys = (BACK,)
    filled = True

    def compose_body(self) -> Iterable[Widget]:
        """The list, scrollable."""
        yield CertificateList(id="certificates")

    def compose_actions(self) -> Iterable[Widget]:
        """Back, one certificate's details, and another PIN for the only CA that is in."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(_("证书详情"), "details", id="open-details")
        yield ActionButton(_("修改CA密码"), "change_pin", id="change-pin")

    def show(self, state: State) -> None:
        """Token by token, the most urgent first."""
        self.query_one("#change-pin").display = self.offers("change_pin", state)
        self.query_one("#open-details").display = self.offers("details", state)
        veiled = is_counter(self.app)
        self.query_one(CertificateList).show_fitted(lambda width: tuple(_blocks(state, width, veiled=veiled)))

    def left(self) -> None:
        """The list is of the tokens that were there."""
        self.query_one(CertificateList).show_fitted(lambda _width: ())

    def offers(self, action: str, state: State) -> bool:
        """Details where there is a certificate; another PIN where nobody is in the middle of a renewal."""
        match action:
            case "change_pin":
                return changeable(state) is not None
            case "details":
                return any(token.certificates for token in state.tokens)
            case _:
                return super().offers(action, state)

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on one."""
        self._look_at(self.query_one(CertificateList).certificate_at(event.option_index))

    def action_details(self) -> None:
        """证书详情 of the one under the cursor."""
        self._look_at(self.query_one(CertificateList).picked)

    def action_change_pin(self) -> None:
        """修改CA密码."""
        self.advance(PinChangeOpened())

    def action_scroll_body(self, pages: int) -> None:
        """Page through the list, wherever the focus is."""
        self.query_one(CertificateList).turn(pages)

    def _look_at(self, certificate: CertificateRef | None) -> None:
        if certificate is not None:
            self.advance(DetailsOpened(certificate))


def _blocks(state: State, width: int, *, veiled: bool) -> Iterator[Block]:
    if not state.tokens:
        yield Block(Content(none_seen(state)))
    for at, token in enumerate(by_urgency(state)):
        if at:
            yield BLANK
        yield Block(token_title(token, veiled=veiled))
        if reason := why_empty(token):
            yield Block(Content(explain(Failure(reason), state.money).happened))
        if state.now is not None:
            for number, certificate in enumerate(token.certificates):
                if number:
                    yield BLANK
                rows = facts(certificate, state.now, state.window)[:ROWS]
                told = table(discreet(rows, certificate) if veiled else rows, width)
                yield Block(told, refer(token, certificate))
