"""修改CA密码, line by line: the old PIN, the new one, the new one again, each without echo."""

from tui.core.certificate import PinState
from tui.core.failure import Reason
from tui.core.pin_rules import PinFlaw, PinRule, pin_rule, same
from tui.core.secret import Pin, Secret
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import N_, _
from tui.kiosk.text.labels import label
from tui.kiosk.text.new_pin import FLAWS, rule_words


class ChangePin(Dialogue):
    """The rule first; what breaks it is never sent."""

    help = N_(
        "先输入现在的CA密码，再输入两次新密码。原密码连续输错会锁定CA；新密码不合要求时，密码不会改变。\n\n"
        "请记住新密码，以后使用这个CA都要用它。本程序不保存密码，每次使用后立即清除，也绝不会自动重试。"
    )

    def open(self) -> None:
        """Rule and tries."""
        self._typed: list[Pin] = []
        if self._rule is not None:
            self.talk.say(rule_words(self._rule), label(self.state.token.pin_state) if self.state.token else "")

    def seen(self, before: State) -> None:
        """It is done, or was refused: all is typed anew."""
        if self.state.failure is not before.failure:
            self._forget()
        if self.state.pin_changed and not before.pin_changed:
            self.talk.say(_("CA密码已修改。以后请用新密码。"))

    def choices(self) -> tuple[Choice, ...]:
        """The way back, and the order to ask on the token's own pad."""
        token = self.state.token
        back = Choice(_("返回"), e.BackPressed)
        if token is None or self.state.pin_changed or self._locked or not token.pin_pad:
            return (back,)
        return Choice(_("确定，然后在CA的键盘上输入原密码和两次新密码"), lambda: e.NewPinEntered(Pin(), Pin())), back

    def question(self) -> Question | None:
        """The next of the three."""
        token = self.state.token
        if token is None or self.state.pin_changed or self._locked or token.pin_pad:
            return super().question()
        asked = _("原CA密码（不显示）："), _("新CA密码（不显示）："), _("再输入一次新CA密码（不显示）：")
        return Question(asked[len(self._typed)], secret=Pin)

    def confide(self, secret: Secret) -> e.Event | None:
        """One of the three; after the last both PINs go."""
        if not isinstance(secret, Pin) or not secret or self._rule is None:
            secret.wipe()
            return None
        self._typed.append(secret.take())
        flaw = None
        if len(self._typed) == 2:
            flaw = self._rule.flaw(self._typed[1], self._typed[0])
        elif len(self._typed) == 3:
            old, new, again = self._typed
            if same(new, again):
                again.wipe()
                self._typed = []
                return e.NewPinEntered(old, new)
            flaw = PinFlaw.DIFFERENT
        if flaw is not None:
            self.talk.say(_(FLAWS[flaw]))
            self._forget()
        return None

    @property
    def _rule(self) -> PinRule | None:
        return pin_rule(self.state.token) if self.state.token else None

    @property
    def _locked(self) -> bool:
        token, failure = self.state.token, self.state.failure
        refused = failure is not None and failure.reason is Reason.PIN_LOCKED
        return refused or (token is not None and token.pin_state is PinState.LOCKED)

    def _forget(self) -> None:
        for pin in self._typed:
            pin.wipe()
        self._typed = []
