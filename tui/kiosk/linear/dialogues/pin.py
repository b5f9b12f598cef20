"""输入CA密码: once, without echo; the program never sends it twice by itself."""

from tui.core.certificate import Token
from tui.core.pin_rules import is_typable
from tui.core.secret import Pin, Secret
from tui.core.text_safety import printable
from tui.journey import events as e
from tui.journey.state import State
from tui.kiosk.linear.dialogue import Choice, Dialogue, Question
from tui.kiosk.text import _
from tui.kiosk.text.pin import CONSENT, HELP, UNTYPABLE, is_last_try, is_locked, purpose_words, tries_words


class PinPrompt(Dialogue):
    """What the PIN is for, the tries left, the PIN; the last try is agreed to first."""

    help = HELP

    def open(self) -> None:
        """Purpose and tries."""
        self._agreed = False
        token = self.state.token
        self._asked_for = token and (token.label, token.serial)
        if token is None:
            return
        tries, _few = tries_words(self.state, token)
        self.talk.say(purpose_words(self.state), _("CA：{name}").format(name=printable(token.label, 30)), tries)

    def seen(self, before: State) -> None:
        """After a failure the tries are told, and the last one is agreed to anew; another token is asked for anew."""
        token = self.state.token
        if token is None:
            return
        if self._asked_for != (token.label, token.serial):
            self.open()
        elif self.state.failure is not before.failure:
            self._agreed = False
            if not is_locked(self.state, token):
                self.talk.say(tries_words(self.state, token)[0])

    def choices(self) -> tuple[Choice, ...]:
        """The consent to the last try, or the order to ask on the token's own pad."""
        token = self.state.token
        if token is None or is_locked(self.state, token):
            return ()
        if self._consents(token):
            return (Choice(_(CONSENT), self._agree),)
        return (Choice(_("确定，然后在CA的键盘上输入密码"), lambda: e.PinEntered(Pin())),) if token.pin_pad else ()

    def question(self) -> Question | None:
        """The PIN itself where it is typed here."""
        token = self.state.token
        if token is None or is_locked(self.state, token) or self._consents(token) or token.pin_pad:
            return super().question()
        return Question(_("CA密码（不显示）："), secret=Pin)

    def confide(self, secret: Secret) -> e.Event | None:
        """The PIN, handed over; its length is judged by the flow, which spends no try on it."""
        if not isinstance(secret, Pin) or not secret:
            secret.wipe()
            token = self.state.token
            self.talk.say(_("CA密码至少{count}位。").format(count=max(1, token.pin_min if token else 1)))
            return None
        if not is_typable(secret):
            secret.wipe()
            self.talk.say(_(UNTYPABLE))
            return None
        return e.PinEntered(secret.take())

    def _consents(self, token: Token) -> bool:
        return not self._agreed and is_last_try(self.state, token)

    def _agree(self) -> None:
        self._agreed = True
