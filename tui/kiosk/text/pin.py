"""What is said before a PIN is typed: what it is for, and how many tries the token leaves."""

from tui.core.certificate import PinState, Token
from tui.core.failure import Failure, Reason
from tui.core.policy import KeyPolicy
from tui.journey.state import State, Step
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import locked_words

HELP = N_(
    "CA密码是这个CA的使用密码，不是财智云账号的密码。连续输错会锁定CA，锁定后须到发证机构的柜台解锁。"
    "\n\n本程序不保存CA密码，每次使用后立即清除，也绝不会自动重试。"
)
CHANGE_HELP = N_(
    "先输入现在的CA密码，再输入两次新密码。原密码连续输错会锁定CA；新密码不合要求时，密码不会改变。\n\n"
    "请记住新密码，以后使用这个CA都要用它。本程序不保存密码，每次使用后立即清除，也绝不会自动重试。"
)
CONSENT = N_("我已核对，知道再输错CA将锁定")
"""To the last try."""
UNTYPABLE = N_("CA密码里有键盘上打不出的字符，没有提交，不计入输错次数。请重新输入。")
_KEPT = N_("CA将用当前证书为续期申请签名，密钥不变。")
_PURPOSE = {
    Step.LOOK_PIN: N_("输入CA密码后才能看到CA中的证书。\n这次只查看，不改动CA。"),
    Step.REQUEST_PIN: N_("CA将生成新密钥，并用当前证书为续期申请签名。"),
    Step.INSTALL_PIN: N_("新证书已签发，将写入CA并验证。\n费用已付，不会重复收费。"),
    Step.RETIRE_PIN: N_("将从CA中删除原证书和它的密钥；新证书已验证可用。"),
}


def undecided_words(failure: Failure | None) -> str:
    """After a change of the PIN that broke off: either may hold now, and guessing costs tries."""
    if failure is None or not failure.token_changed:
        return ""
    return _("密码可能已经改好。请先用新密码试一次，不对再用原密码。")


def purpose_words(state: State) -> str:
    """What the PIN is for at this step; nothing at a step that asks for none."""
    if state.step is Step.REQUEST_PIN and state.application and state.application.key_policy is KeyPolicy.KEEP:
        return _(_KEPT)
    return _(_PURPOSE.get(state.step, ""))


def is_locked(state: State, token: Token) -> bool:
    """The token has said that it takes no PIN any more."""
    refused = state.failure is not None and state.failure.reason is Reason.PIN_LOCKED
    return refused or token.pin_state is PinState.LOCKED


def is_last_try(state: State, token: Token) -> bool:
    """One wrong PIN more locks the token."""
    failed = state.failure is not None and (state.failure.final_try or state.failure.tries_left == 1)
    return failed or token.pin_state is PinState.FINAL_TRY or token.tries_left == 1


def tries_words(state: State, token: Token) -> tuple[str, bool]:
    """The tries left in words, and whether they are few."""
    if is_locked(state, token):
        return locked_words(state.money), True
    if is_last_try(state, token):
        return label(PinState.FINAL_TRY), True
    failed = state.failure.tries_left if state.failure else None
    left = failed if failed is not None else token.tries_left
    if left is not None:
        return _("还可尝试{count}次。").format(count=left), token.pin_state is PinState.COUNT_LOW
    if token.pin_state is PinState.COUNT_LOW:
        return label(PinState.COUNT_LOW), True
    return _("无法得知还可尝试几次；连续输错会锁定CA。"), False
