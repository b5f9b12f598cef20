"""修改CA密码: the old PIN, the new one twice, and what the token says to it."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.failure import Reason
from tui.core.pin_rules import PinFlaw, pin_rule, same
from tui.core.secret import Pin
from tui.core.text_safety import printable
from tui.journey.events import NewPinEntered
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen, style
from tui.kiosk.screens.keys import BACK
from tui.kiosk.text import N_, _
from tui.kiosk.text.new_pin import FLAWS, rule_words
from tui.kiosk.text.pin import CHANGE_HELP, CONSENT, is_last_try, is_locked, tries_words, undecided_words
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.large_tick import LargeTick
from tui.kiosk.widgets.pin_pad import PinEntry
from tui.kiosk.widgets.secret_field import SecretField
from tui.kiosk.widgets.words import Words

FIELDS = {"old": N_("原密码"), "new": N_("新密码"), "again": N_("再输一次")}


class ChangePinScreen(StepScreen):
    """The rule is said before anything is typed; what breaks it is never sent."""

    heading = N_("修改CA密码")
    help_text = CHANGE_HELP
    keys = (BACK,)
    CSS_PATH: ClassVar = [style("applying.tcss"), style("paying.tcss")]

    def compose_body(self) -> Iterable[Widget]:
        """Which CA and its tries, the rule, what is wrong with the fields, the three of them; or that it is done."""
        yield Horizontal(
            LargeTick(id="tick"), Words(Content(_("CA密码已修改。以后请用新密码。")), id="until"), id="reached"
        )
        yield Words(id="which")
        yield Words(id="rule", classes="hint")
        yield Tick(_(CONSENT), id="last-try")
        yield Words(id="flaw", classes="error")
        for name, words in FIELDS.items():
            yield Field(f"{name}_pin", _(words), PinEntry(id=f"{name}-pin"), required=False)

    def compose_actions(self) -> Iterable[Widget]:
        """确定 and the way back."""
        yield ActionButton(_("确定"), "submit", primary=True)
        yield ActionButton(_("返回"), "back", quiet=True)

    def focus_target(self, state: State) -> str:
        """The old PIN; a button where nothing is typed here."""
        return "#old-pin" if self.query_one("#field-old-pin").display else "#actions ActionButton"

    def entered(self, state: State) -> None:
        """Nothing typed, nothing ticked."""
        self.left()

    def left(self) -> None:
        """No PIN stays, nor the consent to the last try."""
        self._wipe()
        self.query_one(Tick).ticked = False
        self._say("")

    def show(self, state: State) -> None:
        """What the token says of itself; after a refusal all is typed anew."""
        token = state.token
        self.query_one("#reached").display = state.pin_changed
        self.set_class(state.pin_changed, "-changed")
        undecided = undecided_words(state.failure)
        wrong = state.failure is not None and state.failure.reason is Reason.WRONG_PIN
        self.set_class(wrong or bool(undecided), "-failed")
        if token is None and undecided:
            self.query_one("#which", Static).update(Content.styled(undecided, "bold $bad"))
        if token is not None:
            rule = (
                _("请先按「确定」，再在CA的键盘上输入原密码和两次新密码。")
                if token.pin_pad
                else rule_words(pin_rule(token))
            )
            self.query_one("#rule", Static).update(Content(rule))
            words, urgent = tries_words(state, token)
            if undecided:
                words, urgent = undecided, True
            name = "" if self.veils(state) else printable(token.label, 30)
            which = _("CA：{name}").format(name=name) if name else _("已插入CA")
            tries = words, "bold $bad" if urgent else "bold $foreground"
            self.query_one("#which", Static).update(Content.assemble((which, "$muted"), "  ", tries))
        open_ = token is not None and not state.pin_changed and not is_locked(state, token)
        for widget in (*self.query(Field), *self.query("#flaw")):
            widget.display = open_ and token is not None and not token.pin_pad
        final = open_ and token is not None and is_last_try(state, token)
        self.query_one(Tick).display = final
        self.set_class(final, "-final")
        self.query_one("#actions ActionButton").display = open_
        if self.just_refused:
            self._wipe()
        if state.pin_changed:
            self.focus_next_act()

    @on(SecretField.Changed)
    def _typing(self) -> None:
        self._say("")

    @on(SecretField.Submitted, "#old-pin")
    def _to_new(self) -> None:
        self.query_one("#new-pin").focus()

    @on(SecretField.Submitted, "#new-pin")
    def _to_again(self) -> None:
        self.query_one("#again-pin").focus()

    @on(SecretField.Submitted, "#again-pin")
    def action_submit(self) -> None:
        """确定."""
        token = self.state.token
        if token is None or self.state.busy or self.state.pin_changed:
            return
        if is_last_try(self.state, token) and not self.query_one(Tick).ticked:
            self._say(_("请先勾选确认。"))
            self.query_one(Tick).focus()
            return
        old, new, again = (self._field(name).take() for name in FIELDS)
        flaw = None
        if not token.pin_pad:
            flaw = pin_rule(token).flaw(new, old) or (None if same(new, again) else PinFlaw.DIFFERENT)
        again.wipe()
        if not token.pin_pad and not old:
            self._refuse(_("请输入原密码。"), "old", old, new)
        elif flaw is not None:
            self._refuse(_(FLAWS[flaw]), "old", old, new)
        else:
            self.advance(NewPinEntered(old, new))

    def _refuse(self, words: str, field: str, *typed: Pin) -> None:
        for pin in typed:
            pin.wipe()
        self._say(words)
        self._field(field).focus()

    def _field(self, name: str) -> PinEntry:
        return self.query_one(f"#{name}-pin", PinEntry)

    def _wipe(self) -> None:
        for name in FIELDS:
            self._field(name).wipe()

    def _say(self, words: str) -> None:
        self.query_one("#flaw", Static).update(Content(words))
