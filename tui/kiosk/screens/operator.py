"""What an operator of a counter finds behind a password: the day's numbers, and the ways to begin anew and to end."""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from textual import on, work
from textual.containers import Center, Vertical
from textual.content import Content
from textual.widget import Widget

from tui.core.failure import Reason
from tui.core.secret import Password
from tui.journey.state import State, Step
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK
from tui.kiosk.text import N_, _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, Facts
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words

FAILED = "failed."
KINDS = {"begun": N_("已开始办理"), "finished": N_("已完成续期")}


class OperatorPage(StepScreen):
    """A page above the first screen, with a step's frame but none of its own; it is left by `dismiss`."""

    CSS_PATH = style("operator.tcss")
    heading = N_("管理员")
    help_text = N_(
        "这一页供本终端的工作人员使用，须输入管理密码。\n\n办理续期的，请按「返回」回到首页，再按「开始办理」。"
    )
    keys = (BACK,)

    def on_mount(self) -> None:
        """It belongs to no step; 环境检测 is the one that is nearest to it."""
        self.present(State(step=Step.SELF_CHECK), entering=True)

    def action_back(self) -> None:
        """返回."""
        self.dismiss()


class OperatorPassword(OperatorPage):
    """Asks for the password; tries are counted above this process, and wait longer each time."""

    def __init__(
        self, verify: Callable[[Password], bool], until: float, trying: Callable[[], None], *, again: bool = False
    ) -> None:
        super().__init__()
        self._verify, self._until, self._trying = verify, until, trying
        self._again = again
        self._words = _("密码不对，请重新输入。") if again else _("请输入管理密码。")
        self._checking = False
        self.right: bool | None = None
        """What a password was that has been verified."""

    def compose_body(self) -> Iterable[Widget]:
        """What is asked, and the field."""
        yield Words(Content(self._words), id="asked", classes="-wrong" if self._again else "")
        yield Center(Vertical(SecretField(Password, id="operator-password"), id="typed"))

    def compose_actions(self) -> Iterable[Widget]:
        """Verify, or leave."""
        yield ActionButton(_("确定"), "submit", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """The field."""
        return "#operator-password"

    @on(SecretField.Submitted)
    def action_submit(self) -> None:
        """Have the password verified on a thread, unless the next try must wait."""
        if self._checking:
            return
        password: Password = self.query_one(SecretField).take()
        if monotonic() < self._until:
            password.wipe()
            seconds = int(self._until - monotonic()) + 1
            self._say(_("请在{seconds}秒后再试。").format(seconds=seconds))
        elif password:
            self._trying()
            self._checking = True
            self._say(_("正在核对，请稍候。"))
            self._check(password)

    @work(thread=True)
    def _check(self, password: Password) -> None:
        right = self._verify(password)
        self.app.call_from_thread(self._answered, right)

    def _answered(self, right: bool) -> None:
        self._checking, self.right = False, right
        if self.is_current:  # else something lies above it, and it is asked again
            self.dismiss()

    def _say(self, words: str) -> None:
        asked = self.query_one("#asked", Words)
        asked.remove_class("-wrong")
        asked.update(Content(words))


class OperatorMenu(OperatorPage):
    """The day's numbers without names, and what an operator may do."""

    def __init__(self, counts: Mapping[str, int], act: Callable[[str], None]) -> None:
        super().__init__()
        self._counts, self._act = counts, act
        self.acted = False
        """Something was chosen that goes on without this page."""

    def compose_body(self) -> Iterable[Widget]:
        """What was begun and finished; under it what failed, the most frequent first."""
        yield Words(Content(_("今日")), classes="section")
        yield Facts(id="day")
        failures = _failures(self._counts)
        if failures:
            yield Words(Content(_("故障")), classes="section")
        yield Facts(id="failures")

    def compose_actions(self) -> Iterable[Widget]:
        """What an operator may do; each closes the menu."""
        yield ActionButton(_("返回"), "back", primary=True)
        yield ActionButton(_("重启驱动"), "restart")
        yield ActionButton(_("环境检测"), "doctor")
        yield ActionButton(_("退出程序"), "close")

    def show(self, state: State) -> None:
        """Draw the numbers."""
        day = ((words, self._counts.get(kind, 0)) for kind, words in KINDS.items())
        self.query_one("#day", Facts).show(tuple(Fact(_(words), str(count), "bold $accent") for words, count in day))
        self.query_one("#failures", Facts).show(tuple(_failures(self._counts)))

    def action_restart(self) -> None:
        """New processes, the driver's too."""
        self._do("restart")

    def action_doctor(self) -> None:
        """环境检测."""
        self._do("doctor")

    def action_close(self) -> None:
        """The counter ends."""
        self._do("close")

    def _do(self, name: str) -> None:
        self.acted = True
        self.dismiss()
        self._act(name)


def _failures(counts: Mapping[str, int]) -> list[Fact]:
    """Each kind by the number that people are told, how often it came, and what happened."""
    from tui.kiosk.text.reasons import REASONS

    words = {reason.value: (reason.number, _(REASONS[reason][0])) for reason in Reason if reason in REASONS}
    failed = [(count, kind.removeprefix(FAILED)) for kind, count in counts.items() if kind.startswith(FAILED)]
    facts = []
    for count, kind in sorted(failed, key=lambda each: (-each[0], each[1])):
        number, happened = words.get(kind, ("", _("其他故障")))
        # Translators: how often a failure came today.
        times = _("{count}次").format(count=count)
        facts.append(Fact(f"{number:5}  {times}", happened))
    return facts
