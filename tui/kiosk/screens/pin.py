"""Steps 5 and 8: 输入CA密码."""

from collections.abc import Iterable

from textual import on
from textual.containers import Center, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.failure import Money
from tui.core.secret import Pin
from tui.core.text_safety import printable
from tui.journey.events import PinEntered
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK, END
from tui.kiosk.text import N_, _
from tui.kiosk.text.pin import CONSENT, HELP, is_last_try, is_locked, purpose_words, tries_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.pin_pad import Keypad, PinEntry
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words


class PinScreen(StepScreen):
    """What the PIN is for, the tries left in words, the pad; the last try asks for a tick first."""

    CSS_PATH = style("pin.tcss")
    heading = N_("输入CA密码")
    help_text = HELP
    keys = (BACK, END)

    def __init__(self) -> None:
        super().__init__()
        self._entry = PinEntry(id="pin-entry")
        self._token = "", ""
        """Label and serial of the one whose PIN is typed."""

    def compose_body(self) -> Iterable[Widget]:
        """Purpose, tries, pad, the tick of the last try."""
        yield Words(id="purpose")
        yield Words(id="tries")
        yield Center(Words(_own_pad(), id="own-pad"))
        yield Center(Tick(_(CONSENT), id="last-try"))
        yield Center(Vertical(self._entry, id="typed"))
        yield Static(Content(_("点按数字，或用键盘输入")), id="pin-hint", classes="hint")

    def compose_actions(self) -> Iterable[Widget]:
        """The pad; buttons where it is not shown."""
        yield Keypad(self._entry)
        yield ActionButton(_("确定"), "submit", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """The entry; at a token with its own pad the button."""
        return "#pin-entry" if self._entry.display else "#actions ActionButton"

    def entered(self, state: State) -> None:
        """Nothing typed, nothing ticked."""
        self._begin_anew()
        self.query_one(Keypad).place(shuffled=self._hands.shuffled)

    def show(self, state: State) -> None:
        """Draw what the token says of itself; what was typed for another one is not for it."""
        token = state.token
        if token is None:
            return
        if self._token != (token.label, token.serial):
            self._token = token.label, token.serial
            self._begin_anew()
        own_pad, locked = token.pin_pad, is_locked(state, token)
        self.query_one("#purpose", Static).update(Content(purpose_words(state)))
        words, urgent = tries_words(state, token)
        said = locked and state.failure is not None and state.money is not Money.SAFE  # by the banner
        self.query_one("#tries").display = not said
        self.query_one("#own-pad").display = own_pad and not locked
        name = "" if self.veils(state) else _("CA：{name}").format(name=printable(token.label, 30))
        told = Content.styled(words, "bold $bad" if urgent else "bold $foreground")
        if not locked:
            told = told.highlight_regex(r"\d+", style="bold $on-selected on $selected")
        self.query_one("#tries", Static).update(Content.assemble((name and f"{name}  ", "$muted"), told))
        final = is_last_try(state, token) and not locked
        self.query_one(Tick).display = final
        self._entry.limit(token.pin_max)
        typed_here = not own_pad and not locked
        self._entry.display = typed_here
        self.set_class(typed_here, "-padded")
        self.set_class(locked, "-locked")
        self.set_class(state.failure is not None, "-failed")
        self.set_class(final, "-final")
        self._open_submit()

    def left(self) -> None:
        """Nothing of the PIN, nor of the consent to the last try."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._entry.wipe()
        self.query_one(Tick).ticked = False

    @on(Tick.Changed)
    @on(SecretField.Changed)
    def _open_submit(self) -> None:
        refused = self._refusal(self.state) is not None
        self.query_one("ActionButton.-main").disabled = refused
        self.query_one(Keypad).open_submit(not refused)

    def _refusal(self, state: State) -> str | None:
        """Why 确定 must not be pressed now; None when it may."""
        token = state.token
        if token is None or is_locked(state, token):
            return ""
        if is_last_try(state, token) and not self.query_one(Tick).ticked:
            return _("请先勾选确认。")
        if not token.pin_pad and self._entry.length < max(1, token.pin_min):
            return _("CA密码至少{count}位。").format(count=max(1, token.pin_min))
        return None

    @on(SecretField.Submitted)
    def action_submit(self) -> None:
        """确定."""
        refusal = self._refusal(self.state)
        if refusal is not None:
            self.query_one("#tries", Static).update(Content.styled(refusal, "bold $bad"))
            return
        token = self.state.token
        typed = self._entry.take()
        if token is not None and token.pin_pad:
            typed.wipe()
            typed = Pin()
        self.advance(PinEntered(typed))


def _own_pad() -> Content:
    """Where the PIN is typed into the token itself: two acts in their order."""
    acts = _("按屏幕上的「确定」"), _("在CA的键盘上输入密码")
    lines = (
        Content.assemble((f" {number} ", "bold $on-selected on $selected"), "  ", (act, "bold"))
        for number, act in enumerate(acts, 1)
    )
    return Content("\n\n").join([Content(_("请在CA上输入密码：")), *lines])
