"""环境检测: driver module, token, certificate, desk, clock, version."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.keys import BACK, RETRY
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.checks import HELP, Line, lines
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.line_breaks import lines_of

STYLES = {True: "bold $good", False: "bold $bad", None: "$muted"}


class SelfCheckScreen(StepScreen):
    """One line an item, in words and in colour; what to do where something is wrong."""

    heading = N_("环境检测")
    help_text = HELP
    keys = (BACK, RETRY.called(N_("重新检测")))
    filled = True

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
        told = list(lines(state, veiled=is_counter(self.app)))
        widest = max((cell_len(line.result) for line in told), default=0)
        waiting = _("正在检测，请稍候。") if state.busy else _("还没有检测结果，请按「重新检测」。")
        rest = () if state.checks else (Content(waiting),)
        self.query_one(Document).show_fitted(
            lambda width: Content("\n").join(
                [*_verdict(state, told), *(_drawn(line, widest, width) for line in told), *rest]
            )
        )


def _verdict(state: State, told: Sequence[Line]) -> tuple[Content, ...]:
    """What all checks come to, above them; nothing before they have run, nor while one could not be made."""
    faults = sum(line.ok is False for line in told)
    if not state.checks or state.busy or (not faults and any(line.ok is None for line in told)):
        return ()
    words = _("发现{count}项异常").format(count=faults) if faults else _("全部正常")
    return Content.styled(words, STYLES[not faults]), Content()


def _drawn(line: Line, widest: int, width: int) -> Content:
    """The line, and what mends it below; `widest` is that of all results, `width` of the window."""
    result = f"[{line.result}]" + " " * (widest - cell_len(line.result) + 1), STYLES[line.ok]
    drawn = Content.assemble(result, (line.item, "bold"), "  ", line.detail)
    if line.remedy is None:
        return drawn
    margin = " " * (widest + 3)
    told = (part for words in (line.remedy.told, line.remedy.call) for part in lines_of(words, width - len(margin)))
    return Content.assemble(drawn, *(f"\n{margin}{part}" for part in told if part))
