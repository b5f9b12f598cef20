"""Steps 5 and 8: 输入CA密码."""

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.certificate import PinState, Token
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy
from tui.core.secret import Pin
from tui.core.text_safety import printable
from tui.journey.events import PinEntered
from tui.journey.state import State, Step
from tui.kiosk.screens.base import BACK, END, StepScreen, style
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.wording import locked_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.pin_pad import Keypad, PinEntry
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words

KEPT = N_("CA将用当前证书为续期申请签名，密钥不变。")
PURPOSE = {
    Step.LOOK_PIN: N_("输入CA密码后才能看到CA中的证书。\n这次只查看，不改动CA。"),
    Step.REQUEST_PIN: N_("CA将生成新密钥，并用当前证书为续期申请签名。"),
    Step.INSTALL_PIN: N_("新证书已签发，将写入CA并验证。\n费用已付，不会重复收费。"),
    Step.RETIRE_PIN: N_("将从CA中删除原证书和它的密钥；新证书已验证可用。"),
}


class PinScreen(StepScreen):
    """What the PIN is for, the tries left in words, the pad; the last try asks for a tick first."""

    CSS_PATH = style("applying.tcss")
    heading = N_("输入CA密码")
    help_text = N_(
        "CA密码是这个CA的使用密码，不是财智云账号的密码。连续输错会锁定CA，锁定后需联系客服解锁。"
        "\n\n本程序不保存CA密码，每次使用后立即清除，也绝不会自动重试。"
    )
    keys = (BACK, END)

    def compose_body(self) -> Iterable[Widget]:
        """Purpose, tries, pad, the tick of the last try."""
        entry = PinEntry(id="pin-entry")
        yield Horizontal(
            Vertical(
                Words(id="purpose"),
                Words(id="tries"),
                Tick(_("我已核对，知道再输错CA将锁定"), id="last-try"),
                entry,
                Static(Content(_("可用键盘，也可点按右侧数字，顺序每次不同")), id="pin-hint", classes="hint"),
            ),
            Keypad(entry),
            id="pin",
        )

    def compose_actions(self) -> Iterable[Widget]:
        """确定."""
        yield ActionButton(_("确定"), "submit", primary=True)
        yield ActionButton(_("返回"), "back")

    def focus_target(self, state: State) -> str:
        """The entry; at a token with its own pad the button."""
        return "#pin-entry" if self.query_one(PinEntry).display else "#actions ActionButton"

    def entered(self, state: State) -> None:
        """Nothing typed, nothing ticked."""
        self.query_one(Tick).ticked = False
        self.query_one(PinEntry).wipe()
        self.query_one(Keypad).shuffle()

    def show(self, state: State) -> None:
        """Draw what the token says of itself."""
        token = _token(state)
        if token is None:
            return
        own_pad, locked = token.pin_pad, is_locked(state, token)
        name = printable(token.label, 30)
        self.query_one("#purpose", Static).update(
            Content.assemble(_purpose(state), "\n", (_("CA：{name}").format(name=name), "$muted"))
        )
        words, urgent = tries_words(state, token)
        if own_pad and not locked:
            words = _("请在CA上输入密码：先按「确定」，再在CA的键盘上输入。") + words
        self.query_one("#tries", Static).update(Content.styled(words, "bold $bad" if urgent else "$foreground"))
        self.query_one(Tick).display = is_last_try(state, token) and not locked
        entry = self.query_one(PinEntry)
        entry.limit(token.pin_max)
        for widget in (entry, self.query_one(Keypad), self.query_one("#pin-hint")):
            widget.display = not own_pad and not locked
        self._open_submit()

    def left(self) -> None:
        """Nothing of the PIN, nor of the consent to the last try."""
        self.query_one(PinEntry).wipe()
        self.query_one(Tick).ticked = False

    @on(Tick.Changed)
    @on(SecretField.Changed)
    def _open_submit(self) -> None:
        self.query_one("ActionButton.-main").disabled = self._refusal(self.state) is not None

    def _refusal(self, state: State) -> str | None:
        """Why 确定 must not be pressed now; None when it may."""
        token = _token(state)
        if token is None or is_locked(state, token):
            return ""
        if is_last_try(state, token) and not self.query_one(Tick).ticked:
            return _("请先勾选确认。")
        if not token.pin_pad and self.query_one(PinEntry).length < max(1, token.pin_min):
            return _("CA密码至少{count}位。").format(count=max(1, token.pin_min))
        return None

    @on(SecretField.Submitted)
    def action_submit(self) -> None:
        """确定."""
        refusal = self._refusal(self.state)
        if refusal is not None:
            self.query_one("#tries", Static).update(Content.styled(refusal, "bold $bad"))
            return
        token = _token(self.state)
        typed = self.query_one(PinEntry).take()
        if token is not None and token.pin_pad:
            typed.wipe()
            typed = Pin()
        self.advance(PinEntered(typed))


def _purpose(state: State) -> str:
    if state.step is Step.REQUEST_PIN and state.application and state.application.key_policy is KeyPolicy.KEEP:
        return _(KEPT)
    return _(PURPOSE[state.step]) if state.step in PURPOSE else ""


def _token(state: State) -> Token | None:
    return state.token


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
    return _("连续输错会锁定CA，请仔细输入。"), False
