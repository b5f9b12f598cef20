"""What the page of the payment code says: what to do now, what stands in the code's place, what is new."""

from tui.core.failure import UNANSWERED, Money
from tui.core.order import UNCREDITED_ATTEMPT, Attempt
from tui.journey.state import State
from tui.kiosk.matrix import drawable
from tui.kiosk.text import _, proper
from tui.kiosk.text.labels import label
from tui.kiosk.text.money_came import COMING_BACK, LEAVING
from tui.kiosk.text.wording import call, desk_words, explain, in_a_line, refund_words


def undrawable(state: State) -> bool:
    """Whether the platform gave a payload that is no payment code."""
    attempt = state.application.attempt if state.application else None
    return attempt is not None and bool(attempt.qr) and not drawable(attempt.qr)


def frozen(state: State) -> bool:
    """Whether a person must look at the money first."""
    return state.application is not None and state.application.is_frozen


def next_act(state: State, attempt: Attempt, scannable: bool) -> str:
    """What to do now, above the amount."""
    if frozen(state):
        return _("请联系客服核对")
    if not scannable:
        return _("继续支付请按「新二维码」")
    return _("请用{wallet}扫码付款").format(wallet=proper(attempt.method.wallet))


def instead(state: State, attempt: Attempt, scannable: bool) -> str:
    """What stands in the place of a code that is not or no longer shown."""
    if scannable and undrawable(state):
        other = next((one for one in state.methods if one is not attempt.method), attempt.method)
        advice = _("请按「更换支付方式」，\n改用{method}。").format(method=label(other))
        return "\n\n".join((_("这个二维码无法显示。"), advice, label(state.money), call(state.service)))
    if scannable:
        return _("正在获取二维码，请稍候。")
    if frozen(state):
        review, money = _("这笔支付需要人工核对。"), _("您的付款有记录，不会丢失：\n核对后入账，或者原路退回。")
        words = [review, money, _(LEAVING), _(COMING_BACK), call(state.service)]
    elif attempt.state in UNCREDITED_ATTEMPT:
        words = [_("这笔付款没有入账。"), refund_words(state.application), call(state.service)]
    else:
        words = [_("二维码已过期\n\n请按「新二维码」")]
    return "\n\n".join(filter(None, words))


def news(state: State, scannable: bool) -> str:
    """What the frame's banner and status line would say; they are not shown here."""
    if state.failure is not None:
        words = explain(state.failure, state.money, state.service)
        return in_a_line(words.happened, words.money) if state.failure.reason in UNANSWERED else words.told
    if state.desk_reachable is False:
        return f"{desk_words(state)}\n{label(state.money)}"
    if frozen(state):
        return _("核对后本页自动继续。也可以先离开，\n请记下业务单号。")
    if scannable:
        return "" if undrawable(state) else _("付款后本页自动继续。\n如没有继续，请按「支付成功」。")
    return "" if state.money is Money.RETURNING else _("如已付款，请按「支付成功」。")
