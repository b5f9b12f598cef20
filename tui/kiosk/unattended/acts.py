"""What the person who wrote the answers would do at each step: one row a step, as `autoplay` has for the screens."""

from collections.abc import Callable, Mapping
from dataclasses import field

from tui.core.certificate import Certificate
from tui.core.frozen import frozen
from tui.core.order import AttemptState
from tui.core.secret import Pin
from tui.journey import events as e
from tui.journey.moves.arrival import may_be_paid
from tui.journey.moves.installing import retirable
from tui.journey.renewable import renewable
from tui.journey.state import State, Step
from tui.kiosk.unattended.answers import Answers, again
from tui.kiosk.unattended.named import is_named

SCANNABLE = frozenset({AttemptState.QR_SHOWN, AttemptState.SCANNED})
OVER = frozenset({AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.REFUNDING, AttemptState.REFUNDED})


@frozen
class Person:
    """Knows the answers and the PIN; each act is None while there is nothing to do but wait."""

    answers: Answers
    pin: Pin = field(repr=False)

    def act(self, state: State) -> e.Event | None:
        """What to do now."""
        row = ACTS.get(state.step)
        return row(self, state) if row is not None and state.busy is None else None

    def begin(self, state: State) -> e.Event | None:
        """With a serial only what it names; where nothing can be renewed, what may be finished already."""
        if not state.tokens or not state.desk_reachable:
            return None
        if not self.answers.serial:
            return e.Started()
        held = [certificate for token in state.tokens for certificate in token.certificates]
        if named := self._named([*_renewable(state), *held]):  # two CAs may use one number
            return named
        return None if renewable(state) else e.Started()

    def choose(self, state: State) -> e.Event | None:
        """Among several that can be renewed, the one that is named."""
        return self._named(_renewable(state))

    def look(self, state: State) -> e.Event | None:
        """Among several tokens a script cannot be asked whose PIN it is."""
        return None if len(state.tokens) > 1 else self.enter_pin(state)

    def enter_pin(self, state: State) -> e.Event | None:
        """The same PIN, in a secret of its own."""
        return e.PinEntered(again(self.pin))

    def keep_code(self, state: State) -> e.Event | None:
        """A code of another method is given up, one that is over is renewed; whoever reads the report pays."""
        attempt = state.application.attempt if state.application else None
        if attempt is None:
            return None
        if attempt.method is not self.answers.method and attempt.state in SCANNABLE:
            return e.BackPressed()
        over = attempt.state in OVER or (attempt.state in SCANNABLE and attempt.expires_in <= 0)
        return e.QrRenewed() if over else None

    def means(self, state: State) -> bool:
        """The certificate at hand is the one that the answers name, or they name none."""
        return is_named(self.answers.serial, state)

    def deletes(self, state: State) -> bool:
        """The old pair is still to be deleted."""
        return self.answers.delete_old and retirable(state) is not None

    def _named(self, certificates: list[Certificate]) -> e.Event | None:
        named = (c for c in certificates if c.serial == self.answers.serial)
        return next((e.CertificateChosen(c.fingerprint) for c in named), None)


def _renewable(state: State) -> list[Certificate]:
    return [certificate for _, certificate in renewable(state)]


ACTS: Mapping[Step, Callable[[Person, State], e.Event | None]] = {
    Step.WAITING: Person.begin,
    Step.CHOOSING: Person.choose,
    Step.LOOK_PIN: Person.look,
    Step.SIGN_IN: lambda own, _: e.SignInSubmitted(own.answers.account, again(own.answers.password)),
    Step.NOTICE: lambda _, state: e.NoticeAccepted() if state.notice else None,
    Step.CARD: lambda own, state: e.RenewalRequested() if state.offer and own.means(state) else None,
    Step.AGREEMENT: lambda _, state: e.AgreementAccepted() if state.agreement else None,
    Step.FORM: lambda own, state: e.FormSubmitted(own.answers.form) if state.offer and state.agreement else None,
    Step.REQUEST_PIN: Person.enter_pin,
    Step.PAY_NOTICE: lambda *_: e.PayNoticeConfirmed(),
    Step.ORDER: lambda *_: e.PaymentOpened(),
    Step.CHANNEL: lambda *_: e.OnlineChosen(),
    Step.METHOD: lambda own, _: e.PaymentSubmitted(own.answers.method, own.answers.invoice),
    Step.QR: Person.keep_code,
    Step.INSTALL_PIN: Person.enter_pin,
    Step.DONE: lambda own, state: e.RetirementChosen() if own.deletes(state) else None,
    Step.RETIRE_PIN: Person.enter_pin,
    Step.REFUSED: lambda _, state: e.RenewalRequested() if may_be_paid(state) else None,
}
"""At every other step the machine works, or the journey is over."""
