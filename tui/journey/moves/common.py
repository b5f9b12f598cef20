"""What several moves share: entering a step, leaving for good, following the application to its step."""

from dataclasses import replace

from tui import __version__
from tui.core import version
from tui.core.certificate import find, refer
from tui.core.failure import UNANSWERED, Failure, Reason
from tui.core.order import SHOWN_ATTEMPT, Application, ApplicationStatus
from tui.core.token import Installation
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.state import Busy, State, Step, Trait, step_of

Next = tuple[State, tuple[c.Command, ...]]


_LIFE = tuple(ApplicationStatus)
"""In the order of an application's life: the desk goes back in it only where it tells of one more refund."""


def at(state: State, step: Step, failure: Failure | None = None) -> State:
    """The state at another step, with nothing under way; a step that needs the CA waits for it to be put back.

    What is covered asks for the account's password before it is shown.
    """
    if Trait.NEEDS_TOKEN in step.traits and state.chosen is not None and state.token is None:
        state, step = cover(state, step), Step.TOKEN_AWAITED
    elif Trait.TYPED in step.traits and state.covered:
        state, step = replace(state, return_to=step), Step.SIGN_IN
    return replace(state, step=step, busy=None, stage=None, failure=failure)


def answered(state: State, busy: Busy) -> State:
    """With nothing under way if it was this; an answer of a step that was left ends nothing that came after it."""
    return replace(state, busy=None) if state.busy is busy else state


def cover(state: State, step: Step) -> State:
    """The CA is gone, and `step` waits for it; of somebody who has not signed in nothing stays."""
    if step is Step.SIGN_IN and state.covered:
        return state
    account = state.account if state.signed_in else ""
    return replace(state, return_to=step, account=account, covered=state.signed_in)


def uncover(state: State) -> Next:
    """To the step that waited, by way of the password where it shows what was typed."""
    return (at(state, Step.SIGN_IN), ()) if state.asks_password else enter(state, state.return_to)


def enter(state: State, step: Step, failure: Failure | None = None) -> Next:
    """Go to a step and ask for what its screen needs and does not have yet."""
    state = at(state, step, failure)
    match state.step:
        case Step.NOTICE if state.notice is None:
            return replace(state, busy=Busy.LOADING), (c.LoadNotice(), c.LoadAgreement())
        case Step.CARD if state.holder is not None:
            return replace(state, busy=Busy.CHECKING), (c.AskOffer(state.holder[1].der),)
        case Step.CARD if state.chosen is not None:
            return replace(state, busy=Busy.CHECKING), (c.AskOffer(b"", state.chosen.spki),)
        case Step.AGREEMENT | Step.FORM if state.agreement is None:
            return replace(state, busy=Busy.LOADING), (c.LoadAgreement(),)
        case Step.ORDER | Step.QR | Step.ISSUING if state.application is not None:  # the desk moves it on by itself
            return state, (c.WatchApplication(state.application.business_no),)
        case _:
            return state, ()


def leave(state: State, event: object = None) -> Next:
    """Back to the waiting screen with nothing of the person left; the application stays at the desk."""
    if state.token_working:
        return state, ()
    fresh = State(
        now=state.now,
        snapshot=state.snapshot,
        service=state.service,
        desk_reachable=state.desk_reachable,
        desk_failure=state.desk_failure,
    )
    return fresh, (c.SignOut(),)


def refuse(state: State, failure: Failure) -> Next:
    """No way on: say why, and what the way out is."""
    return at(state, Step.REFUSED, failure), (c.StopWatching(),)


def finished(state: State, application: Application) -> Next:
    """续期已完成, here or elsewhere, now or earlier: both certificates as the token holds them.

    Without the new one on a token that is in, the person is told no more than that the old one was renewed.
    """
    state = replace(state, application=application)
    held = [(token, certificate) for token in state.tokens for certificate in token.certificates]
    token, new = next((found for found in held if found[1].der == application.certificate), (None, None))
    if token is None or new is None:
        return refuse(state, Failure(Reason.ALREADY_RENEWED))
    old = find(state.tokens, application.fingerprint)
    both = Installation(old[1], new, b"") if old else None
    state = state if state.token else replace(state, chosen=refer(token, new))
    return at(replace(state, finished=new, installation=both), Step.DONE), (c.StopWatching(),)


def follow(state: State, event: e.ApplicationSeen) -> Next:
    """Take the application as it now is and go where it has moved to; a poll never disturbs what is under way."""
    application, known = event.application, state.application
    if known is not None:
        if _is_older(application, known):
            return state, ()
        application = max(application, known, key=_age)  # one from before a refund only ends the wait for it
    state = replace(state, application=application, desk_reachable=True)
    if not _asks_one_sum(application):
        return refuse(state, Failure(Reason.ORDER_MISMATCH))
    match application.status:
        case ApplicationStatus.DRAFT:
            return state, (c.StopWatching(),)
        case ApplicationStatus.ENTERED:
            return _follow_payment(state, application, event.polled)
        case ApplicationStatus.ISSUING:
            watch = () if event.polled else (c.WatchApplication(application.business_no),)
            return (state if state.step is Step.ISSUING else at(state, Step.ISSUING)), watch
        case ApplicationStatus.ISSUED if state.step is Step.TOKEN_AWAITED and state.return_to is Step.INSTALL_PIN:
            return state, (c.StopWatching(),)  # what went wrong there stays told
        case ApplicationStatus.ISSUED:
            return at(state, Step.INSTALL_PIN), (c.StopWatching(),)
        case ApplicationStatus.INSTALLED:
            return finished(state, application)
        case ApplicationStatus.WITHDRAWN | ApplicationStatus.LAPSED | ApplicationStatus.FAILED:
            return at(state, Step.WITHDRAWN), ()


def _is_older(application: Application, known: Application) -> bool:
    """Another one, or an answer that took longer than later news."""
    moved = application.status is not known.status
    return application.business_no != known.business_no or (moved and _age(application) < _age(known))


def _age(application: Application) -> tuple[int, int]:
    """Refunds first: money that its platform takes back before the issue makes the application unpaid again."""
    return len(application.refunds), _LIFE.index(application.status)


def _asks_one_sum(application: Application) -> bool:
    """Whether order and payment code ask for the same money; once it is paid the desk alone compares."""
    order, attempt = application.order, application.attempt
    if application.status is not ApplicationStatus.ENTERED or order is None:
        return True
    shown = attempt is not None and attempt.state in SHOWN_ATTEMPT
    return order.adds_up and (attempt is None or not shown or attempt.amount_fen == order.total_fen)


def _follow_payment(state: State, application: Application, polled: bool) -> Next:
    busy = None if not polled else state.busy
    shown = application.attempt is not None and application.attempt.state in SHOWN_ATTEMPT
    match state.step, state.busy:
        case Step.METHOD, Busy.ORDERING if shown and not polled:
            return at(state, Step.QR), (c.WatchApplication(application.business_no),)
        case Step.METHOD, Busy.ORDERING if not polled:  # its code was over before it could be shown
            return replace(state, busy=None, failure=Failure(Reason.PAYMENT_REFUSED)), ()
        case Step.QR, Busy.ENDING_PAYMENT if not polled:
            return at(state, Step.METHOD), ()
        case Step.TOKEN_AWAITED, _ if shown and not polled and state.return_to is Step.METHOD:
            return replace(state, return_to=Step.QR), ()
        case Step.QR, None if polled and state.failure is not None and state.failure.reason in UNANSWERED:
            return replace(state, failure=None), ()
        case Step.QR, Busy.QUERYING if not polled:
            return replace(state, busy=None, failure=Failure(Reason.NOT_PAID_YET)), ()
        case Step.ISSUING, _:  # taken back by its platform
            return at(state, Step.ORDER), ()
        case _:
            return replace(state, busy=busy), ()


def resume(state: State, application: Application) -> Next:
    """Continue an application that is under way, at the step where it stands."""
    if not _asks_one_sum(application):
        return refuse(replace(state, application=application), Failure(Reason.ORDER_MISMATCH))
    attempt = application.attempt
    typed = state.form if state.application and state.application.business_no == application.business_no else None
    kept = state.offer.form if state.offer else None
    state = replace(
        state,
        application=application,
        form=typed or (kept if application.status is ApplicationStatus.DRAFT else None) or application.form,
        invoice=application.invoice or state.invoice,
        method=attempt.method if attempt else state.method,
    )
    return enter(state, step_of(application))


def too_old(state: State) -> Failure | None:
    """The desk asks for a newer program than this."""
    return version.too_old(__version__, state.service.minimum_version) if state.service else None
