"""Word failures, waits and the status line: what happened, what to do, whom to call, where the money is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.core.failure import Failure, Money, Place, Reason
from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.journey.state import Busy, State
from tui.kiosk.text import N_, _

if TYPE_CHECKING:  # the first screen has no use for them, nor for the labels and reasons
    from tui.core.form.kinds import FieldError
    from tui.core.order import Application, ServiceStatus
    from tui.journey.ports import Phone

HOTLINE = "020-89524338"
QQ = "4008301330"
SEALED_BIDS = N_("有加密投标文件尚未开标的，请先等开标；已付款的，安装后请保留原证书，打开这些文件要用它的密钥。")
"""What a renewal means for what is still sealed, said before the money."""
WITHOUT_CALL = frozenset({Reason.FORM_INVALID, Reason.WRONG_PASSWORD, Reason.NOT_PAID_YET, Reason.NO_TOKEN})
"""What the person puts right alone; the hotline stays behind F1."""
ABOUT_MONEY = frozenset({Place.TOKEN, Place.APPLICATION, Place.PAYMENT, Place.ISSUING, Place.DESK, Place.KIOSK})
"""Where a failure makes people ask for their money; elsewhere only money that moved is spoken of."""


TURNED_AWAY = frozenset({Reason.SM2_UNSUPPORTED, Reason.KEY_UNSUPPORTED, Reason.CERTIFICATE_MALFORMED})
"""Nothing that the person can do here helps: they hear that nothing was charged before they go to the counter."""


@frozen
class Explanation:
    """A failure in words; each part is a sentence or empty."""

    happened: str
    advice: str
    money: str
    call: str
    """Whom to call, and the failure's number to tell them."""

    @property
    def told(self) -> str:
        """What happened and what to do, for where there is one line."""
        return in_a_line(self.happened, self.advice)

    @property
    def lines(self) -> tuple[str, ...]:
        """Advice, money and call, as the banner stacks them."""
        return tuple(filter(None, (self.advice, self.money, self.call)))


def explain(failure: Failure, money: Money, service: "ServiceStatus | None" = None) -> Explanation:
    """Words for one failure as it happened, with its tries, waiting time and the state of the token."""
    from tui.kiosk.text.labels import label
    from tui.kiosk.text.reasons import REASONS

    happened, advice = REASONS[failure.reason]
    window = service.window_days if service else 90
    moved = money is not Money.NOT_TOUCHED
    alone = not names_whom_to_call(failure)
    concerns = (failure.reason.place in ABOUT_MONEY or failure.reason in TURNED_AWAY) and not alone
    return Explanation(
        _(happened) + _tries(failure),
        _(advice).format(window=window) + _waiting(failure) + _token_change(failure),
        label(money) if moved or concerns else "",
        "" if alone else f"{call(service)}  {failure.reason.number}",
    )


def names_whom_to_call(failure: Failure | None) -> bool:
    """Whether the failure's own words end with the hotline."""
    return failure is not None and failure.reason not in WITHOUT_CALL


def in_a_line(*sentences: str) -> str:
    """Sentences after each other: Chinese marks bring their own space."""
    return "".join(s if not before or before >= "\u3000" else f" {s}" for before, s in _with_mark(sentences))


def locked_words(money: Money) -> str:
    """That the PIN is locked, where it is unlocked, and what becomes of an order that is paid."""
    from tui.core.certificate import PinState
    from tui.kiosk.text.labels import label

    if money is not Money.SAFE:
        return label(PinState.LOCKED)
    paid = _("已付的款项保留在这笔申请中，解锁后在任何一台终端继续，不再收费；不再办理的，请联系客服退款。")
    return label(PinState.LOCKED) + paid


def technical(failure: Failure) -> str:
    """The codes that staff look for, in brackets: for the log and `doctor`, never for a screen."""
    return f"[{failure.reason.value} {printable(failure.detail, 80)}".rstrip() + "]"


def call(service: "ServiceStatus | None" = None) -> str:
    """Whom to call; the desk's own numbers once it has told any."""
    told = (service.hotline, service.qq) if service else ("", "")
    hotline, qq = told if any(told) else (HOTLINE, QQ)
    words = (
        _("客服热线：{hotline}，QQ：{qq}")
        if hotline and qq
        else _("客服热线：{hotline}")
        if hotline
        else _("客服QQ：{qq}")
    )
    return words.format(hotline=printable(hotline, 30), qq=printable(qq, 20))


def field_message(code: "FieldError | str") -> str:
    """What is wrong with one field; a code of a newer desk is shown as 'please check'."""
    from tui.core.form.kinds import FieldError
    from tui.kiosk.text.labels import label

    try:
        return label(FieldError(code))
    except ValueError:
        return _("请核对这一项")


def busy_words(busy: Busy) -> str:
    """What is under way."""
    from tui.kiosk.text.labels import label

    return _("{doing}，请稍候").format(doing=label(busy))


def token_words(state: State) -> str:
    """What is inserted, for the status line."""
    if state.snapshot is None:
        return _("CA：正在读取")
    if state.chosen is not None:
        tail = printable(state.chosen.serial[-6:].upper())
        return _("CA：已插入{tail}").format(tail=tail) if state.token else _("CA：未插入{tail}").format(tail=tail)
    match len(state.tokens):
        case 0:
            return _("CA：未插入")
        case 1:
            return _("CA：已插入")
        case count:
            return _("CA：已插入{count}个").format(count=count)


def demo_words(phone: "Phone") -> str:
    """Account, password and CA password of the demo, in one line."""
    words = _("演示账号：{account}  密码：{password}  CA密码：{pin}")
    return words.format(account=phone.account, password=phone.password, pin=phone.pin)


def refund_words(application: "Application | None") -> str:
    """Money of this application that goes back or went back; empty when there is none."""
    refunds = application.refunds if application else ()
    if not refunds:
        return ""
    from tui.core.order import yuan

    sentence = _("退款{amount}：已退回") if all(refund.done for refund in refunds) else _("退款{amount}：正在退回")
    return sentence.format(amount=yuan(sum(refund.amount_fen for refund in refunds)))


def desk_words(state: State) -> str:
    """Whether the desk answers, for the status line."""
    match state.desk_reachable:
        case True:
            return _("服务：已连接")
        case False if state.desk_failure and state.desk_failure.reason is Reason.CLOCK_WRONG:
            return _("服务：未连接，本终端的时间不对")
        case False:
            return _("服务：连接中断，正在重试")
        case None:
            return _("服务：未连接")


def _with_mark(sentences: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each that says something, with the last character of the one before."""
    before = ""
    for sentence in filter(None, sentences):
        yield before, sentence
        before = sentence[-1]


def _tries(failure: Failure) -> str:
    if failure.reason is not Reason.WRONG_PIN:
        return ""
    if failure.final_try or failure.tries_left == 1:
        return _("只剩最后一次机会。")
    return _("还可尝试{count}次。").format(count=failure.tries_left) if failure.tries_left else ""


def _waiting(failure: Failure) -> str:
    if not failure.retry_after:
        return ""
    if failure.retry_after < 120:
        return _("请等待{count}秒。").format(count=failure.retry_after)
    return _("请等待约{count}分钟。").format(count=-(-failure.retry_after // 60))


def _token_change(failure: Failure) -> str:
    return _("CA中的原有证书未受影响。") if failure.token_changed is False else ""
