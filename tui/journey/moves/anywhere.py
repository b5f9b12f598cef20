"""Moves that are valid at every step: the token comes and goes, the desk is lost, a command failed."""

from dataclasses import replace
from datetime import datetime

from tui.core.beijing import SKEW
from tui.core.certificate import Token
from tui.core.failure import Reason
from tui.core.form.fields import InvoiceForm
from tui.core.order import LIVE
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.moves import details
from tui.journey.moves.common import Next, at, cover, enter, leave, refuse, resume, uncover
from tui.journey.state import Busy, State, Step, Trait

FINAL = frozenset(
    {
        Reason.CERTIFICATE_EXPIRED,
        Reason.TOO_EARLY,
        Reason.NOT_YET_VALID,
        Reason.FOREIGN_CERTIFICATE,
        Reason.NOT_THE_APPLICANT,
        Reason.ALREADY_RENEWED,
        Reason.KIOSK_TOO_OLD,
        Reason.KEY_UNSUPPORTED,
        Reason.CERTIFICATE_UNREADABLE,
        Reason.CERTIFICATE_MALFORMED,
        Reason.NO_TERM_LEFT,
        Reason.NO_CERTIFICATE,
        Reason.NO_SIGNING_CERTIFICATE,
        Reason.KEY_REUSED,
        Reason.REQUEST_REFUSED,
        Reason.APPLICATION_MISSING,
    }
)
"""Refusals that no repetition changes."""

PIN_OF = {
    Step.REQUESTING: Step.REQUEST_PIN,
    Step.INSTALLING: Step.INSTALL_PIN,
    Step.RETIRING: Step.RETIRE_PIN,
}
"""Where a token operation that failed is tried again, by the person."""

ASKED_AT = {
    "Start": {Step.WAITING},
    "WatchTokens": {Step.WAITING},
    "AskService": {Step.WAITING},
    "Look": {Step.LOOK_PIN},
    "ChangePin": {Step.CHANGE_PIN},
    "SignIn": {Step.SIGN_IN},
    "LoadNotice": {Step.NOTICE},
    "AskOffer": {Step.CARD, Step.FORM},
    "LoadAgreement": {Step.AGREEMENT, Step.FORM},
    "SaveApplication": {Step.FORM},
    "MakeRequest": {Step.REQUESTING},
    "SubmitRequest": {Step.REQUESTING},
    "Pay": {Step.METHOD, Step.QR},
    "QueryPayment": {Step.CARD, Step.QR},
    "EndPayment": {Step.QR},
    "Withdraw": {Step.ORDER},
    "Install": {Step.INSTALLING},
    "Retire": {Step.RETIRING},
    "Confirm": {Step.INSTALLING},
    "RunSelfCheck": {Step.SELF_CHECK},
    "ReadDetails": {Step.DETAILS},
    "WatchApplication": {step for step in Step if Trait.FOLLOWED in step.traits},
}
"""Where a command's failure means something; one that comes after the person has moved on is dropped."""

BUSY_OF = {
    "SignIn": Busy.SIGNING_IN,
    "LoadNotice": Busy.LOADING,
    "AskOffer": Busy.CHECKING,
    "LoadAgreement": Busy.LOADING,
    "SaveApplication": Busy.SAVING,
    "SubmitRequest": Busy.HANDING_IN,
    "Pay": Busy.ORDERING,
    "QueryPayment": Busy.QUERYING,
    "EndPayment": Busy.ENDING_PAYMENT,
    "Withdraw": Busy.WITHDRAWING,
    "Confirm": Busy.CONFIRMING,
    "RunSelfCheck": Busy.SELF_CHECKING,
}
"""What is under way while the desk is asked: another act of the person's does not end by this one's failure."""


def tokens_seen(state: State, event: e.TokensSeen) -> Next:
    """The inserted tokens as they now are."""
    pulled = state.token is not None
    state = replace(state, snapshot=event.snapshot, now=event.at, revealed=_still_known(state, event.snapshot))
    state = details.without(state)
    if state.step is Step.WAITING:
        return replace(state, failure=None), ()
    if state.step is Step.CHOOSING:
        return (state, ()) if state.tokens else leave(state)
    if state.step is Step.TOKEN_AWAITED:
        return _awaited(state) if state.token is None else uncover(state)
    if state.chosen is None or state.token is not None:
        return state, ()
    if Trait.NEEDS_TOKEN in state.step.traits:
        return _awaited(at(state, state.step, state.failure))
    if state.step is Step.METHOD and pulled:  # it opens without the CA, too, and shows the invoice
        return at(cover(state, Step.METHOD), Step.TOKEN_AWAITED), ()
    if Trait.BESIDE in state.step.traits:
        return cover(state, state.return_to), ()
    if Trait.ENDS_WITH_TOKEN in state.step.traits:
        undecided = state.step is Step.CHANGE_PIN and state.failure is not None and state.failure.token_changed
        return (state, ()) if undecided else leave(state)  # which PIN holds is told first
    if pulled and state.signed_in and not state.token_working:  # paying goes on, without what leads back to the form
        return replace(state, covered=True, invoice=InvoiceForm()), ()
    return state, ()


def _awaited(state: State) -> Next:
    """Another CA is in, or the same without its old pair, renewed at another kiosk meanwhile: the desk can tell."""
    application = state.application
    if not state.tokens or not state.signed_in or application is None or application.status not in LIVE:
        return state, ()
    return state, (c.WatchApplication(application.business_no),)


def _still_known(state: State, snapshot: Snapshot) -> tuple[Token, ...]:
    """What the PIN has shown, while its token is in, or is awaited by the person whose certificate it holds."""
    if state.chosen is not None:
        return state.revealed
    present = {(token.module, token.label, token.serial) for token in snapshot.tokens}
    return tuple(known for known in state.revealed if (known.module, known.label, known.serial) in present)


def service_seen(state: State, event: e.ServiceSeen) -> Next:
    """The desk is there; where this machine's clock is wrong the desk's counts, which will judge the certificate."""
    now = _set_right(state.now, event.service.time)
    return replace(state, service=event.service, now=now, desk_reachable=True, desk_failure=None), ()


def desk_lost(state: State, event: e.DeskLost) -> Next:
    """Said on the status line; the poll goes on. A desk that is not trusted for its dates alone tells the time."""
    now = _set_right(state.now, event.failure.desk_time)
    return replace(state, now=now, desk_reachable=False, desk_failure=event.failure), ()


def _set_right(now: datetime | None, desk: datetime | None) -> datetime | None:
    """The desk's time where it tells one and this machine's is known to differ by more than is harmless."""
    return now if now is None or desk is None or abs(now - desk) <= SKEW else desk


def failed(state: State, event: e.Failed) -> Next:
    """A command ended in a failure: to the step where the person can do something about it."""
    meanwhile = state.busy is not None and event.command in BUSY_OF and state.busy is not BUSY_OF[event.command]
    if state.step not in ASKED_AT.get(event.command, ()) or meanwhile:
        return state, ()
    failure = event.failure
    match failure.reason, state.step:
        case Reason.SESSION_ENDED, _:
            return at(replace(state, signed_in=False, covered=True, return_to=Step.NOTICE), Step.SIGN_IN, failure), ()
        case reason, _ if reason in FINAL:
            return refuse(state, failure)
        case Reason.AGREEMENT_CHANGED, _:
            return enter(replace(state, agreement=None), Step.AGREEMENT, failure)
        case ((Reason.PRICE_CHANGED | Reason.TERM_TOO_LONG), (Step.FORM | Step.REQUESTING)) if state.holder is not None:
            return at(state, Step.FORM, failure), (c.AskOffer(state.holder[1].der),)
        case _, Step.CARD if event.command == "QueryPayment":
            known = state.offer.application if state.offer and state.busy is Busy.QUERYING else None
            return resume(state, known) if known else (state, ())
        case ((Reason.APPLICATION_MOVED_ON | Reason.ALREADY_PAID), _) if state.application is not None:
            watch = c.WatchApplication(state.application.business_no)
            return replace(state, busy=None, failure=failure), (watch,)
        case Reason.PIN_EXPIRED, Step.LOOK_PIN | Step.REQUESTING | Step.INSTALLING:  # there it can be changed
            return refuse(state, failure)
        case _, step if step in PIN_OF and event.command in ("MakeRequest", "Install", "Retire"):
            return at(state, PIN_OF[step], failure), ()
        case Reason.PROOF_REFUSED, Step.INSTALLING:
            return at(replace(state, installation=None), Step.INSTALL_PIN, failure), ()
        case _:
            return replace(state, busy=None, failure=failure), ()
