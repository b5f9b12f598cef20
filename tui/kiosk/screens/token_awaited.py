"""The CA was taken out: the same one must be put back."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from tui.journey.events import SelfCheckOpened
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK, SELF_CHECK
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.token_awaited import HELP, also, headline, sought, what_then
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Facts
from tui.kiosk.widgets.token_drawing import TokenDrawing, show_large
from tui.kiosk.widgets.words import Words


class TokenAwaitedScreen(StepScreen):
    """Goes on by itself as soon as the CA is back."""

    heading = N_("请插回CA")
    help_text = HELP
    keys = (BACK.called(N_("取消")), SELF_CHECK)

    def compose_body(self) -> Iterable[Widget]:
        """Which CA, and what happens then."""
        yield Words(id="large")
        yield TokenDrawing(id="drawing")
        yield Words(id="awaited")
        yield Facts(id="facts")

    def compose_actions(self) -> Iterable[Widget]:
        """取消."""
        yield ActionButton(_("取消"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """None: the act is to put the CA back, and an Enter typed when it slipped out must not end the journey."""
        return ""

    def show(self, state: State) -> None:
        """Label and serial's tail of the CA that began."""
        more = "\n".join(also(state))
        self.query_one(TokenDrawing).display = not more  # putting it in is not what helps
        self._draw()
        told = Content.assemble((headline(state), "bold $accent"), "\n\n", what_then(state))
        if more:
            told = Content.assemble(told, "\n\n", (more, "$bad"))
        self.query_one("#awaited", Static).update(told)
        if state.chosen is not None:
            self.query_one(Facts).show(sought(state.chosen, veiled=is_counter(self.app)))

    def on_resize(self, _: Resize) -> None:
        """Another window has room for larger words, or none."""
        if self.state.now is not None:
            self._draw()

    def _draw(self) -> None:
        drawing = self.query_one(TokenDrawing)
        drawing.show()
        show_large(self.query_one("#large", Words), shown=drawing.display)

    def action_self_check(self) -> None:
        """环境检测."""
        self.advance(SelfCheckOpened())
