"""The receipt above the last screen: its text, the ways it can go, and the code that a phone takes away."""

from asyncio import to_thread
from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui.journey.state import State
from tui.kiosk.matrix import modules
from tui.kiosk.ports import Outlets
from tui.kiosk.receipt.outlet import deliver
from tui.kiosk.receipt.receipt import compact_receipt_of, facts_of, receipt_of
from tui.kiosk.screens.base import style
from tui.kiosk.screens.dialogue import Dialogue
from tui.kiosk.text import _
from tui.kiosk.text.receipt import outlet_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, table
from tui.kiosk.widgets.qr import QrCode, fitting
from tui.kiosk.widgets.text_code import TextCode
from tui.kiosk.widgets.words import Words

ROOM = 66
"""Cells of a line in its dialogue."""


class ReceiptDialogue(Dialogue):
    """The whole text; a button for each way out."""

    CSS_PATH = style("receipt.tcss")

    def __init__(self, state: State, outlets: Outlets) -> None:
        self._lines = receipt_of(state)
        self._state, self._outlets = state, outlets
        super().__init__(self._lines[0], "\n".join(self._lines[1:]))

    def on_mount(self) -> None:
        """In two columns, where the paper has colons."""
        rows = tuple(Fact(name, value, "bold") for name, value in facts_of(self._state) if value)
        foot = Content("\n".join(self._lines[-2:])).stylize("$muted")
        self.query_one("#dialogue-text", Static).update(Content("\n\n").join([table(rows, ROOM), foot]))

    def compose_buttons(self) -> Iterable[Widget]:
        """Printer and spool as the place has them, the code, and the way back."""
        for at, outlet in enumerate(self._outlets):
            yield ActionButton(outlet_words(outlet.kind), f"hand_out({at})", primary=not at)
        yield ActionButton(_("二维码"), "code")
        yield ActionButton(_("关闭"), "back", quiet=True, id="close")

    def action_hand_out(self, at: int) -> None:
        """Print or keep; nobody waits for it, and what becomes of it is said here."""
        self.run_worker(self._hand_out(at), group="receipt", exclusive=True)

    async def _hand_out(self, at: int) -> None:
        text = self.query_one("#dialogue-text", Static)
        text.update(Content(_("正在打印或保存收据，请稍候。")))
        self._enable(False)
        self.set_focus(self.query_one("#close"))
        told = await to_thread(deliver, self._outlets[at], self._lines)
        if self.is_attached:
            text.update(Content(told))
            self._enable(True)

    def _enable(self, enabled: bool) -> None:
        for button in self.query(ActionButton):
            button.disabled = not enabled and button.id != "close"

    def action_code(self) -> None:
        """The code on a screen of its own."""
        self.app.push_screen(ReceiptCode(self._state))


class ReceiptCode(ModalScreen[None], inherit_bindings=False):
    """As much of the receipt as a code in this window holds; any of these keys closes it."""

    AUTO_FOCUS = ""
    CSS_PATH = style("receipt.tcss")
    BINDINGS: ClassVar = [Binding("escape,f3,enter,space", "back", show=False)]

    def __init__(self, state: State) -> None:
        super().__init__()
        self._texts = "\n".join(receipt_of(state)), compact_receipt_of(state)

    def compose(self) -> ComposeResult:
        """The code, and how to go on."""
        yield TextCode(id="receipt-code")
        yield Words(Content(_("用手机扫描，保存收据文字。按回车返回。")), id="receipt-hint")

    def on_resize(self) -> None:
        """The whole text where it fits, else the numbers."""
        place = self.size - Size(0, 1)
        codes = [modules(text, sturdy=False) for text in self._texts]
        whole, compact = codes
        fits = fitting(len(whole), place, QrCode.half_blocks) is not None
        self.query_one(TextCode).take(whole if fits else compact)

    def on_click(self) -> None:
        """Anywhere."""
        self.dismiss()

    def action_back(self) -> None:
        """Back to the receipt."""
        self.dismiss()
