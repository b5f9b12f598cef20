"""The step rail: eight stages in words, the one at hand set off."""

from textual.content import Content
from textual.widgets import Static

from tui.text import N_, _

STAGE_WORDS = (
    N_("插入CA"),
    N_("证书"),
    N_("协议"),
    N_("申请表"),
    N_("CA密码"),
    N_("订单"),
    N_("支付"),
    N_("安装"),
)
"""Words of stages 1 to 8."""


class StepRail(Static):
    """Draws the stages; stage 0 sets none off."""

    def __init__(self) -> None:
        super().__init__(self._drawn(0))
        self._stage = 0

    def show(self, stage: int) -> None:
        """Set `stage` (1 to 8, or 0) off."""
        if stage != self._stage:
            self._stage = stage
            self.update(self._drawn(stage), layout=False)

    @staticmethod
    def _drawn(current: int) -> Content:
        parts: list[Content] = []
        for number, word in enumerate(STAGE_WORDS, 1):
            style = "$ink on $accent" if number == current else "$good" if number < current else "$muted"
            parts.append(Content.styled(f" {number} {_(word)} ", style))
        return Content(" ").join(parts)
