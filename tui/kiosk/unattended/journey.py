"""Run the journey without screens (`ca-kiosk renew`): the same flow and runtime, answers from a file."""

import queue
import time
from collections.abc import Callable
from dataclasses import replace

from tui.core.application import IdType
from tui.core.exits import Exit, exit_of
from tui.core.failure import Failure, Reason
from tui.core.order import Application, ApplicationStatus, Attempt, AttemptState, PaymentStatus
from tui.core.secret import Pin
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.arrival import may_be_paid, renewable
from tui.journey.moves.installing import retirable
from tui.journey.state import State, Step
from tui.kiosk.runtime.runtime import Runtime
from tui.kiosk.unattended.answers import KEYS, Answers, again
from tui.kiosk.unattended.named import is_named
from tui.kiosk.unattended.report import Installed, Issued, Paid, Pay, Report, Retired, failed

GRACE = 10.0
"""Seconds that slow drivers and a starting desk are given before their absence counts."""

PATIENCE = {
    Reason.DESK_UNREACHABLE: 120.0,
    Reason.DESK_TIMEOUT: 120.0,
    Reason.DESK_BUSY: 300.0,
    Reason.DESK_FAULT: 60.0,
    Reason.PAYMENT_PLATFORM_DOWN: 300.0,
    Reason.PAYMENT_PENDING: 900.0,
    Reason.APPLICATION_MOVED_ON: 60.0,
    Reason.ALREADY_PAID: 60.0,
    Reason.AGREEMENT_CHANGED: 60.0,
    Reason.SESSION_ENDED: 60.0,
}
"""Seconds for which a step is tried again after this failure; every other failure ends the journey."""

PAUSE, LONGEST_PAUSE = 2.0, 30.0
"""Seconds between two tries."""

PIN_STEPS = frozenset({Step.LOOK_PIN, Step.REQUEST_PIN, Step.INSTALL_PIN, Step.RETIRE_PIN})
"""After any failure here nothing is tried again: a second wrong PIN brings the token nearer to its lock."""

SCANNABLE = frozenset({AttemptState.QR_SHOWN, AttemptState.SCANNED})
OVER = frozenset({AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.REFUNDING, AttemptState.REFUNDED})
PAID = frozenset({ApplicationStatus.ISSUING, ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED})
ENDED = {
    ApplicationStatus.FAILED: Reason.ISSUING_FAILED,
    ApplicationStatus.LAPSED: Reason.CERTIFICATE_EXPIRED,
    ApplicationStatus.WITHDRAWN: Reason.APPLICATION_MOVED_ON,
}


class Journey:
    """Drives the flow by answers from the inserted token to the installed certificate."""

    def __init__(
        self,
        runtime: Runtime,
        answers: Answers,
        pin: Pin,
        report: Report,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime, self._answers, self._pin, self._report, self._clock = runtime, answers, pin, report, clock
        self._events: queue.SimpleQueue[e.Event] = queue.SimpleQueue()
        self._state = State()
        self._begun = clock()
        self._answered: State | None = None
        """The state that was answered last; an answer that moved nothing is not given again."""
        self._failing: tuple[Reason, Step, float] | None = None
        """The failure that is being waited out, where, and since when."""
        self._again_at = 0.0
        self._desk_lost = Failure(Reason.DESK_TIMEOUT)
        self._told: set[str] = set()
        """Kinds of lines and QR payloads that were reported."""

    def run(self) -> Exit:
        """The whole journey; whatever ends it, the secrets are wiped and the ports closed."""
        self._begun = self._clock()
        self._runtime.start(self._events.put)
        try:
            while (code := self._end()) is None:
                if (event := self._next()) is not None:
                    self._take(event)
            return code
        finally:
            self._runtime.stop()
            self._pin.wipe()
            self._answers.password.wipe()

    def _take(self, event: e.Event) -> None:
        if isinstance(event, e.DeskLost):
            self._desk_lost = event.failure
        before = self._state
        self._state, commands = advance(before, event)
        for command in commands:
            self._runtime.run(command)
        self._report.progress(before, self._state)
        if self._state.failure is not before.failure or self._state.step is not before.step:
            self._note_failure()
        if self._state.application is not None:
            self._tell(self._state.application)

    def _next(self) -> e.Event | None:
        """The answer to the state as it is, else what happens next; None when a time has passed instead."""
        state, now = self._state, self._clock()
        wait: float | None = None
        if self._failing is not None and state.failure is not None:
            if now >= self._again_at:
                self._again_at = now + LONGEST_PAUSE
                return self._answer(replace(state, failure=None)) or e.Retried()
            wait = self._again_at - now
        elif state != self._answered and (event := self._answer(state)) is not None:
            self._answered = state
            return event
        elif state.step is Step.WAITING and now < self._begun + GRACE:
            wait = self._begun + GRACE - now
        try:
            return self._events.get(timeout=wait)
        except queue.Empty:
            return None

    def _note_failure(self) -> None:
        state, failing = self._state, self._failing
        failure = state.failure
        if failure is None:
            if failing is not None and failing[1] is not state.step:
                self._failing = None
        elif failure.reason in PATIENCE:
            known = failing is not None and failing[:2] == (failure.reason, state.step)
            since = failing[2] if failing is not None and known else self._clock()
            self._failing = (failure.reason, state.step, since)
            self._again_at = self._clock() + min(failure.retry_after or PAUSE, LONGEST_PAUSE)

    def _end(self) -> Exit | None:
        """The exit code once the journey is over."""
        state = self._state
        if state.step is Step.DONE and is_named(self._answers.serial, state) and not self._deletes(state):
            return Exit.DONE
        if (failure := self._fatal(state)) is None:
            return None
        self._report.tell(failed(self._in_the_file(failure, state), state.money))
        return exit_of(failure)

    def _in_the_file(self, failure: Failure, state: State) -> Failure:
        """Fields that break a rule by the file and the keys that fill them, with the choices where there are some."""
        terms = " | ".join(str(term.months) for term in state.offer.terms) if state.offer else ""
        choices = {"term_months": f" ({terms})" if terms else "", "id_type": f" ({' | '.join(IdType)})"}
        named = (
            (f"{self._answers.source}: {KEYS.get(field, field)}{choices.get(field, '')}", rule)
            for field, rule in failure.field_errors
        )
        return replace(failure, field_errors=tuple(named))

    def _fatal(self, state: State) -> Failure | None:
        """The failure that nothing more is tried after."""
        application, failure = state.application, state.failure
        if application is not None and application.payment_status is PaymentStatus.FROZEN:
            return Failure(Reason.PAYMENT_FROZEN)
        match state.step:
            case Step.REFUSED if may_be_paid(state):
                return None
            case Step.REFUSED:
                return failure or Failure(Reason.KIOSK_FAULT)
            case Step.TOKEN_AWAITED:
                return failure or Failure(Reason.TOKEN_REMOVED)
            case Step.WITHDRAWN if application is not None:
                return Failure(ENDED.get(application.status, Reason.APPLICATION_MOVED_ON))
            case Step.LOOK_PIN if failure is None and len(state.tokens) > 1:
                return Failure(Reason.CERTIFICATE_HIDDEN)
            case Step.CARD | Step.DONE if not is_named(self._answers.serial, state):
                return self._wrong_serial(state)
            case Step.CHOOSING if self._answer(state) is None:
                return self._wrong_serial(state)
            case Step.WAITING if failure is None and self._clock() >= self._begun + GRACE and not self._answer(state):
                return self._absent(state)
        if failure is None:
            return None
        if self._failing is None or failure.reason not in PATIENCE or state.step in PIN_STEPS:
            return failure
        return failure if self._clock() - self._failing[2] > PATIENCE[failure.reason] else None

    def _absent(self, state: State) -> Failure | None:
        """What the journey cannot begin without."""
        if not state.tokens:
            faults = state.snapshot.faults if state.snapshot else ()
            return faults[0].failure if faults else Failure(Reason.NO_TOKEN)
        return self._wrong_serial(state) if state.desk_reachable else self._desk_lost

    def _wrong_serial(self, state: State) -> Failure:
        """No certificate, or none of several, is the one that the answers name: the choices."""
        held = [certificate for token in state.tokens for certificate in token.certificates if certificate.for_signing]
        choices = " | ".join(c.serial for c in [certificate for _, certificate in renewable(state)] or held)
        told = f"应为以下之一：{choices} / must be one of {choices}"
        return Failure(Reason.SETTINGS_WRONG, detail=f"{self._answers.source}: serial {told}")

    def _begin(self, state: State) -> e.Event | None:
        """With a serial only what it names; where nothing can be renewed, what may be finished already."""
        if not self._answers.serial:
            return e.Started()
        held = [certificate for token in state.tokens for certificate in token.certificates]
        held = [*(certificate for _, certificate in renewable(state)), *held]  # two CAs may use one number
        named = next((c for c in held if c.serial == self._answers.serial), None)
        if named is not None:
            return e.CertificateChosen(named.fingerprint)
        return None if renewable(state) else e.Started()

    def _answer(self, state: State) -> e.Event | None:
        """What the person would do at this step, None where there is nothing to do but wait."""
        answers = self._answers
        if state.busy is not None:
            return None
        match state.step:
            case Step.WAITING:
                return self._begin(state) if state.tokens and state.desk_reachable else None
            case Step.CHOOSING:
                named = (c for _, c in renewable(state) if c.serial == answers.serial)
                return next((e.CertificateChosen(c.fingerprint) for c in named), None)
            case Step.SIGN_IN:
                return e.SignInSubmitted(answers.account, again(answers.password))
            case Step.NOTICE:
                return e.NoticeAccepted() if state.notice else None
            case Step.CARD:
                return e.RenewalRequested() if state.offer and is_named(self._answers.serial, state) else None
            case Step.AGREEMENT:
                return e.AgreementAccepted() if state.agreement else None
            case Step.FORM:
                return e.FormSubmitted(answers.form) if state.offer and state.agreement else None
            case Step.DONE:
                return e.RetirementChosen() if self._deletes(state) else None
            case Step.LOOK_PIN if len(state.tokens) > 1:
                return None  # whose PIN it is, a script cannot be asked
            case Step.LOOK_PIN | Step.REQUEST_PIN | Step.INSTALL_PIN | Step.RETIRE_PIN:
                return e.PinEntered(again(self._pin))
            case Step.REFUSED:
                return e.RenewalRequested() if may_be_paid(state) else None
            case Step.PAY_NOTICE:
                return e.PayNoticeConfirmed()
            case Step.ORDER:
                return e.PaymentOpened()
            case Step.CHANNEL:
                return e.OnlineChosen()
            case Step.METHOD:
                return e.PaymentSubmitted(answers.method, answers.invoice)
            case Step.QR:
                return self._answer_qr(state.application.attempt if state.application else None)
            case _:
                return None

    def _deletes(self, state: State) -> bool:
        """The old pair is still to be deleted."""
        return self._answers.delete_old and retirable(state) is not None

    def _answer_qr(self, attempt: Attempt | None) -> e.Event | None:
        if attempt is None:
            return None
        if attempt.method is not self._answers.method and attempt.state in SCANNABLE:
            return e.BackPressed()
        over = attempt.state in OVER or (attempt.state in SCANNABLE and attempt.expires_in <= 0)
        return e.QrRenewed() if over else None

    def _tell(self, application: Application) -> None:
        """Report what has been reached, each thing once."""
        number, attempt = application.business_no, application.attempt
        if (
            self._state.step is Step.QR
            and attempt is not None
            and attempt.state in SCANNABLE
            and attempt.method is self._answers.method
            and attempt.expires_in > 0
            and attempt.qr
            and attempt.qr not in self._told
        ):
            self._told.add(attempt.qr)
            self._report.tell(Pay(attempt.method, attempt.qr, attempt.amount_fen, number, attempt.expires_in))
        if application.status in PAID and "paid" not in self._told:
            self._told.add("paid")
            self._report.tell(Paid(number))
        if application.status in PAID - {ApplicationStatus.ISSUING} and "issued" not in self._told:
            self._told.add("issued")
            self._report.tell(Issued(number))
        new = self._state.renewed
        done = application.status is ApplicationStatus.INSTALLED and is_named(self._answers.serial, self._state)
        if done and new is not None and "installed" not in self._told:
            self._told.add("installed")
            self._report.tell(Installed(number, new.serial, new.not_before, new.not_after))
        if self._state.retired and "retired" not in self._told:
            self._told.add("retired")
            self._report.tell(Retired(number, self._state.key_left))
