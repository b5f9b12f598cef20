"""What the person who wrote the answers would do at each step: one row a step, as `autoplay` has for the screens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui.core.certificate import Certificate
from tui.core.order import AttemptState
from tui.core.secret import Pin
from tui.journey import events as e
from tui.journey.moves.arrival import may_be_paid, renewable
from tui.journey.moves.installing import retirable
from tui.journey.state import State, Step
from tui.kiosk.unattended.answers import Answers, again
from tui.kiosk.unattended.named import is_named

SCANNABLE = frozenset({AttemptState.QR_SHOWN, AttemptState.SCANNED})
OVER = frozenset({AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.REFUNDING, AttemptState.REFUNDED})


@dataclass(frozen=True, slots=True)
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

    def sign_in(self, state: State) -> e.Event | None:
        """The account's password, in a secret of its own."""
        return e.SignInSubmitted(self.answers.account, again(self.answers.password))

    def accept_notice(self, state: State) -> e.Event | None:
        """Once it is there."""
        return e.NoticeAccepted() if state.notice else None

    def request_renewal(self, state: State) -> e.Event | None:
        """Of no certificate but the named one."""
        return e.RenewalRequested() if state.offer and self.means(state) else None

    def accept_agreement(self, state: State) -> e.Event | None:
        """Once it is there."""
        return e.AgreementAccepted() if state.agreement else None

    def submit_form(self, state: State) -> e.Event | None:
        """Once terms and agreement are there."""
        return e.FormSubmitted(self.answers.form) if state.offer and state.agreement else None

    def choose_method(self, state: State) -> e.Event | None:
        """With the invoice."""
        return e.PaymentSubmitted(self.answers.method, self.answers.invoice)

    def keep_code(self, state: State) -> e.Event | None:
        """A code of another method is given up, one that is over is renewed; whoever reads the report pays."""
        attempt = state.application.attempt if state.application else None
        if attempt is None:
            return None
        if attempt.method is not self.answers.method and attempt.state in SCANNABLE:
            return e.BackPressed()
        over = attempt.state in OVER or (attempt.state in SCANNABLE and attempt.expires_in <= 0)
        return e.QrRenewed() if over else None

    def retire(self, state: State) -> e.Event | None:
        """The old pair goes where answers and desk agree."""
        return e.RetirementChosen() if self.deletes(state) else None

    def finish_paid(self, state: State) -> e.Event | None:
        """What was paid in time is finished although the certificate has expired."""
        return e.RenewalRequested() if may_be_paid(state) else None

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
    Step.SIGN_IN: Person.sign_in,
    Step.NOTICE: Person.accept_notice,
    Step.CARD: Person.request_renewal,
    Step.AGREEMENT: Person.accept_agreement,
    Step.FORM: Person.submit_form,
    Step.REQUEST_PIN: Person.enter_pin,
    Step.PAY_NOTICE: lambda *_: e.PayNoticeConfirmed(),
    Step.ORDER: lambda *_: e.PaymentOpened(),
    Step.CHANNEL: lambda *_: e.OnlineChosen(),
    Step.METHOD: Person.choose_method,
    Step.QR: Person.keep_code,
    Step.INSTALL_PIN: Person.enter_pin,
    Step.DONE: Person.retire,
    Step.RETIRE_PIN: Person.enter_pin,
    Step.REFUSED: Person.finish_paid,
}
"""At every other step the machine works, or the journey is over."""
