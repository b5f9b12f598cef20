"""What people read once they have paid and nothing has come of it yet: that the money is safe, and what to do now."""

from typing import TYPE_CHECKING

from tui.kiosk.text import N_, _
from tui.kiosk.text.wording import call

if TYPE_CHECKING:
    from tui.core.order import ServiceStatus

NOT_AGAIN = N_("请不要重复付款。")
UNDER_REVIEW = N_("这笔支付需要人工核对：付款不会丢失，核对后入账，或者原路退回。")
RECEIVED = N_("付款已收到，对这笔申请一直有效；证书开始签发后，本页自动继续。")
LEAVING = N_("不必等候：可以结束办理，拔出CA离开。")
COMING_BACK = N_("以后在任何一台终端插入这个CA并登录，就能找到这笔申请。")
ASKING = N_("有疑问请联系客服，并告知业务单号。")


def what_now(service: "ServiceStatus | None") -> tuple[str, ...]:
    """Go, come back, or call; the numbers to call stand last, alone."""
    return _(LEAVING), _(COMING_BACK), _(ASKING), call(service)
