"""证书详情: one certificate in all its parts, and its ways out of here."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from tui.core.details import Details
from tui.core.x509.pem import pem_lines
from tui.journey.moves.details import looked_at
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK
from tui.kiosk.settings import Mode, is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.details import sections
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.facts import sectioned
from tui.process.paths import home


class DetailsScreen(StepScreen):
    """Follows the token: when it goes, the list comes back."""

    heading = N_("证书详情")
    help_text = N_(
        "这里是证书中的全部公开信息，不需要CA密码。用方向键或翻页键翻看。"
        "\n\n核对证书是否同一张，请比较SHA-256指纹：两边每一组都相同，就是同一张。"
    )
    keys = (BACK,)
    filled = True

    def compose_body(self) -> Iterable[Widget]:
        """One text, scrollable."""
        yield Document(id="details")

    def compose_actions(self) -> Iterable[Widget]:
        """Back, and the ways out: a file, a phone."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(_("保存为文件"), "save", id="save-certificate")
        yield ActionButton(_("二维码"), "code", id="code-certificate")

    def entered(self, state: State) -> None:
        """From its beginning."""
        self.query_one(Document).restart()

    def show(self, state: State) -> None:
        """What is known already, then all."""
        for act, button in (("save", "#save-certificate"), ("code", "#code-certificate")):
            self.query_one(button).display = self.offers(act, state)
        veiled = is_counter(self.app)
        self.query_one(Document).show_fitted(lambda width: _told(state, width, veiled=veiled))

    def offers(self, action: str, state: State) -> bool:
        """No stranger at a counter takes a certificate away, and nobody leaves a file where others come."""
        match action:
            case "save":
                return getattr(self.app, "mode", Mode.OFFICE) is Mode.OFFICE and looked_at(state) is not None
            case "code":
                return not is_counter(self.app) and looked_at(state) is not None
            case _:
                return super().offers(action, state)

    def action_save(self) -> None:
        """保存为文件."""
        if (found := looked_at(self.state)) is not None:
            from tui.kiosk.screens.certificate_saving import SavingDialogue

            self.app.push_screen(SavingDialogue(found[1], home()))

    def action_code(self) -> None:
        """二维码."""
        if (found := looked_at(self.state)) is not None:
            from tui.kiosk.screens.certificate_code import CertificateCode

            self.app.push_screen(CertificateCode(pem_lines(found[1].der)))

    def left(self) -> None:
        """It is of a token that was there."""
        self.query_one(Document).show_fitted(lambda _width: Content())


def _told(state: State, width: int, *, veiled: bool) -> Content:
    found = looked_at(state)
    if found is None or state.now is None:
        return Content()
    told = sections(*found, state.details or Details(), state.now, state.window, veiled=veiled)
    return sectioned(tuple((section.title, section.facts) for section in told), width)
