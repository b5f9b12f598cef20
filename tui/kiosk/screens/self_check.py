"""环境检测: driver module, token, certificate, desk, clock, version."""

from collections.abc import Iterable
from dataclasses import replace

from textual.content import Content
from textual.widget import Widget

from tui.core.text_safety import printable
from tui.journey.ports import Check
from tui.journey.state import State
from tui.kiosk.screens.base import BACK, Key, StepScreen
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.checks import HELP, item_words, result_words
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.document import Document

PERSONAL = ("driver", "token", "certificate")
"""Whose details are paths and names, which a stranger at a counter is not told."""


class SelfCheckScreen(StepScreen):
    """One line an item, in words and in colour; what to do where something is wrong."""

    heading = N_("环境检测")
    help_text = HELP
    keys = (BACK, Key("f6", N_("重新检测"), "retry"))

    def compose_body(self) -> Iterable[Widget]:
        """The list, scrollable."""
        yield Document(id="checks")

    def compose_actions(self) -> Iterable[Widget]:
        """Back, and once more."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(_("重新检测"), "retry")

    def offers(self, action: str, state: State) -> bool:
        """重新检测 is always there."""
        return action == "retry" or super().offers(action, state)

    def show(self, state: State) -> None:
        """The checks, once they have run."""
        counter = is_counter(self.app)
        checks = [replace(c, detail="") if counter and c.item in PERSONAL else c for c in state.checks]
        lines = [_line(check, state) for check in checks]
        waiting = Content(_("正在检测，请稍候。") if state.busy else _("还没有检测结果，请按「重新检测」。"))
        self.query_one(Document).show_content(Content("\n").join(lines or [waiting]))


def _line(check: Check, state: State) -> Content:
    result = f"[{result_words(check)}] ", "bold $good" if check.ok else "bold $bad"
    line = Content.assemble(result, (item_words(check), "bold"), "  ", printable(check.detail, 120))
    if check.failure is None:
        return line
    words = explain(check.failure, state.money, state.service)
    return Content.assemble(line, "\n       ", f"{words.happened} {words.advice}")
