"""A certificate as QR codes, above its details: one where the window holds it, else some, one after another."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.kiosk.certificate_codes import CAPACITIES, least_version, side, texts
from tui.kiosk.matrix import modules
from tui.kiosk.screens.base import style
from tui.kiosk.text import _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.qr import QrCode, fitting, smallest, too_small
from tui.kiosk.widgets.text_code import TextCode
from tui.kiosk.widgets.words import Words

BELOW = {False: 1, True: 3}
"""Rows of the buttons, by whether there is room for large ones."""
ROOMY = 36
"""Rows of a window from which there is."""


class CertificateCode(ModalScreen[None], inherit_bindings=False):
    """Its buttons and PgDn, PgUp turn over; Esc and F3 lead back."""

    AUTO_FOCUS = ""
    CSS_PATH = style("certificate_code.tcss")
    BINDINGS: ClassVar = [
        Binding("tab,down,right", "app.focus_next", show=False),
        Binding("shift+tab,up,left", "app.focus_previous", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("escape,f3", "back", show=False),
    ]

    def __init__(self, lines: tuple[str, ...]) -> None:
        """The lines of a PEM file."""
        super().__init__()
        self._lines = lines
        self._texts: tuple[str, ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """The code, or why there is none; which one it is; the acts."""
        yield TextCode(id="certificate-code")
        yield Words(id="no-certificate-code")
        with Horizontal(id="certificate-code-foot"):
            yield from self._foot()

    def _foot(self) -> Iterable[Widget]:
        yield ActionButton(_("上一张"), "turn(-1)", id="previous-code")
        yield ActionButton(_("下一张"), "turn(1)", primary=True, id="next-code")
        yield ActionButton(_("返回"), "back", quiet=True, id="close-code")
        yield Words(id="certificate-code-words")

    def on_resize(self) -> None:
        """Fewer codes in a larger window."""
        roomy = self.size.height >= ROOMY
        self.set_class(roomy, "-with-room")
        place = self.size - Size(0, BELOW[roomy])
        versions = [
            version
            for version in range(1, len(CAPACITIES) + 1)
            if fitting(side(version), place, QrCode.half_blocks) is not None
        ]
        found = texts(self._lines, versions[-1]) if versions else ()
        if found != self._texts:
            self._at = 0
        self._texts = found
        self.query_one("#no-certificate-code", Words).update(Content("" if found else self._lacking(BELOW[roomy])))
        self._show()
        if self.focused is None or not self.focused.display:
            self.set_focus(self.query_one("#next-code" if len(found) > 1 else "#close-code"))

    def action_turn(self, by: int) -> None:
        """Another code; there is nothing before the first and behind the last."""
        if 0 <= self._at + by < len(self._texts):
            self._at += by
            self._show()

    def action_back(self) -> None:
        """Back to the details."""
        self.dismiss()

    def _show(self) -> None:
        some, many = bool(self._texts), len(self._texts) > 1
        code = self.query_one(TextCode)
        code.display, self.query_one("#no-certificate-code").display = some, not some
        self.set_class(not some, "-none")
        self.query_one("#certificate-code-words").display = some
        for name in ("#previous-code", "#next-code"):
            self.query_one(name).display = many
        if some:
            code.take(modules(self._texts[self._at], sturdy=False))
        self.query_one("#certificate-code-words", Words).update(Content(self._words(many) if some else ""))

    def _words(self, many: bool) -> str:
        if not many:
            return _("用手机扫描，得到证书的文字（PEM）。")
        count = _("第{at}张，共{all}张").format(at=self._at + 1, all=len(self._texts))
        return _("{count}：依次扫描，按序粘贴").format(count=count)

    def _lacking(self, below: int) -> str:
        """How large the window must be."""
        version = least_version(self._lines)
        if not texts(self._lines, version):
            return _("这张证书太大，放不进二维码。")
        least = smallest(side(version), QrCode.half_blocks).size + Size(0, below)
        return "\n".join(too_small(self.size, least))
