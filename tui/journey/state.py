"""Where one person's journey stands: everything a screen needs to draw itself, and nothing secret."""

from dataclasses import field
from datetime import date, datetime, timedelta
from enum import Enum, Flag, auto
from typing import TYPE_CHECKING

from tui.core.beijing import beijing
from tui.core.certificate import (
    RENEWAL_WINDOW,
    Certificate,
    CertificateRef,
    CertificateState,
    Token,
    find,
    find_token,
    likeliest,
    revealed,
)
from tui.core.failure import Failure, Money
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.frozen import frozen
from tui.core.payment_method import MANUAL, PaymentMethod
from tui.core.succession import arranged

if TYPE_CHECKING:  # the first screen draws a state without them
    from tui.core.details import Details
    from tui.core.order import Application, Document, Offer, ServiceStatus
    from tui.core.token import Installation, KeyLeft, SignedRequest, Snapshot, TokenStage
    from tui.journey.ports import Check


class Trait(Flag):
    """What rules of the whole journey ask about a step."""

    NEEDS_TOKEN = auto()
    """Without the CA it waits for it; paying goes on without it."""
    TYPED = auto()
    """It shows what a person typed, or leads to it. METHOD, which shows the invoice, needs no CA."""
    PIN = auto()
    """The CA password is entered."""
    HINTED = auto()
    """The demo's account and passwords are wanted, as they are where a PIN is."""
    TOKEN_WORKS = auto()
    """The desk's part of it is `busy`."""
    FOLLOWED = auto()
    """The application is watched meanwhile."""
    ENDS_WITH_TOKEN = auto()
    """Taking the CA out here means that the person goes."""
    BESIDE = auto()
    """It shows nothing that was typed, and leads back to a step that may."""


_NONE, _TYPED, _PIN = Trait(0), Trait.NEEDS_TOKEN | Trait.TYPED, Trait.NEEDS_TOKEN | Trait.PIN


class Step(Enum):
    """The steps by name, each with its number on the step indicator (0 for those beside it) and its traits."""

    def __new__(cls, name: str, stage: int, traits: Trait = _NONE) -> "Step":
        member = object.__new__(cls)
        member._value_ = name
        member.stage = stage
        member.traits = traits
        return member

    stage: int
    traits: Trait

    WAITING = "waiting", 1, Trait.HINTED
    """Insert the CA."""
    CHOOSING = "choosing", 1
    """Several certificates could be renewed."""
    LOOK_PIN = "look_pin", 1, _PIN
    """Nothing is visible before the PIN: enter it to look."""
    SIGN_IN = "sign_in", 1, Trait.NEEDS_TOKEN | Trait.HINTED
    NOTICE = "notice", 1, _TYPED
    """供应商须知."""
    CARD = "card", 2, _TYPED
    """Certificate card and 申请续期."""
    AGREEMENT = "agreement", 3, _TYPED
    FORM = "form", 4, _TYPED
    REQUEST_PIN = "request_pin", 5, _PIN | _TYPED
    REQUESTING = "requesting", 5, Trait.TOKEN_WORKS
    """New key pair, request, evidence, hand-in."""
    PAY_NOTICE = "pay_notice", 5, Trait.FOLLOWED
    """Told to pay, 确定."""
    ORDER = "order", 6, Trait.FOLLOWED
    CHANNEL = "channel", 6, Trait.FOLLOWED
    """在线支付, 下一步."""
    METHOD = "method", 7, Trait.FOLLOWED
    """支付方式 and 电子发票."""
    QR = "qr", 7, Trait.FOLLOWED
    ISSUING = "issuing", 8, Trait.FOLLOWED
    """支付成功, waiting for the certificate."""
    INSTALL_PIN = "install_pin", 8, _PIN
    INSTALLING = "installing", 8, Trait.TOKEN_WORKS
    DONE = "done", 8, Trait.ENDS_WITH_TOKEN
    RETIRE_PIN = "retire_pin", 8, _PIN
    """The old pair is to be deleted: the PIN once more."""
    RETIRING = "retiring", 8, Trait.TOKEN_WORKS
    WITHDRAWN = "withdrawn", 0, Trait.FOLLOWED
    """The application ended without a certificate; says where the money is."""
    TOKEN_AWAITED = "token_awaited", 0
    """The same CA must be put back."""
    REFUSED = "refused", 0, Trait.ENDS_WITH_TOKEN
    """No way on; says why and the way out."""
    CERTIFICATES = "certificates", 0, Trait.BESIDE
    """我的证书."""
    DETAILS = "details", 0, Trait.BESIDE
    """证书详情: one of them in all its parts."""
    SELF_CHECK = "self_check", 0, Trait.BESIDE
    """环境检测."""
    CHANGE_PIN = "change_pin", 0, Trait.ENDS_WITH_TOKEN | Trait.HINTED
    """修改CA密码: the old one and the new one."""


class Busy(Enum):
    """What is under way; the screen shows it in words after 0.1 s."""

    LOOKING = "looking"
    SIGNING_IN = "signing_in"
    LOADING = "loading"
    CHECKING = "checking"
    SAVING = "saving"
    HANDING_IN = "handing_in"
    ORDERING = "ordering"
    QUERYING = "querying"
    ENDING_PAYMENT = "ending_payment"
    WITHDRAWING = "withdrawing"
    CONFIRMING = "confirming"
    SELF_CHECKING = "self_checking"
    CHANGING_PIN = "changing_pin"


@frozen
class State:
    """The whole journey at one moment."""

    step: Step = Step.WAITING
    now: datetime | None = None
    """Time of the latest snapshot, aware UTC; what the certificates' states are judged by."""
    snapshot: "Snapshot | None" = None
    """None until the token hosts have reported for the first time."""
    revealed: tuple[Token, ...] = ()
    """Tokens as they were seen after the PIN: what is private on them is in no later snapshot."""
    chosen: CertificateRef | None = None
    account: str = field(default="", repr=False)
    signed_in: bool = False
    service: "ServiceStatus | None" = None
    desk_reachable: bool | None = None
    desk_failure: Failure | None = None
    """Why the desk was lost last, while it is not reachable."""
    notice: "Document | None" = None
    agreement: "Document | None" = None
    accepted_agreement: "Document | None" = None
    offer: "Offer | None" = None
    form: ApplicationForm = field(default_factory=ApplicationForm)
    method: PaymentMethod = PaymentMethod.ALIPAY
    invoice: InvoiceForm = field(default_factory=InvoiceForm)
    application: "Application | None" = None
    stage: "TokenStage | None" = None
    """Progress of the token operation under way."""
    busy: Busy | None = None
    failure: Failure | None = None
    """Shown on the step's screen; goes away with the next act."""
    return_to: Step = Step.WAITING
    """Where TOKEN_AWAITED, CERTIFICATES (and DETAILS by it) and SELF_CHECK lead back to, and SIGN_IN when `covered`."""
    covered: bool = False
    """The CA was pulled or the session ended since the sign-in: the form is shown again only after the password."""
    request: "SignedRequest | None" = None
    """Made by the token, kept until the desk has it: handing it in again needs no PIN."""
    installation: "Installation | None" = None
    """Old and new certificate as read back from the token, and the proof for the desk."""
    finished: Certificate | None = None
    """The new certificate of a renewal that was finished earlier, as the token holds it."""
    looked_at: CertificateRef | None = None
    """At DETAILS: which certificate."""
    details: "Details | None" = None
    """At DETAILS: what it says, once it has been read."""
    checks: "tuple[Check, ...]" = ()
    retired: bool = False
    """The old pair was deleted, with the person's consent."""
    key_left: "KeyLeft | None" = None
    """Why the old key stayed though it was to be deleted with its certificate."""
    pin_changed: bool = False
    """At CHANGE_PIN: the new PIN is in force."""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The inserted tokens with all that is known to be on them, none before the first snapshot."""
        seen = self.snapshot.tokens if self.snapshot else ()
        return arranged(tuple(revealed(token, self.revealed) for token in seen)) if self.revealed else seen

    @property
    def veiled(self) -> Token | None:
        """The token whose certificates may be visible only after the PIN, where no visible one can be renewed."""
        if any(self.is_renewable(certificate) for token in self.tokens for certificate in token.certificates):
            return None
        return next((token for token in self.tokens if token.hides), None)

    def is_renewable(self, certificate: Certificate) -> bool:
        """In validity, and the renewal window is open."""
        return self.now is not None and certificate.state(self.now, self.window) is CertificateState.RENEWABLE

    @property
    def window(self) -> timedelta:
        """How long before its end a certificate may be renewed."""
        return timedelta(days=self.service.window_days) if self.service else RENEWAL_WINDOW

    @property
    def today(self) -> date | None:
        """Beijing's date."""
        return beijing(self.now).date() if self.now else None

    @property
    def invoice_offer(self) -> InvoiceForm | None:
        """Whom the invoice would be made out to by the certificate, as far as it says so."""
        from tui.core.application import check_invoice

        certificate = self.holder[1] if self.holder else None
        if certificate is None:
            return None
        wrong = dict(check_invoice(InvoiceForm(certificate.organisation_number, certificate.organisation)))
        number = "" if "tax_number" in wrong else certificate.organisation_number
        title = "" if "title" in wrong else certificate.organisation
        return InvoiceForm(number, title) if number or title else None

    @property
    def holder(self) -> tuple[Token, Certificate] | None:
        """The inserted token with the chosen certificate, and the certificate."""
        return find(likeliest(self.tokens, self.chosen), self.chosen.fingerprint) if self.chosen else None

    @property
    def token(self) -> Token | None:
        """The inserted token of this journey: with the chosen certificate, or with its key where that was replaced."""
        return find_token(self.tokens, self.chosen) if self.chosen else None

    @property
    def methods(self) -> tuple[PaymentMethod, ...]:
        """What can be paid with here, in the screens' order."""
        return self.service.offered if self.service else MANUAL

    @property
    def renewed(self) -> Certificate | None:
        """The new certificate, once it is on the token and the desk has verified its key, or is about to."""
        return self.installation.new if self.installation else self.finished

    @property
    def token_working(self) -> bool:
        """The token is being written to: nobody may leave now."""
        if self.busy is Busy.CHANGING_PIN:
            return True
        return Trait.TOKEN_WORKS in self.step.traits and self.busy is None and self.failure is None

    @property
    def asks_password(self) -> bool:
        """What `return_to` shows was typed before the CA was pulled."""
        return self.covered and (Trait.TYPED in self.return_to.traits or self.return_to is Step.METHOD)

    @property
    def money(self) -> Money:
        """Where the person's money is."""
        application = self.application
        if application is None:
            return Money.NOT_TOUCHED
        from tui.core.order import OPEN_ATTEMPT, AttemptState, PaymentStatus

        match application.payment_status:
            case PaymentStatus.REFUNDING | PaymentStatus.REFUNDED:
                return Money.RETURNING
            case PaymentStatus.PAID | PaymentStatus.FROZEN:
                return Money.SAFE
            case PaymentStatus.PAYING | PaymentStatus.UNPAID:
                attempt = application.attempt
                asked = (
                    attempt is not None and attempt.state in OPEN_ATTEMPT and attempt.state is not AttemptState.CREATED
                )
                return Money.UNKNOWN if asked else Money.NOT_TOUCHED


def step_of(application: "Application") -> Step:
    """The step at which an application continues, on this or any other terminal."""
    from tui.core.order import SHOWN_ATTEMPT, ApplicationStatus

    match application.status:
        case ApplicationStatus.DRAFT:
            return Step.FORM
        case ApplicationStatus.ENTERED:
            attempt = application.attempt
            showing = attempt is not None and attempt.state in SHOWN_ATTEMPT and attempt.expires_in > 0
            return Step.QR if showing else Step.ORDER
        case ApplicationStatus.ISSUING:
            return Step.ISSUING
        case ApplicationStatus.ISSUED:
            return Step.INSTALL_PIN
        case ApplicationStatus.INSTALLED:
            return Step.DONE
        case ApplicationStatus.WITHDRAWN | ApplicationStatus.LAPSED | ApplicationStatus.FAILED:
            return Step.WITHDRAWN
