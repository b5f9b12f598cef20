"""The step indicator: eight stages in words, the current one set off."""

from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from tui.kiosk.text import N_, _

STAGE_WORDS = (
    # Translators: the first stage, in which a USB token is plugged in; the eight stages share 78 columns.
    N_("插入CA"),
    # Translators: a stage (the eight share 78 columns), and one of the checks.
    N_("证书"),
    N_("协议"),
    N_("申请表"),
    N_("CA密码"),
    N_("订单"),
    N_("支付"),
    N_("安装"),
)
"""Words of stages 1 to 8."""


class StepIndicator(Static):
    """Draws the stages; stage 0 sets none off. Where not all words fit, the other stages keep their numbers only."""

    tick: ClassVar[str] = "✓"
    """Of a stage that is done: narrow in every terminal (UAX 11: neutral); "+" on a console whose font lacks it."""

    def __init__(self) -> None:
        super().__init__("")
        self._stage = 0

    def show(self, stage: int) -> None:
        """Set `stage` (1 to 8, or 0) off."""
        if stage != self._stage:
            self._stage = stage
            self.refresh()

    def render(self) -> Content:
        """All words, or as many as there is room for."""
        whole = self._drawn(short=False)
        return whole if whole.cell_length <= self.content_size.width else self._drawn(short=True)

    def _drawn(self, *, short: bool) -> Content:
        parts: list[Content] = []
        for number, word in enumerate(STAGE_WORDS, 1):
            current = number == self._stage
            style = "bold $on-selected on $selected" if current else "$good" if number < self._stage else "$muted"
            mark = self.tick if number < self._stage else str(number)
            parts.append(Content.styled(f" {mark} " if short and not current else f" {mark} {_(word)} ", style))
        return Content(" ").join(parts)
