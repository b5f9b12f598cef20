"""Several certificates could be renewed: which one?"""

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static
from textual.widgets.option_list import Option

from tui.journey.events import CertificateChosen
from tui.journey.renewable import renewable
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK
from tui.kiosk.screens.looks.layout import column_of
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import discreet, short_facts
from tui.kiosk.widgets.card import token_title
from tui.kiosk.widgets.facts import table
from tui.kiosk.widgets.rows import Rows

AROUND = 9
"""Columns beside an entry: the page's margins, the mark, the blank at its end, the scrollbar."""


class ChoosingScreen(StepScreen):
    """One row a certificate; Enter or a click chooses."""

    heading = N_("请选择要续期的证书")
    help_text = N_("插入的CA中有多张证书可以续期，一次办理一张。用上下方向键选择，按回车确认，也可以直接点选。")
    keys = (BACK,)
    filled = True

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield Static(Content(_("请点选要续期的证书，也可以用上下方向键选择，按回车确认。")), classes="hint")
        yield Rows(id="choices", markup=False)

    def focus_target(self, state: State) -> str:
        """The list."""
        return "#choices"

    def show(self, state: State) -> None:
        """Draw the certificates that may be renewed; the cursor stays with its certificate, wherever that stands."""
        choices = self.query_one(Rows)
        under, found = choices.highlighted_option, list(_options(state, self._room, veiled=self.veils(state)))
        if [(option.id, option.prompt) for option in found] == [
            (option.id, option.prompt) for option in choices.options
        ]:
            return
        choices.clear_options()
        choices.add_options(found)
        shown = [option.id for option in found]
        choices.highlighted = shown.index(under.id) if under and under.id in shown else 0 if shown else None

    @property
    def _room(self) -> int:
        """Columns of an entry beside its mark and the scrollbar."""
        return column_of(self.app.size) - AROUND

    def on_resize(self, _: Resize) -> None:
        """Long names are divided anew."""
        self.show(self.state)

    @on(Rows.OptionSelected)
    def choose(self, event: Rows.OptionSelected) -> None:
        """Enter or a click."""
        if event.option_id is not None:
            self.advance(CertificateChosen(event.option_id))


def _options(state: State, width: int, *, veiled: bool) -> Iterable[Option]:
    """One for each certificate that may be renewed."""
    if state.now is None:
        return
    for token, certificate in renewable(state):
        rows = short_facts(certificate, state.now, state.window)
        facts = table(discreet(rows, certificate) if veiled else rows, width)
        prompt = Content("\n").join([token_title(token, veiled=veiled), facts, Content("")])
        yield Option(prompt, id=certificate.fingerprint)
