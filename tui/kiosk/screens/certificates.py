"""我的证书: every certificate on every inserted token, without a PIN."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from tui.core.failure import Failure, Reason
from tui.core.text_safety import printable
from tui.journey.events import PinChangeOpened
from tui.journey.moves.pin_change import changeable
from tui.journey.state import State
from tui.kiosk.screens.base import BACK, Key, StepScreen
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import discreet
from tui.kiosk.text.urgency import by_urgency
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.card import facts, token_title
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.facts import table


class CertificatesScreen(StepScreen):
    """A list that follows plug and unplug."""

    heading = N_("我的证书")
    help_text = N_("这里列出所有已插入CA中的证书和有效期，不需要CA密码。插入或拔出CA后列表会自动更新。用翻页键翻看。")
    keys = (BACK, Key("f7", N_("修改CA密码"), "change_pin"))
    filled = True

    def compose_body(self) -> Iterable[Widget]:
        """The list, scrollable."""
        yield Document(id="certificates")

    def compose_actions(self) -> Iterable[Widget]:
        """Back, and another PIN for the only CA that is in."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(_("修改CA密码"), "change_pin", id="change-pin")

    def show(self, state: State) -> None:
        """Token by token, the most urgent first."""
        self.query_one("#change-pin").display = self.offers("change_pin", state)
        veiled = is_counter(self.app)
        self.query_one(Document).show_fitted(lambda width: _list(state, width, veiled=veiled))

    def left(self) -> None:
        """The list is of the tokens that were there."""
        self.query_one(Document).show_fitted(lambda _width: Content())

    def offers(self, action: str, state: State) -> bool:
        """Where nobody is in the middle of a renewal."""
        if action == "change_pin":
            return changeable(state) is not None
        return super().offers(action, state)

    def action_change_pin(self) -> None:
        """修改CA密码."""
        self.advance(PinChangeOpened())


def _list(state: State, width: int, *, veiled: bool) -> Content:
    blocks = [block for token_blocks in _blocks(state, width, veiled=veiled) for block in token_blocks]
    empty = Content(explain(Failure(Reason.NO_TOKEN), state.money).happened)
    return Content("\n\n").join(blocks or [empty])


def _blocks(state: State, width: int, *, veiled: bool) -> Iterable[list[Content]]:
    for token in by_urgency(state):
        title = token_title(token, veiled=veiled)
        if token.fault:
            title = Content.assemble(title, " ", (f"[{printable(token.fault, 40)}]", "$bad"))
        yield [title]
        if token.hides or not token.certificates:
            reason = Reason.CERTIFICATE_HIDDEN if token.hides else Reason.NO_CERTIFICATE
            yield [Content(explain(Failure(reason), state.money).happened)]
        if state.now is not None:
            for certificate in token.certificates:
                rows = facts(certificate, state.now, state.window)
                yield [table(discreet(rows, certificate) if veiled else rows, width)]
