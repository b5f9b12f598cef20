"""Whatever can happen at a step: a person who presses anything, a token that comes and goes, answers that are late."""

from collections.abc import Iterator
from dataclasses import field, replace
from random import Random

from tests.harness.journey.walk import BACK_IN, EMPTY, INSTALLATION, NEW, PAYING, REQUEST
from tests.harness.people import (
    AGREEMENT,
    ATTEMPT,
    FORM,
    INVOICE,
    NOTICE,
    NOW,
    OFFER,
    OLD,
    REF,
    SERVICE,
    TOKEN,
    application,
    token,
)
from tui.core.details import Details
from tui.core.failure import Failure, Reason
from tui.core.frozen import frozen
from tui.core.order import LIVE, ApplicationStatus, PaymentStatus
from tui.core.secret import Password, Pin
from tui.core.token import Snapshot, TokenStage
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.flow import JOURNEY
from tui.journey.state import State, Step

_PAID = {ApplicationStatus.ISSUING, ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED}
_HAS_CERTIFICATE = {ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED}
APPLICATIONS = (
    PAYING,
    *(
        application(
            status,
            payment_status=PaymentStatus.PAID if status in _PAID else PaymentStatus.UNPAID,
            certificate=NEW.der if status in _HAS_CERTIFICATE else b"",
        )
        for status in ApplicationStatus
    ),
)
_TOKEN = (Reason.WRONG_PIN, Reason.TOKEN_REMOVED, Reason.DRIVER_HUNG)
_DESK = (Reason.DESK_TIMEOUT, Reason.SESSION_ENDED)
REFUSALS: dict[str, tuple[Reason, ...]] = {
    "Look": _TOKEN,
    "ChangePin": _TOKEN,
    "MakeRequest": (*_TOKEN, *_DESK, Reason.APPLICATION_MISSING),
    "Install": _TOKEN,
    "Retire": _TOKEN,
    "AskService": (Reason.DESK_TIMEOUT,),
    "SignIn": (Reason.DESK_TIMEOUT, Reason.WRONG_PASSWORD),
    "LoadNotice": _DESK,
    "LoadAgreement": _DESK,
    "AskOffer": (*_DESK, Reason.NOT_THE_APPLICANT, Reason.CERTIFICATE_EXPIRED),
    "SaveApplication": (*_DESK, Reason.AGREEMENT_CHANGED, Reason.PRICE_CHANGED, Reason.FORM_INVALID),
    "SubmitRequest": (*_DESK, Reason.APPLICATION_MOVED_ON, Reason.REQUEST_REFUSED, Reason.TERM_TOO_LONG),
    "Pay": (*_DESK, Reason.APPLICATION_MOVED_ON, Reason.ALREADY_PAID, Reason.PAYMENT_PENDING),
    "QueryPayment": _DESK,
    "EndPayment": (*_DESK, Reason.ALREADY_PAID),
    "Withdraw": (*_DESK, Reason.APPLICATION_MOVED_ON, Reason.ALREADY_PAID),
    "Confirm": (*_DESK, Reason.PROOF_REFUSED, Reason.APPLICATION_MOVED_ON),
    "WatchApplication": _DESK,
    "RunSelfCheck": (Reason.KIOSK_FAULT,),
}
ANSWERS: dict[type, frozenset[str]] = {
    e.ServiceSeen: frozenset({"AskService"}),
    e.SignedIn: frozenset({"SignIn"}),
    e.NoticeLoaded: frozenset({"LoadNotice"}),
    e.OfferMade: frozenset({"AskOffer"}),
    e.AgreementLoaded: frozenset({"LoadAgreement"}),
    e.ApplicationSaved: frozenset({"SaveApplication"}),
    e.ApplicationSeen: frozenset({"SubmitRequest", "Pay", "QueryPayment", "EndPayment", "Withdraw", "MakeRequest"}),
    e.TokenRevealed: frozenset({"Look"}),
    e.PinChanged: frozenset({"ChangePin"}),
    e.RequestMade: frozenset({"MakeRequest"}),
    e.Installed: frozenset({"Install"}),
    e.Retired: frozenset({"Retire"}),
    e.SelfChecked: frozenset({"RunSelfCheck"}),
    e.DetailsRead: frozenset({"ReadDetails"}),
}
"""The commands that an event answers, by name."""
_TOKEN_WORKS = ANSWERS[e.TokenRevealed] | {"ChangePin", "MakeRequest", "Install", "Retire"}
_PERSON: tuple[e.Event, ...] = (
    e.Started(),
    e.LookChosen(),
    e.CertificateChosen(OLD.fingerprint),
    e.NoticeAccepted(),
    e.RenewalRequested(),
    e.AgreementAccepted(),
    e.FormEdited(FORM),
    e.FormSubmitted(FORM),
    e.PayNoticeConfirmed(),
    e.PaymentOpened(),
    e.WithdrawalConfirmed(),
    e.OnlineChosen(),
    e.InvoiceEdited(ATTEMPT.method, INVOICE),
    e.PaymentSubmitted(ATTEMPT.method, INVOICE),
    e.PaymentClaimed(),
    e.QrRenewed(),
    e.RetirementChosen(),
    e.BackPressed(),
    e.Abandoned(),
    e.TimedOut(),
    e.Retried(),
    e.CertificatesOpened(),
    e.SelfCheckOpened(),
    e.PinChangeOpened(),
    e.DetailsOpened(REF),
)
_OUTSIDE: tuple[e.Event, ...] = (
    *[BACK_IN] * 4,
    EMPTY,
    e.TokensSeen(Snapshot((token(OLD, NEW),)), NOW),
    e.TokensSeen(Snapshot((token(OLD, serial="S2"),)), NOW),
    e.TokensSeen(Snapshot((token(hides=True),)), NOW),
    e.ServiceSeen(SERVICE),
    e.DeskLost(Failure(Reason.DESK_TIMEOUT)),
)
_ANSWERED: tuple[e.Event, ...] = (
    e.SignedIn(),
    e.NoticeLoaded(NOTICE),
    e.OfferMade(OFFER),
    *(e.OfferMade(replace(OFFER, application=seen)) for seen in APPLICATIONS),
    e.AgreementLoaded(AGREEMENT),
    *(e.ApplicationSaved(seen) for seen in APPLICATIONS if seen.status in LIVE),
    *(e.ApplicationSeen(seen) for seen in APPLICATIONS if seen.status is not ApplicationStatus.DRAFT),
    e.TokenRevealed(TOKEN),
    e.PinChanged(),
    e.RequestMade(REQUEST),
    e.Installed(INSTALLATION),
    e.Retired(),
    e.SelfChecked(()),
    e.DetailsRead(OLD.der, Details()),
)
_POLLED = tuple(e.ApplicationSeen(seen, polled=True) for seen in APPLICATIONS)
_ASIDE = {e.BackPressed, e.Retried, e.LookChosen, e.CertificatesOpened, e.SelfCheckOpened, e.PinChangeOpened}


def _is_old_answer(event: e.Event, state: State) -> bool:
    """What is waited for is answered with no less than what is known already."""
    if not isinstance(event, e.ApplicationSeen) or event.polled or state.application is None:
        return False
    life = list(ApplicationStatus)
    return life.index(event.application.status) < life.index(state.application.status)


@frozen
class Asked:
    """What the runtime is at: an answer comes at any time, or never, and none after the sign-out."""

    under_way: frozenset[str] = field(default_factory=frozenset)
    """Commands by name."""
    watching: bool = False

    def after(self, event: e.Event, commands: tuple[c.Command, ...], dice: Random) -> "Asked":
        """What has been answered, and what is asked now; which of several commands an event answered, nobody knows."""
        names = [type(command).__name__ for command in commands]
        if "SignOut" in names:
            return Asked(frozenset(names) - {"SignOut"})
        answered = {event.command} if isinstance(event, e.Failed) else ANSWERS.get(type(event), frozenset())
        if isinstance(event, e.ApplicationSeen):
            several = sorted(self.under_way & answered)
            answered = {dice.choice(several)} if several and not event.polled else set()
        watching = "WatchApplication" in names or (self.watching and "StopWatching" not in names)
        under_way = (self.under_way - answered) | set(names) - {"WatchApplication", "StopWatching", "KeepForm"}
        return Asked(under_way, watching)

    def possible(self) -> Iterator[e.Event]:
        """Every event that may come now, with secrets of its own."""
        yield from _PERSON
        yield from _OUTSIDE
        yield e.SignInSubmitted("supplier01", Password(b"Renew2026"))
        yield e.PinEntered(Pin(b"123456"))
        yield e.NewPinEntered(Pin(b"123456"), Pin(b"654321"))
        yield from (event for event in _ANSWERED if self.under_way & ANSWERS[type(event)])
        if "Confirm" in self.under_way:
            yield e.ApplicationSeen(next(a for a in APPLICATIONS if a.status is ApplicationStatus.INSTALLED))
        if self.under_way & _TOKEN_WORKS:
            yield e.TokenProgressed(TokenStage.KEY_PAIR)
        if self.watching:
            yield from _POLLED
        for name in self.under_way | ({"WatchApplication"} if self.watching else set()):
            yield from (e.Failed(Failure(reason), name) for reason in REFUSALS.get(name, ()))

    def next(self, state: State, dice: Random) -> e.Event:
        """One of them, more often one that the step has a row for and that leads on."""
        if state.step is not Step.WAITING and dice.random() < 0.04:
            return EMPTY
        kinds: dict[type, list[e.Event]] = {}
        for event in self.possible():
            if not (state.busy and _is_old_answer(event, state)):
                kinds.setdefault(type(event), []).append(event)
        if not state.tokens:
            kinds[e.TokensSeen] = [BACK_IN]
        onward = [kind for kind in kinds if kind in JOURNEY[state.step] and kind not in _ASIDE]
        onward = onward if state.tokens else [e.TokensSeen]
        return dice.choice(kinds[dice.choice(onward if onward and dice.random() < 0.85 else list(kinds))])
