"""What the flow asks to be done; the runtime carries a command out against a port and answers with events."""

from dataclasses import field

from tui.core.certificate import CertificateRef
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.frozen import frozen
from tui.core.order import Application, Document
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.token import Installation, SignedRequest, Snapshot


@frozen
class AskService:
    """-> ServiceSeen."""


@frozen
class SignIn:
    """-> SignedIn."""

    account: str = field(repr=False)
    password: Password


@frozen
class LoadNotice:
    """-> NoticeLoaded."""


@frozen
class AskOffer:
    """-> OfferMade."""

    certificate: bytes = field(repr=False)
    """DER; empty where the token has the key alone."""
    spki: str = ""
    """With no certificate: SHA-256 over the key's SubjectPublicKeyInfo, hex."""


@frozen
class LoadAgreement:
    """-> AgreementLoaded."""


@frozen
class KeepForm:
    """Keep what is typed so far at the desk, soon; the latest counts. No event, whatever becomes of it."""

    certificate: bytes = field(repr=False)
    form: ApplicationForm


@frozen
class SaveApplication:
    """-> ApplicationSaved."""

    certificate: bytes = field(repr=False)
    agreement: Document
    form: ApplicationForm
    fee_fen: int


@frozen
class ReadDetails:
    """-> DetailsRead."""

    certificate: bytes = field(repr=False)
    """DER."""


@frozen
class Look:
    """-> TokenRevealed."""

    token: CertificateRef
    """Of `refer_token`."""
    pin: Pin


@frozen
class ChangePin:
    """-> TokenProgressed, PinChanged."""

    token: CertificateRef
    """Of `refer_whole`."""
    old: Pin
    new: Pin


@frozen
class MakeRequest:
    """-> TokenProgressed …, RequestMade; ApplicationSeen where the draft has changed meanwhile: no key is made then."""

    certificate: CertificateRef
    pin: Pin
    application: Application


@frozen
class SubmitRequest:
    """-> ApplicationSeen."""

    business_no: str
    request: SignedRequest


@frozen
class Pay:
    """-> ApplicationSeen."""

    business_no: str
    method: PaymentMethod
    invoice: InvoiceForm


@frozen
class QueryPayment:
    """-> ApplicationSeen."""

    business_no: str


@frozen
class EndPayment:
    """-> ApplicationSeen."""

    business_no: str


@frozen
class Withdraw:
    """-> ApplicationSeen."""

    business_no: str


@frozen
class WatchApplication:
    """Poll until StopWatching or another watch -> ApplicationSeen(polled=True) at each change, else DeskLost."""

    business_no: str


@frozen
class StopWatching:
    """End the poll."""


@frozen
class Install:
    """-> TokenProgressed …, Installed."""

    certificate: CertificateRef
    pin: Pin
    application: Application


@frozen
class Retire:
    """-> TokenProgressed …, Retired."""

    certificate: CertificateRef
    """The new one."""
    pin: Pin
    application: Application
    installation: Installation


@frozen
class Confirm:
    """-> ApplicationSeen."""

    business_no: str
    proof: bytes = field(repr=False)


@frozen
class RunSelfCheck:
    """-> SelfChecked."""

    snapshot: Snapshot


@frozen
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
