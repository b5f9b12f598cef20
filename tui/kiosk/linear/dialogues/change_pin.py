"""修改CA密码, line by line: the old PIN, the new one, the new one again, each without echo."""

from tui.core.certificate import Token
from tui.core.pin_rules import PinFlaw, PinRule, is_typable, pin_rule, same
from tui.core.secret import Pin, Secret
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import _
from tui.kiosk.text.new_pin import FLAWS, rule_words
from tui.kiosk.text.pin import CHANGE_HELP, CONSENT, UNTYPABLE, is_last_try, is_locked, tries_words, undecided_words


class ChangePin(Dialogue):
    """The rule first; what breaks it is never sent."""

    help = CHANGE_HELP

    def open(self) -> None:
        """Rule and tries."""
        self._typed: list[Pin] = []
        self._agreed = False
        if (token := self.state.token) is not None:
            self.talk.say(rule_words(pin_rule(token)), tries_words(self.state, token)[0])

    def seen(self, before: State) -> None:
        """It is done, or was refused: all is typed anew."""
        if self.state.failure is not before.failure:
            self._agreed = False
            self._forget()
            self.talk.say(undecided_words(self.state.failure))
        if self.state.pin_changed and not before.pin_changed:
            self.talk.say(_("CA密码已修改。以后请用新密码。"))

    def choices(self) -> tuple[Choice, ...]:
        """The way back, and the order to ask on the token's own pad."""
        token = self.state.token
        back = Choice(_("返回"), e.BackPressed)
        if token is None or not self._takes(token):
            return (back,)
        if self._consents(token):
            return Choice(_(CONSENT), self._agree), back
        if not token.pin_pad:
            return (back,)
        return Choice(_("确定，然后在CA的键盘上输入原密码和两次新密码"), lambda: e.NewPinEntered(Pin(), Pin())), back

    def question(self) -> Question | None:
        """The next of the three."""
        token = self.state.token
        if token is None or not self._takes(token) or self._consents(token) or token.pin_pad:
            return super().question()
        asked = _("原CA密码（不显示）："), _("新CA密码（不显示）："), _("再输入一次新CA密码（不显示）：")
        return Question(asked[len(self._typed)], secret=Pin)

    def confide(self, secret: Secret) -> e.Event | None:
        """One of the three; after the last both PINs go."""
        if not isinstance(secret, Pin) or not secret or self._rule is None:
            secret.wipe()
            return None
        if not self._typed and not is_typable(secret):
            secret.wipe()
            self.talk.say(_(UNTYPABLE))
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

    def _takes(self, token: Token) -> bool:
        return not self.state.pin_changed and not is_locked(self.state, token)

    def _consents(self, token: Token) -> bool:
        return not self._agreed and is_last_try(self.state, token)

    def _agree(self) -> None:
        self._agreed = True

    def _forget(self) -> None:
        for pin in self._typed:
            pin.wipe()
        self._typed = []
