"""What an operator of a counter finds behind a password: the day's numbers, and the ways to begin anew and to end."""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from tui.core.secret import Password
from tui.kiosk.screens.dialogue import Dialogue
from tui.kiosk.text import N_, _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words

FAILED = "failed."
KINDS = {"begun": N_("开始办理"), "finished": N_("完成续期")}


class OperatorPassword(Dialogue):
    """Asks for the password; tries are counted above this process, and wait longer each time."""

    AUTO_FOCUS = "SecretField"

    def __init__(
        self, verify: Callable[[Password], bool], until: float, trying: Callable[[], None], *, again: bool = False
    ) -> None:
        super().__init__(_("管理员"), _("密码不对，请重新输入。") if again else _("请输入管理密码。"))
        self._verify, self._until, self._trying = verify, until, trying
        self._checking = False
        self.wrong = False
        """A password was verified and was not the right one."""

    def compose(self) -> Iterable[Widget]:
        """A field between the words and the buttons."""
        with Vertical(id="dialogue"):
            yield Words(Content(self._title), id="dialogue-title")
            yield Words(Content(self._text), id="dialogue-text")
            yield SecretField(Password, id="operator-password")
            yield Horizontal(*self.compose_buttons(), id="dialogue-buttons")

    def compose_buttons(self) -> Iterable[Widget]:
        """Verify, or leave."""
        yield ActionButton(_("确定"), "yes", primary=True)
        yield ActionButton(_("返回"), "no")

    @on(SecretField.Submitted)
    def _submitted(self) -> None:
        self.action_yes()

    def action_yes(self) -> None:
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
        self._checking, self.wrong = False, not right
        if self.is_current:  # else something lies above it, and it is asked again
            self.dismiss(right)

    def _say(self, text: str) -> None:
        self.query_one("#dialogue-text", Words).update(Content(text))


class OperatorMenu(Dialogue):
    """The day's numbers without names, and what an operator may do."""

    def __init__(self, counts: Mapping[str, int], act: Callable[[str], None]) -> None:
        super().__init__(_("管理员"), "\n".join(_lines(counts)))
        self._act = act

    def compose(self) -> Iterable[Widget]:
        """Two rows of buttons; each closes the menu."""
        with Vertical(id="dialogue"):
            yield Words(Content(self._title), id="dialogue-title")
            yield Words(Content(self._text), id="dialogue-text")
            yield _row(ActionButton(_("重启驱动"), "restart"), ActionButton(_("环境检测"), "doctor"))
            yield _row(ActionButton(_("返回"), "no", primary=True), ActionButton(_("退出程序"), "close"))

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
        self.dismiss(True)
        self._act(name)


def _row(*buttons: ActionButton) -> Horizontal:
    row = Horizontal(*buttons)
    row.styles.height = "auto"
    return row


def _lines(counts: Mapping[str, int]) -> Iterable[str]:
    yield _("今日")
    for kind, words in KINDS.items():
        yield f"{_(words)}  {counts.get(kind, 0)}"
    failed = sorted((kind.removeprefix(FAILED), n) for kind, n in counts.items() if kind.startswith(FAILED))
    yield from (f"{kind}  {count}" for kind, count in failed[:4])
