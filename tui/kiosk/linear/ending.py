"""How a visit ends: the exit code, what is kept, and whether the money is safe."""

from collections.abc import Iterator

from tui.core.exits import Exit, exit_of
from tui.core.form.fields import ApplicationForm
from tui.core.text_safety import printable
from tui.journey.state import State, Step
from tui.kiosk.text import _
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import call


class Ending:
    """Whether the visit is to end, by whom, and with which code."""

    hung_up = 129
    """The input has ended: 128 + SIGHUP, as where the full screen's terminal goes away."""

    def __init__(self) -> None:
        self.asked = 0
        """How often the end was asked for from outside."""
        self.over = False
        """The person left, or went away."""
        self.idle = False
        self._code: int = Exit.DONE

    def ask(self, code: int) -> None:
        """A signal came, or the end of the input."""
        self.asked += 1
        self._code = code

    def leave(self, state: State, *, idle: bool) -> None:
        """By a choice of the person's, or because nobody was there."""
        self.over, self.idle = True, idle
        if idle:
            self._code = Exit.FROZEN
        elif state.step is Step.REFUSED and state.failure is not None:
            self._code = exit_of(state.failure)

    def code(self, state: State) -> int | None:
        """The exit code once the visit is over; a token at work is waited for, unless the end is asked for again."""
        if self.over or (self.asked and (not state.token_working or self.asked > 1)):
            return Exit.DONE if state.step is Step.DONE and self._code == self.hung_up else self._code
        return None


def greeting(hides: bool) -> Iterator[str]:
    """What this is, and how it goes; a line that cannot hide a password says so before one is asked."""
    yield _("网证通数字证书续期")
    yield _("逐行问答方式。输入选项的数字或内容，按回车确定；输入「<」返回，输入「?」查看说明；Ctrl-C随时结束。")
    if not hides:
        yield _("注意：这个连接没有终端，输入的密码会显示在您的屏幕上。请用ssh -t重新连接，或确认旁边无人。")


def farewell(state: State, ending: Ending) -> Iterator[str]:
    """What is kept where, where the money is, and whom to call."""
    yield _("长时间没有操作，已退出登录并结束。") if ending.idle else _("已结束。")
    application = state.application
    if state.step is Step.DONE:
        yield _("证书安装完成！")
        return
    if application is not None and state.step is not Step.WITHDRAWN:
        words = _("申请{number}保存在续期服务中，可随时在任何一台终端继续办理。")
        yield words.format(number=printable(application.business_no, 40))
    elif state.signed_in and state.form != ApplicationForm():
        yield _("已填写的内容保存在续期服务中，用同一账号可以接着填写。")
    elif application is None:
        yield _("没有提交任何申请。")
    if state.token_working:
        yield _("CA的操作被中断：原证书仍然可用，重新办理时会从中断处继续。")
    yield label(state.money)
    yield call(state.service)
