"""Steps 3 to 5: agreement, form, PIN, the request handed in."""

from collections.abc import Callable
from dataclasses import replace

from tui.core.certificate import CertificateRef, Token, named_after
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import Application, ApplicationStatus, Term
from tui.core.secret import Pin
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves.common import Next, answered, at, enter, follow
from tui.journey.state import Busy, State, Step


def agreement_ahead(state: State, event: e.AgreementLoaded) -> Next:
    """It was asked for with the notice, and is there when its step comes."""
    return replace(state, agreement=event.agreement), ()


def agreement_loaded(state: State, event: e.AgreementLoaded) -> Next:
    """Show it; whatever changed it is said in the banner."""
    return replace(answered(state, Busy.LOADING), agreement=event.agreement), ()


def accept_agreement(state: State, event: e.AgreementAccepted) -> Next:
    """Ticked and 下一步."""
    return (at(replace(state, accepted_agreement=state.agreement), Step.FORM), ()) if state.agreement else (state, ())


def agreement_seen_again(state: State, event: e.AgreementLoaded) -> Next:
    """A draft continues with the agreement it accepted; a newer one is shown first."""
    state = replace(answered(state, Busy.LOADING), agreement=event.agreement)
    if state.application and state.application.agreement_digest != event.agreement.digest:
        return at(state, Step.AGREEMENT, Failure(Reason.AGREEMENT_CHANGED)), ()
    return state, ()


def back_to_card(state: State, event: e.BackPressed) -> Next:
    """From the agreement or the order."""
    return enter(state, Step.CARD)


def back_to_agreement(state: State, event: e.BackPressed) -> Next:
    """From the form; what was typed stays."""
    return enter(state, Step.AGREEMENT)


def back_to_form(state: State, event: e.BackPressed) -> Next:
    """From the PIN; the draft stays at the desk and is revised by the next 提交."""
    return enter(state, Step.FORM)


def edit_form(state: State, event: e.FormEdited) -> Next:
    """Keep what was typed, here and at the desk: the person may come back to it at any terminal."""
    state = replace(state, form=event.form)
    return state, (c.KeepForm(state.holder[1].der, event.form),) if state.holder and not state.busy else ()


def submit_form(state: State, event: e.FormSubmitted) -> Next:
    """提交: every field by its rule here, and again at the desk."""
    state = replace(state, form=event.form, failure=None)
    offer, holder = state.offer, state.holder
    if state.busy or offer is None or holder is None or state.agreement is None:
        return state, ()
    from tui.core.application import check, normalise  # its expressions take milliseconds to compile

    form = normalise(event.form)
    errors = check(form, tuple(term.months for term in offer.terms), state.today)
    term = chosen_term(state, form)
    if errors or term is None:
        named = tuple((name, error.value) for name, error in errors)
        return replace(state, failure=Failure(Reason.FORM_INVALID, field_errors=named)), ()
    save = c.SaveApplication(holder[1].der, state.agreement, form, term.fee_fen)
    return replace(state, form=form, busy=Busy.SAVING), (save,)


def chosen_term(state: State, form: ApplicationForm) -> Term | None:
    """The term on offer that the form names."""
    terms = state.offer.terms if state.offer else ()
    return next((term for term in terms if term.months == form.term_months), None)


def application_saved(state: State, event: e.ApplicationSaved) -> Next:
    """The draft is safe at the desk; an application already past its draft is followed instead."""
    if state.busy is not Busy.SAVING:
        return state, ()
    state = replace(state, application=event.application)
    if event.application.status is not ApplicationStatus.DRAFT:
        return enter(follow(state, e.ApplicationSeen(event.application))[0], Step.ORDER)
    return at(state, Step.REQUEST_PIN), ()


def with_pin(
    state: State,
    pin: Pin,
    working: Step,
    command: Callable[[CertificateRef, Pin, Application], c.MakeRequest | c.Install | c.Retire],
) -> Next:
    """Send the PIN to the token, once; a length that cannot be right costs no try."""
    if state.token is None or state.chosen is None or state.application is None:
        pin.wipe()
        return state, ()
    if failure := wrong_length(state.token, pin):
        pin.wipe()
        return replace(state, failure=failure), ()
    return at(state, working), (command(named_after(state.chosen, state.token), pin, state.application),)


def wrong_length(token: Token, pin: Pin) -> Failure | None:
    """A length that the token would refuse; None when it may be right."""
    longest = token.pin_max or len(pin.reveal())  # 0: the driver does not say
    if not token.pin_pad and not token.pin_min <= len(pin.reveal()) <= longest:
        return Failure(Reason.PIN_LENGTH, detail=f"{token.pin_min}-{token.pin_max}")
    return None


def make_request(state: State, event: e.PinEntered) -> Next:
    """New key pair, CSR and evidence in the token."""
    return with_pin(state, event.pin, Step.REQUESTING, c.MakeRequest)


def token_progressed(state: State, event: e.TokenProgressed) -> Next:
    """A stage of the token operation."""
    return replace(state, stage=event.stage), ()


def request_made(state: State, event: e.RequestMade) -> Next:
    """Hand it in; kept until the desk has it."""
    return _submit(replace(state, request=event.request))


def submit_request_again(state: State, event: e.Retried) -> Next:
    """Hand in once more what the token made; no PIN is needed."""
    return (state, ()) if state.busy else _submit(state)


def _submit(state: State) -> Next:
    if state.request is None or state.application is None:
        return state, ()
    submit = c.SubmitRequest(state.application.business_no, state.request)
    return replace(state, busy=Busy.HANDING_IN, failure=None), (submit,)


def request_accepted(state: State, event: e.ApplicationSeen) -> Next:
    """Told to pay; from now on the desk is watched. A draft that was changed elsewhere is shown before it is signed."""
    application = event.application
    if application.status is ApplicationStatus.DRAFT:
        if state.application and application.statement == state.application.statement:
            return state, ()
        state = replace(state, application=application, form=application.form, request=None)
        return at(state, Step.FORM, Failure(Reason.APPLICATION_MOVED_ON)), (c.StopWatching(),)
    state = replace(state, application=application, request=None)
    if application.status is not ApplicationStatus.ENTERED:
        return follow(state, event)
    return at(state, Step.PAY_NOTICE), (c.WatchApplication(application.business_no),)
