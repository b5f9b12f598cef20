"""What the token has done, does and will do, in words."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tui.kiosk.text import _


class StageList(Static):
    """One row a stage; the words 完成 and 进行中 say what the colours say."""

    def show(self, stages: Sequence[str], at: int) -> None:
        """Draw the stages with number `at` (from 0) under way; `len(stages)` means that all are done."""
        rows = []
        for number, words in enumerate(stages):
            if number < at:
                rows.append(Content.assemble(Content.styled(f" {_('完成')}    ", "$good"), words))
            elif number == at:
                rows.append(Content.styled(f" {_('进行中')}  {words}", "bold $accent"))
            else:
                rows.append(Content.styled(f" {_('等待')}    {words}", "$muted"))
        self.update(Content("\n").join(rows))
