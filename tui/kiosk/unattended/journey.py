"""Run the journey without screens (`ca-kiosk renew`): the same flow and runtime, answers from a file."""

import queue
from dataclasses import replace
from time import monotonic

from tui.core.exits import Exit, exit_of
from tui.core.failure import Failure, Reason
from tui.core.form.kinds import IdType
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.core.secret import Pin
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.arrival import may_be_paid
from tui.journey.renewable import renewable
from tui.journey.state import State, Step
from tui.kiosk.ports import Runtime
from tui.kiosk.unattended.acts import Person
from tui.kiosk.unattended.answers import KEYS, Answers
from tui.kiosk.unattended.milestones import Milestones
from tui.kiosk.unattended.report import Report, failed

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
"""Seconds for which a step is tried again after this failure; every other failure ends the journey.

All are the desk's: the PIN that is entered again has not been sent to the token.
"""

PAUSE, LONGEST_PAUSE = 2.0, 30.0
"""Seconds between two tries."""

_PASSED = frozenset({Step.PAY_NOTICE, Step.ORDER})
"""Steps that lead on at once, with no look at the application: what the desk is asked next tells all that it would."""

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
        events: "queue.SimpleQueue[e.Event]",
    ) -> None:
        """`events` is where the runtime, which was started, posts."""
        self._runtime, self._report = runtime, report
        self._answers, self._person = answers, Person(answers, pin)
        self._milestones = Milestones(report, self._person)
        self._events = events
        self._state = State()
        self._begun = monotonic()
        self._answered: State | None = None
        """The state that was answered last; an answer that moved nothing is not given again."""
        self._failing: tuple[Reason, Step, float] | None = None
        """The failure that is being waited out, where, and since when."""
        self._again_at = 0.0
        self._desk_lost = Failure(Reason.DESK_TIMEOUT)

    def run(self) -> Exit:
        """The whole journey; whatever ends it, the secrets are wiped and the ports closed."""
        self._begun = monotonic()
        try:
            while (code := self._end()) is None:
                if (event := self._next()) is not None:
                    self._take(event)
            return code
        finally:
            self._runtime.stop()
            self._person.pin.wipe()
            self._answers.password.wipe()

    def _take(self, event: e.Event) -> None:
        if isinstance(event, e.DeskLost):
            self._desk_lost = event.failure
        before = self._state
        self._state, commands = advance(before, event)
        for command in commands:
            if not (isinstance(command, c.WatchApplication) and self._state.step in _PASSED):
                self._runtime.run(command)
        self._report.progress(before, self._state)
        if self._state.failure is not before.failure or self._state.step is not before.step:
            self._note_failure()
        self._milestones.look(self._state)

    def _next(self) -> e.Event | None:
        """The answer to the state as it is, else what happens next; None when a time has passed instead."""
        state, now = self._state, monotonic()
        wait: float | None = None
        if self._failing is not None and state.failure is not None:
            if now >= self._again_at:
                self._again_at = now + LONGEST_PAUSE
                return self._person.act(replace(state, failure=None)) or e.Retried()
            wait = self._again_at - now
        elif state != self._answered and (event := self._person.act(state)) is not None:
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
            since = failing[2] if failing is not None and known else monotonic()
            self._failing = (failure.reason, state.step, since)
            self._again_at = monotonic() + min(failure.retry_after or PAUSE, LONGEST_PAUSE)

    def _end(self) -> Exit | None:
        """The exit code once the journey is over."""
        state = self._state
        if state.step is Step.DONE and self._person.means(state) and not self._person.deletes(state):
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
            case Step.CARD | Step.DONE if not self._person.means(state):
                return self._wrong_serial(state)
            case Step.CHOOSING if self._person.act(state) is None:
                return self._wrong_serial(state)
            case Step.WAITING if failure is None and monotonic() >= self._begun + GRACE and not self._person.act(state):
                return self._absent(state)
        if failure is None:
            return None
        if self._failing is None or failure.reason not in PATIENCE:
            return failure
        return failure if monotonic() - self._failing[2] > PATIENCE[failure.reason] else None

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
