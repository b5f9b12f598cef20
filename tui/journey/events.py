"""What happened, in the past tense: from the person (screens), from the token watcher, from commands that ended."""

from dataclasses import dataclass, field
from datetime import datetime

from tui.core.certificate import Token
from tui.core.failure import Failure
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import Application, Document, Offer, ServiceStatus
from tui.core.payment_method import PaymentMethod
from tui.core.secret import Password, Pin
from tui.core.token import Installation, KeyLeft, SignedRequest, Snapshot, TokenStage
from tui.journey import detail_events, pin_events
from tui.journey.ports import Check

PinChangeOpened = pin_events.PinChangeOpened
NewPinEntered = pin_events.NewPinEntered
DetailsOpened = detail_events.DetailsOpened
DetailsRead = detail_events.DetailsRead


# ── the person ──────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Started:
    """开始办理 on the waiting screen."""


@dataclass(frozen=True, slots=True)
class LookChosen:
    """输入CA密码查看: look for certificates that are visible only after the PIN."""


@dataclass(frozen=True, slots=True)
class CertificateChosen:
    """One of several certificates was picked."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class SignInSubmitted:
    """登录."""

    account: str = field(repr=False)
    password: Password


@dataclass(frozen=True, slots=True)
class NoticeAccepted:
    """同意并继续."""


@dataclass(frozen=True, slots=True)
class RenewalRequested:
    """申请续期, or 继续办理 where an application is under way."""


@dataclass(frozen=True, slots=True)
class AgreementAccepted:
    """Ticked and 下一步."""


@dataclass(frozen=True, slots=True)
class FormEdited:
    """The form's fields changed; keeps what was typed when the person leaves the screen."""

    form: ApplicationForm


@dataclass(frozen=True, slots=True)
class FormSubmitted:
    """提交 of the application form."""

    form: ApplicationForm


@dataclass(frozen=True, slots=True)
class PinEntered:
    """确定 at the PIN prompt; an empty Pin where the token has its own PIN pad."""

    pin: Pin


@dataclass(frozen=True, slots=True)
class PayNoticeConfirmed:
    """确定 on the payment notice."""


@dataclass(frozen=True, slots=True)
class PaymentOpened:
    """立即支付."""


@dataclass(frozen=True, slots=True)
class WithdrawalConfirmed:
    """撤销申请, asked once more and confirmed."""


@dataclass(frozen=True, slots=True)
class OnlineChosen:
    """在线支付, 下一步."""


@dataclass(frozen=True, slots=True)
class InvoiceEdited:
    """PaymentMethod or invoice fields changed."""

    method: PaymentMethod
    invoice: InvoiceForm


@dataclass(frozen=True, slots=True)
class PaymentSubmitted:
    """提交 of method and invoice."""

    method: PaymentMethod
    invoice: InvoiceForm


@dataclass(frozen=True, slots=True)
class PaymentClaimed:
    """支付成功: ask the platform at once."""


@dataclass(frozen=True, slots=True)
class QrRenewed:
    """A new QR code after the old one ran out."""


@dataclass(frozen=True, slots=True)
class RetirementChosen:
    """删除旧证书, after the question: the person's consent."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    """返回."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """结束办理: leave, sign out, wipe; the application stays at the desk."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nobody touched the keys for the idle time."""


@dataclass(frozen=True, slots=True)
class Retried:
    """重试 after a failure or on the screen's own refresh key."""


@dataclass(frozen=True, slots=True)
class CertificatesOpened:
    """我的证书."""


@dataclass(frozen=True, slots=True)
class SelfCheckOpened:
    """环境检测."""


# ── the token watcher ───────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class TokensSeen:
    """The inserted tokens changed (or are seen for the first time)."""

    snapshot: Snapshot
    at: datetime
    """Aware UTC."""


# ── commands that ended ─────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """The desk answered with its status."""

    service: ServiceStatus


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Account and password were right."""


@dataclass(frozen=True, slots=True)
class NoticeLoaded:
    """供应商须知 arrived."""

    notice: Document


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The desk lets this account renew this certificate."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class AgreementLoaded:
    """The agreement in its current version."""

    agreement: Document


@dataclass(frozen=True, slots=True)
class ApplicationSaved:
    """The draft is at the desk."""

    application: Application


@dataclass(frozen=True, slots=True)
class TokenProgressed:
    """A token operation reached a stage."""

    stage: TokenStage


@dataclass(frozen=True, slots=True)
class TokenRevealed:
    """All that is on a token, seen after the PIN."""

    token: Token


@dataclass(frozen=True, slots=True)
class PinChanged:
    """The token has its new PIN."""


@dataclass(frozen=True, slots=True)
class RequestMade:
    """The token made key pair, CSR and evidence."""

    request: SignedRequest


@dataclass(frozen=True, slots=True)
class ApplicationSeen:
    """The application as the desk knows it now."""

    application: Application
    polled: bool = False
    """From the watch, not the answer to a command."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The new certificate is on the token and its key has signed."""

    installation: Installation


@dataclass(frozen=True, slots=True)
class Retired:
    """The old certificate and its key are deleted."""

    left: KeyLeft | None = None
    """Why the key stayed nevertheless."""


@dataclass(frozen=True, slots=True)
class SelfChecked:
    """环境检测 has run."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A command ended in a failure."""

    failure: Failure
    command: str
    """The command's type name, for instance `SignIn`."""


@dataclass(frozen=True, slots=True)
class DeskLost:
    """A poll found no desk; the poll goes on."""

    failure: Failure


_Arriving = Started | LookChosen | CertificateChosen | SignInSubmitted | NoticeAccepted | RenewalRequested
_Applying = AgreementAccepted | FormEdited | FormSubmitted | PinEntered
_Paying = PayNoticeConfirmed | PaymentOpened | WithdrawalConfirmed | OnlineChosen | InvoiceEdited | PaymentSubmitted
_Finishing = PaymentClaimed | QrRenewed | RetirementChosen
_Anywhere = BackPressed | Abandoned | TimedOut | Retried | CertificatesOpened | SelfCheckOpened
_Beside = PinChangeOpened | NewPinEntered | DetailsOpened | DetailsRead
_Told = SelfChecked | Failed | DeskLost
_FromToken = TokensSeen | TokenProgressed | TokenRevealed | PinChanged | RequestMade | Installed | Retired
_FromDesk = ServiceSeen | SignedIn | NoticeLoaded | OfferMade | AgreementLoaded | ApplicationSaved | ApplicationSeen
Event = _Arriving | _Applying | _Paying | _Finishing | _Anywhere | _Beside | _FromToken | _FromDesk | _Told
