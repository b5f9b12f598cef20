"""Steps 5 and 8 while the token works and the desk is told."""

from tui.journey.state import State, Step
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import busy_words


class Working(Dialogue):
    """Each stage in words; nothing is asked before the desk could not be told."""

    help = N_(
        "CA正在工作，期间请不要拔出。如果提交时连接中断，选择「重试」即可，不需要再次输入CA密码，也不会重复收费。"
    )

    def open(self) -> None:
        """What must not be done now."""
        self.talk.say(_("CA正在工作，请不要拔出，也不能离开本页。"))

    def seen(self, before: State) -> None:
        """The next stage; then the desk."""
        state = self.state
        if state.stage is not None and state.stage is not before.stage:
            self.talk.say(label(state.stage))
        if state.busy is not None and state.busy is not before.busy:
            self.talk.say(busy_words(state.busy))

    def waiting(self) -> str:
        """The stage, said again for whoever cannot see a bar."""
        if self.state.token_working and self.state.stage is not None:
            return label(self.state.stage)
        return super().waiting()

    def question(self) -> Question | None:
        """重试, once there is a failure."""
        return None if self.state.token_working else super().question()

    def choices(self) -> tuple[Choice, ...]:
        """None of its own."""
        return ()

    @property
    def retries(self) -> bool:
        """A failed deletion leads back to the PIN."""
        return self.state.step is not Step.RETIRING
