"""What the token has done, does and will do, in words."""

from collections.abc import Sequence

from textual.content import Content

from tui.kiosk.text import N_, _
from tui.kiosk.widgets.words import Words

# Translators: a step of the token's work that is over, five letters at most; also a button.
DONE = N_("完成")
# Translators: the step of the token's work that is under way; six letters at most.
UNDER_WAY = N_("进行中")
# Translators: a step of the token's work that was begun and did not come to its end; six letters at most.
FAILED = N_("未完成")
# Translators: a step of the token's work that has not begun; five letters at most.
TO_COME = N_("等待")


class StageList(Words):
    """One row a stage; the words 完成, 进行中 and 未完成 say what the colours say."""

    def show(self, stages: Sequence[str], at: int, *, failed: bool = False) -> None:
        """Draw the stages with number `at` (from 0) under way, or failed; `len(stages)` means that all are done."""
        at_hand, style = (FAILED, "bold $bad") if failed else (UNDER_WAY, "bold $accent")
        rows = []
        for number, words in enumerate(stages):
            if number < at:
                rows.append(Content.assemble(Content.styled(f"{_(DONE)}    ", "$good"), words))
            elif number == at:
                rows.append(Content.styled(f"{_(at_hand)}  {words}", style))
            else:
                rows.append(Content.styled(f"{_(TO_COME)}    {words}", "$muted"))
        self.update(Content("\n").join(rows))
