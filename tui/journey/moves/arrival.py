"""Steps 1 and 2: the CA, sign-in, 供应商须知, the certificate card."""

from dataclasses import replace

from tui.core.certificate import Certificate, CertificateRef, Token, find, refer, refer_key
from tui.core.eligibility import barred, best_refused, why_not
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import LIVE, Application, ApplicationStatus
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves import looking
from tui.journey.moves.common import Next, answered, at, enter, finished, leave, refuse, resume, too_old, uncover
from tui.journey.renewable import FRESH, renewable, young_successor
from tui.journey.state import Busy, State, Step, step_of


def start(state: State, event: e.Started) -> Next:
    """One certificate leads to the sign-in, several to the choice, none to the reason why."""
    if failure := too_old(state):
        return refuse(state, failure)
    match renewable(state):
        case ():
            return _nothing_to_renew(state)
        case ((token, certificate),):
            return _begin(state, token, certificate)
        case _:
            return at(state, Step.CHOOSING), ()


def name(state: State, event: e.CertificateChosen) -> Next:
    """A certificate that a script names before anything is asked: on with it, or why it cannot be renewed."""
    found = find(state.tokens, event.fingerprint)
    if found is None or (now := state.now) is None:
        return state, ()
    if failure := too_old(state):
        return refuse(state, failure)
    reason = why_not(found[1], now, state.window)
    if reason is None:
        return _begin(state, *found)
    return refuse(replace(state, chosen=refer(*found)), Failure(reason))


def choose(state: State, event: e.CertificateChosen) -> Next:
    """The certificate that was picked among several."""
    for token, certificate in renewable(state):
        if certificate.fingerprint == event.fingerprint:
            return _begin(state, token, certificate)
    return state, ()


def _begin(state: State, token: Token, certificate: Certificate) -> Next:
    """Sign in, unless this program is too old or the token would refuse its PIN in the end."""
    if failure := too_old(state):
        return refuse(state, failure)
    state = replace(state, chosen=refer(token, certificate))
    if failure := barred(token):
        return refuse(state, failure)
    return at(state, Step.SIGN_IN), ()


def token_revealed(state: State, event: e.TokenRevealed) -> Next:
    """Begin with what can be seen now; nothing is hidden any more. Where that is nothing, the PIN's visit is over."""
    state = replace(state, chosen=None, revealed=(*state.revealed, event.token))
    state, commands = start(at(state, Step.WAITING), e.Started())
    return state, (*commands, c.SignOut()) if state.step is Step.WAITING else commands


def continue_young(state: State, event: e.RenewalRequested) -> Next:
    """Before another certificate is renewed: the desk knows whether the installation is finished."""
    young = young_successor(state)
    return _begin(state, *young) if young else (state, ())


def continue_paid(state: State, event: e.RenewalRequested) -> Next:
    """The desk knows whether there is a paid renewal to finish."""
    if not may_be_paid(state):
        return state, ()
    told_locked = state.failure is not None and state.failure.reason is Reason.PIN_LOCKED
    if state.holder is None or (told_locked and too_old(state) is None):
        return at(state, Step.SIGN_IN), ()
    return _begin(state, *state.holder)


def may_be_paid(state: State) -> bool:
    """Refused before the desk was asked, though a paid renewal may wait to be finished.

    The certificate expired or the token was locked after it was paid for, it is the new one, installed but not yet
    proved, or its successor is.
    """
    if state.step is not Step.REFUSED or state.failure is None or state.chosen is None or state.signed_in:
        return False
    match state.failure.reason:
        case Reason.CERTIFICATE_EXPIRED | Reason.ALREADY_RENEWED:
            return True
        case Reason.PIN_LOCKED:
            return state.holder is not None
        case Reason.TOO_EARLY:
            return state.holder is not None and state.now is not None and state.now < state.holder[1].not_before + FRESH
        case _:
            return False


def sign_in(state: State, event: e.SignInSubmitted) -> Next:
    """Ask the desk; the account stays in its field if that fails."""
    if state.busy:
        event.password.wipe()
        return state, ()
    account = state.account if state.covered else event.account
    state = replace(state, account=account, busy=Busy.SIGNING_IN, failure=None)
    return state, (c.SignIn(account, event.password),)


def signed_in(state: State, event: e.SignedIn) -> Next:
    """On to the notice, or back to what was covered when the CA was pulled; a sign-in that was left opens nothing."""
    if state.busy is not Busy.SIGNING_IN:
        return state, ()
    step = state.return_to if state.covered else Step.NOTICE
    return enter(replace(state, signed_in=True, desk_reachable=True, covered=False), step)


def notice_loaded(state: State, event: e.NoticeLoaded) -> Next:
    """Show it."""
    return replace(answered(state, Busy.LOADING), notice=event.notice, failure=None), ()


def accept_notice(state: State, event: e.NoticeAccepted) -> Next:
    """同意并继续."""
    return enter(state, Step.CARD) if state.notice else (state, ())


def offer_made(state: State, event: e.OfferMade) -> Next:
    """The certificate may be renewed by this account; there may be an application under way.

    Where only the key is left of a certificate that was to be replaced, the application is all there is to go on with.
    Where the certificate's successor lies beside it, an application is, and nothing is sold; nor on a locked token.
    """
    application = event.offer.application
    if application is not None and application.status is ApplicationStatus.INSTALLED:
        return finished(state, application)
    if state.holder is None and application is not None:
        return resume(replace(state, offer=event.offer, busy=None), application)
    if application is None and state.holder is not None and state.holder[1].renewed_until is not None:
        return refuse(state, Failure(Reason.ALREADY_RENEWED))
    fresh = state.step is Step.CARD and (application is None or application.status not in LIVE)
    if fresh and state.holder is not None and (locked := barred(state.holder[0])):
        return refuse(state, locked)
    failure = state.failure if state.step is Step.FORM else None
    typed = event.offer.form if event.offer.form and state.form == ApplicationForm() else state.form
    return replace(answered(state, Busy.CHECKING), offer=event.offer, form=typed, failure=failure), ()


def request_renewal(state: State, event: e.RenewalRequested) -> Next:
    """申请续期, or 继续办理 at the step where the application stands; a code that may be paid is asked about first."""
    if state.offer is None or state.busy:
        return state, ()
    if (application := under_way(state)) is not None:
        if step_of(application) is not Step.QR:
            return resume(state, application)
        return replace(state, busy=Busy.QUERYING, failure=None), (c.QueryPayment(application.business_no),)
    return enter(state, Step.AGREEMENT)


def under_way(state: State) -> Application | None:
    """The live application of this certificate, at this or any other terminal."""
    application = state.offer.application if state.offer else None
    return application if application is not None and application.status in LIVE else None


def query_answered(state: State, event: e.ApplicationSeen) -> Next:
    """On with the application as its platform knows it."""
    known = state.offer.application if state.offer and state.busy is Busy.QUERYING and not event.polled else None
    if known is None or known.business_no != event.application.business_no:
        return state, ()
    if event.application.status is ApplicationStatus.INSTALLED:  # at another terminal meanwhile
        return finished(state, event.application)
    return resume(state, event.application)


def back_to_notice(state: State, event: e.BackPressed) -> Next:
    """From the card."""
    return enter(state, Step.NOTICE)


def reload(state: State, event: e.Retried) -> Next:
    """Ask again for what the step needs."""
    return (state, ()) if state.busy else enter(state, state.step)


def ask_service(state: State, event: e.Retried) -> Next:
    """See whether the desk is there."""
    return replace(state, failure=None), (c.AskService(),)


def open_certificates(state: State, event: e.CertificatesOpened) -> Next:
    """我的证书, and back to where it was opened."""
    return at(replace(state, return_to=state.step), Step.CERTIFICATES), ()


def open_self_check(state: State, event: e.SelfCheckOpened) -> Next:
    """环境检测; from a step without a way back it leads home."""
    back = state.step if state.step is Step.TOKEN_AWAITED else Step.WAITING
    state = replace(state, return_to=state.return_to if back is Step.TOKEN_AWAITED else back)
    return check_again(at(state, Step.SELF_CHECK), e.Retried())


def check_again(state: State, event: e.Retried) -> Next:
    """Run 环境检测."""
    if state.busy or state.snapshot is None:
        return state, ()
    known = replace(state.snapshot, tokens=state.tokens)
    return replace(state, busy=Busy.SELF_CHECKING, checks=()), (c.RunSelfCheck(known),)


def self_checked(state: State, event: e.SelfChecked) -> Next:
    """Show the list."""
    return replace(state, checks=event.checks, busy=None), ()


def go_back(state: State, event: e.BackPressed) -> Next:
    """From 我的证书 or 环境检测."""
    if state.return_to is Step.WAITING and state.chosen is not None:
        return leave(state)
    return uncover(state)


def _nothing_to_renew(state: State) -> Next:
    if not state.tokens or state.now is None:
        return replace(state, failure=Failure(Reason.NO_TOKEN)), ()
    held = tuple(certificate for token in state.tokens for certificate in token.certificates)
    if not any(certificate.for_signing for certificate in held):
        if state.veiled:
            return looking.begin(state)
        if lone := _lone_key(state):
            return at(replace(state, chosen=lone), Step.SIGN_IN), ()
    turned_away = best_refused(held, state.now, state.window)
    if turned_away is None:
        return replace(state, failure=Failure(Reason.NO_CERTIFICATE)), ()
    if young := young_successor(state):
        return _begin(state, *young)
    certificate, reason = turned_away
    found = find(state.tokens, certificate.fingerprint)
    return refuse(replace(state, chosen=refer(*found) if found else None), Failure(reason))


def _lone_key(state: State) -> CertificateRef | None:
    """A key without certificate: what a replacement that was cut off leaves; the desk has both certificates."""
    return next((refer_key(token, token.bare_keys[0]) for token in state.tokens if token.bare_keys), None)
