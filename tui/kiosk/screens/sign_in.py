"""Sign in to 财智云 with the account that applied for the CA."""

from collections.abc import Iterable

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.core.secret import Password
from tui.core.text_safety import mask, printable
from tui.journey.events import SignInSubmitted
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK
from tui.kiosk.settings import is_counter
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import masked_name
from tui.kiosk.text.dates import day
from tui.kiosk.text.token_awaited import why_again
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.facts import Fact, Facts
from tui.kiosk.widgets.field import ENTRY, Field
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words


class SignInScreen(StepScreen):
    """Account, password, 登录."""

    heading = N_("登录财智云")
    help_text = N_(
        "请使用申请CA时的财智云账号登录，其他账号不能为这个CA办理续期。\n\n"
        "密码连续输错多次，账号会暂时锁定，到时自动解锁。忘记密码请在财智云系统中找回。\n\n"
        "账号和密码只用于本次办理，不会保存在本终端。"
    )
    keys = (BACK,)
    CSS_PATH = style("applying.tcss")

    def compose_body(self) -> Iterable[Widget]:
        """The certificate in a line, the two fields, a message at each."""
        yield Facts(id="chosen")
        yield Field("account", _("账号"), Line(id="account", max_length=64), required=False)
        yield Field("password", _("密码"), SecretField(Password, id="password"), required=False)
        yield Words(id="which-account", classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """登录 and the way back."""
        yield ActionButton(_("登录"), "submit", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """The account, or the password once the account is known."""
        return "#password" if state.account else "#account"

    def entered(self, state: State) -> None:
        """Empty fields, but for the account of a sign-in that ended."""
        self.query_one("#account", Input).value = "" if state.covered else printable(state.account, 64)
        self._password.wipe()
        self._say("account")
        self._say("password")

    def show(self, state: State) -> None:
        """Which certificate this is about; after a refusal the password is typed anew.

        What is covered waits for its own account's password: no other account can be typed.
        """
        self.query_one(Facts).show(_facts(state, veiled=is_counter(self.app)), ENTRY)
        self.query_one("#field-account").display = not state.covered
        words = why_again(state) if state.covered else _("请务必使用申请CA时的账号登录。")
        self.query_one("#which-account", Static).update(Content(words))
        if self.just_refused:
            self.set_focus(self._password)

    @on(Input.Submitted, "#account")
    def to_password(self) -> None:
        """Enter after the account."""
        self._password.focus()

    @on(SecretField.Submitted, "#password")
    def action_submit(self) -> None:
        """登录: both fields must have something in them."""
        typed = self.query_one("#account", Input).value
        account = self.state.account if self.state.covered else printable(typed, 64)
        self._say("account", "" if account else "required")
        self._say("password", "" if self._password.length else "required")
        if not account:
            self.query_one("#account").focus()
        elif not self._password.length:
            self._password.focus()
        elif self.state.busy is None:
            self.advance(SignInSubmitted(account, self._password.take()))

    @property
    def _password(self) -> SecretField[Password]:
        return self.query_one("#password", SecretField)

    def _say(self, name: str, error: str = "") -> None:
        self.query_one(f"#field-{name}", Field).fail(error)


def _facts(state: State, *, veiled: bool) -> tuple[Fact, ...]:
    if state.holder is None:
        return ()
    certificate = state.holder[1]
    name = masked_name(certificate.name) if veiled else certificate.name
    facts = (Fact(_("证书持有人"), name, "bold"), Fact(_("到期"), day(certificate.not_after)))
    return (*facts, Fact(_("账号"), mask(printable(state.account, 64)))) if state.covered else facts
