"""输入CA密码: once, without echo; the program never sends it twice by itself."""

from tui.core.certificate import PinState, Token
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy
from tui.core.secret import Pin, Secret
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label

KEPT = N_("CA将用当前证书为续期申请签名，密钥不变。")
PURPOSE = {
    Step.LOOK_PIN: N_("输入CA密码后才能看到CA中的证书。\n这次只查看，不改动CA。"),
    Step.REQUEST_PIN: N_("CA将生成新密钥，并用当前证书为续期申请签名。"),
    Step.INSTALL_PIN: N_("新证书已签发，将写入CA并验证。\n费用已付，不会重复收费。"),
    Step.RETIRE_PIN: N_("将从CA中删除原证书和它的密钥；新证书已验证可用。"),
}


class PinPrompt(Dialogue):
    """What the PIN is for, the tries left, the PIN; the last try is agreed to first."""

    help = N_(
        "CA密码是这个CA的使用密码，不是财智云账号的密码。连续输错会锁定CA，锁定后需联系客服解锁。"
        "\n\n本程序不保存CA密码，每次使用后立即清除，也绝不会自动重试。"
    )

    def open(self) -> None:
        """Purpose and tries."""
        self._agreed = False
        token = self.state.token
        if token is None:
            return
        keeps = self.state.application is not None and self.state.application.key_policy is KeyPolicy.KEEP
        purpose = KEPT if self.state.step is Step.REQUEST_PIN and keeps else PURPOSE[self.state.step]
        self.talk.say(_(purpose), _("CA：{name}").format(name=printable(token.label, 30)), _tries(self.state, token))

    def seen(self, before: State) -> None:
        """After a failure the tries are told, and the last one is agreed to anew."""
        if self.state.failure is not before.failure and self.state.token is not None:
            self._agreed = False
            if not _locked(self.state, self.state.token):
                self.talk.say(_tries(self.state, self.state.token))

    def choices(self) -> tuple[Choice, ...]:
        """The consent to the last try, or the order to ask on the token's own pad."""
        token = self.state.token
        if token is None or _locked(self.state, token):
            return ()
        if self._consents(token):
            return (Choice(_("我已核对，知道再输错CA将锁定"), self._agree),)
        return (Choice(_("确定，然后在CA的键盘上输入密码"), lambda: e.PinEntered(Pin())),) if token.pin_pad else ()

    def question(self) -> Question | None:
        """The PIN itself where it is typed here."""
        token = self.state.token
        if token is None or _locked(self.state, token) or self._consents(token) or token.pin_pad:
            return super().question()
        return Question(_("CA密码（不显示）："), secret=Pin)

    def confide(self, secret: Secret) -> e.Event | None:
        """The PIN, handed over; its length is judged by the flow, which spends no try on it."""
        if not isinstance(secret, Pin) or not secret:
            secret.wipe()
            token = self.state.token
            self.talk.say(_("CA密码至少{count}位。").format(count=max(1, token.pin_min if token else 1)))
            return None
        if not all(0x20 <= octet < 0x7F for octet in secret.reveal()):  # an arrow key; the token would count a try
            secret.wipe()
            self.talk.say(_("CA密码里有键盘上打不出的字符，没有提交，未消耗尝试次数。请重新输入。"))
            return None
        return e.PinEntered(secret.take())

    def _consents(self, token: Token) -> bool:
        return not self._agreed and _is_last_try(self.state, token)

    def _agree(self) -> None:
        self._agreed = True


def _locked(state: State, token: Token) -> bool:
    refused = state.failure is not None and state.failure.reason is Reason.PIN_LOCKED
    return refused or token.pin_state is PinState.LOCKED


def _is_last_try(state: State, token: Token) -> bool:
    failed = state.failure is not None and (state.failure.final_try or state.failure.tries_left == 1)
    return failed or token.pin_state is PinState.FINAL_TRY or token.tries_left == 1


def _tries(state: State, token: Token) -> str:
    if _locked(state, token):
        return label(PinState.LOCKED)
    if _is_last_try(state, token):
        return label(PinState.FINAL_TRY)
    failed = state.failure.tries_left if state.failure else None
    left = failed if failed is not None else token.tries_left
    if left is not None:
        return _("还可尝试{count}次。").format(count=left)
    return label(PinState.COUNT_LOW) if token.pin_state is PinState.COUNT_LOW else _("连续输错会锁定CA，请仔细输入。")
