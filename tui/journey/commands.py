"""What the flow asks to be done; the runtime carries a command out against a port and answers with events."""

from dataclasses import dataclass, field

from tui.core.certificate import CertificateRef
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import Application, Document
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.token import Installation, SignedRequest, Snapshot


@dataclass(frozen=True, slots=True)
class AskService:
    """-> ServiceSeen."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """-> SignedIn."""

    account: str = field(repr=False)
    password: Password


@dataclass(frozen=True, slots=True)
class LoadNotice:
    """-> NoticeLoaded."""


@dataclass(frozen=True, slots=True)
class AskOffer:
    """-> OfferMade."""

    certificate: bytes = field(repr=False)
    """DER; empty where the token has the key alone."""
    spki: str = ""
    """With no certificate: SHA-256 over the key's SubjectPublicKeyInfo, hex."""


@dataclass(frozen=True, slots=True)
class LoadAgreement:
    """-> AgreementLoaded."""


@dataclass(frozen=True, slots=True)
class KeepForm:
    """Keep what is typed so far at the desk, soon; the latest counts. No event, whatever becomes of it."""

    certificate: bytes = field(repr=False)
    form: ApplicationForm


@dataclass(frozen=True, slots=True)
class SaveApplication:
    """-> ApplicationSaved."""

    certificate: bytes = field(repr=False)
    agreement: Document
    form: ApplicationForm
    fee_fen: int


@dataclass(frozen=True, slots=True)
class ReadDetails:
    """-> DetailsRead."""

    certificate: bytes = field(repr=False)
    """DER."""


@dataclass(frozen=True, slots=True)
class Look:
    """-> TokenRevealed."""

    token: CertificateRef
    """Of `refer_token`."""
    pin: Pin


@dataclass(frozen=True, slots=True)
class ChangePin:
    """-> TokenProgressed, PinChanged."""

    token: CertificateRef
    """Of `refer_whole`."""
    old: Pin
    new: Pin


@dataclass(frozen=True, slots=True)
class MakeRequest:
    """-> TokenProgressed …, RequestMade."""

    certificate: CertificateRef
    pin: Pin
    application: Application


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """-> ApplicationSeen."""

    business_no: str
    request: SignedRequest


@dataclass(frozen=True, slots=True)
class Pay:
    """-> ApplicationSeen."""

    business_no: str
    method: PaymentMethod
    invoice: InvoiceForm


@dataclass(frozen=True, slots=True)
class QueryPayment:
    """-> ApplicationSeen."""

    business_no: str


@dataclass(frozen=True, slots=True)
class EndPayment:
    """-> ApplicationSeen."""

    business_no: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """-> ApplicationSeen."""

    business_no: str


@dataclass(frozen=True, slots=True)
class WatchApplication:
    """Poll until StopWatching or another watch -> ApplicationSeen(polled=True) at each change, else DeskLost."""

    business_no: str


@dataclass(frozen=True, slots=True)
class StopWatching:
    """End the poll."""


@dataclass(frozen=True, slots=True)
class Install:
    """-> TokenProgressed …, Installed."""

    certificate: CertificateRef
    pin: Pin
    application: Application


@dataclass(frozen=True, slots=True)
class Retire:
    """-> TokenProgressed …, Retired."""

    certificate: CertificateRef
    """The new one."""
    pin: Pin
    application: Application
    installation: Installation


@dataclass(frozen=True, slots=True)
class Confirm:
    """-> ApplicationSeen."""

    business_no: str
    proof: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RunSelfCheck:
    """-> SelfChecked."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class SignOut:
    """Forget the session, end the poll, drop the results of desk commands still under way; no event."""


Command = (
    AskService
    | SignIn
    | LoadNotice
    | AskOffer
    | LoadAgreement
    | KeepForm
    | SaveApplication
    | ReadDetails
    | Look
    | ChangePin
    | MakeRequest
    | SubmitRequest
    | Pay
    | QueryPayment
    | EndPayment
    | Withdraw
    | WatchApplication
    | StopWatching
    | Install
    | Retire
    | Confirm
    | RunSelfCheck
    | SignOut
)
