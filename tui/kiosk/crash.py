"""Say what a person must know when the program ends by a fault of its own."""

from tui.core.failure import Reason
from tui.journey.state import State
from tui.kiosk.text import _
from tui.kiosk.text.wording import call


def last_words(state: State) -> str:
    """Where the money is, how to go on, whom to call."""
    from tui.kiosk.text.labels import label

    return "\n".join(
        (
            _("程序出现故障，已退出。") + f" {Reason.KIOSK_FAULT.number}",
            label(state.money),
            _("已提交的申请保存在续期服务中，请重新启动本程序后继续办理。"),
            call(state.service),
        )
    )
