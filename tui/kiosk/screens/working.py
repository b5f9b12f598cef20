"""The token works: what the screens of steps 5 and 8 that wait for it share."""

from collections.abc import Iterable
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.token import TokenStage
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import END, RETRY
from tui.kiosk.text import _
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.countdown import Pulse
from tui.kiosk.widgets.stages import StageList
from tui.kiosk.widgets.words import Words


class WorkingScreen(StepScreen):
    """The stages in words and the time gone by; cannot be left while the token is written to."""

    CSS_PATH = style("applying.tcss")
    keys = (RETRY, END)
    tells_waits = True
    stages: ClassVar[tuple[TokenStage, ...]] = ()
    last: ClassVar[str] = ""
    """Source Chinese: what the desk does after the token is done; empty where it does nothing."""

    def compose_body(self) -> Iterable[Widget]:
        """The list, the mark of the wait, the warning."""
        yield StageList(id="stages")
        yield Pulse(id="pulse")
        yield Words(id="stay")

    def compose_actions(self) -> Iterable[Widget]:
        """重试, once the desk could not be told."""
        yield ActionButton(_("重试"), "retry", primary=True)

    def stages_of(self, state: State) -> tuple[TokenStage, ...]:
        """The stages that this application's operation has."""
        return self.stages

    def show(self, state: State) -> None:
        """Draw the stage at hand."""
        stages = self.stages_of(state)
        words = [label(stage) for stage in stages] + ([_(self.last)] if self.last else [])
        done = state.busy is not None or state.failure is not None
        at = len(stages) if done else stages.index(state.stage) if state.stage in stages else 0
        self.query_one(StageList).show(words, at, failed=state.failure is not None)
        pulse, button = self.query_one(Pulse), self.query_one(ActionButton)
        if state.failure is None:
            pulse.begin(at, len(words))
        else:
            pulse.stop()
        pulse.display = state.failure is None
        button.display = self.query_one("#actions").display = self.offers("retry", state)
        self.query_one("#body").set_class(not button.display, "-last")
        if button.display and self.focused is None:
            self.set_focus(button)
        stay = _("CA正在工作，请不要拔出，也不能离开本页。") if state.token_working else ""
        self.query_one("#stay", Static).update(Content.styled(stay, "bold $accent"))

    def left(self) -> None:
        """No more ticking."""
        self.query_one(Pulse).stop()
