"""Step 2: the certificate card; 申请续期, or 继续办理 what is under way."""

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.order import Application
from tui.journey.events import CertificatesOpened, RenewalRequested
from tui.journey.moves.arrival import under_way
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK, CERTIFICATES, END, RETRY
from tui.kiosk.text import N_, _
from tui.kiosk.text.bill import application_words
from tui.kiosk.text.certificate import discreet, facts, kept_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.days_left import DaysLeft
from tui.kiosk.widgets.facts import Facts
from tui.kiosk.widgets.words import Words


class CardScreen(StepScreen):
    """Subject, issuer, serial, validity, days left, and the application under way."""

    heading = N_("证书信息")
    help_text = N_(
        "请核对证书主题和有效期。新证书的有效期从原到期日起顺延，提前办理不会损失天数。\n\n"
        "如果这张证书已有办理中的申请，按「继续办理」接着原来的步骤进行，不需要重新填写，也不会重复收费。"
    )
    keys = (BACK, CERTIFICATES, RETRY, END)

    def compose_body(self) -> Iterable[Widget]:
        """The application under way; days left beside the facts, whose last lines a small screen may cut off."""
        yield Words(id="under-way")
        yield Horizontal(DaysLeft(id="days"), Facts(id="facts"), id="card")
        yield Words(id="kept", classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """申请续期 or 继续办理."""
        yield ActionButton(_("申请续期"), "renew", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)

    def show(self, state: State) -> None:
        """The card, and what the desk knows of this certificate."""
        if state.holder is not None and state.now is not None:
            token, certificate = state.holder
            _say(self.query_one("#kept", Static), Content(kept_words(token, certificate)))
            rows = facts(certificate, state.now, state.window)
            self.query_one(Facts).show(discreet(rows, certificate) if self.veils(state) else rows)
            urgent = certificate.is_urgent(state.now)
            self.query_one(DaysLeft).show(certificate.days_left(state.now), good=not urgent)
        application = under_way(state)
        _say(self.query_one("#under-way", Static), _application(application) if application else Content(""))
        button = self.query_one("ActionButton.-main", ActionButton)
        button.label = Content(_("继续办理") if application else _("申请续期"))
        button.disabled = state.offer is None or state.busy is not None

    def action_renew(self) -> None:
        """申请续期 or 继续办理."""
        self.advance(RenewalRequested())

    def action_certificates(self) -> None:
        """我的证书."""
        self.advance(CertificatesOpened())


def _say(line: Static, words: Content) -> None:
    """Draw `words`; without any the line takes no room."""
    line.display = bool(words)
    line.update(words)


def _application(application: Application) -> Content:
    title = Content.styled(_("已有一笔办理中的申请，可以接着办理"), "bold $accent")
    return Content.assemble(title, "\n", application_words(application))
