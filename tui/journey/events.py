"""What happened, in the past tense: from the person (screens), from the token watcher, from commands that ended."""

from dataclasses import field
from datetime import datetime

from tui.core.certificate import Token
from tui.core.failure import Failure
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.frozen import frozen
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
@frozen
class Started:
    """开始办理 on the waiting screen."""


@frozen
class LookChosen:
    """输入CA密码查看: look for certificates that are visible only after the PIN."""


@frozen
class CertificateChosen:
    """One of several certificates was picked."""

    fingerprint: str


@frozen
class SignInSubmitted:
    """登录."""

    account: str = field(repr=False)
    password: Password


@frozen
class NoticeAccepted:
    """同意并继续."""


@frozen
class RenewalRequested:
    """申请续期, or 继续办理 where an application is under way."""


@frozen
class AgreementAccepted:
    """Ticked and 下一步."""


@frozen
class FormEdited:
    """The form's fields changed; keeps what was typed when the person leaves the screen."""

    form: ApplicationForm


@frozen
class FormSubmitted:
    """提交 of the application form."""

    form: ApplicationForm


@frozen
class PinEntered:
    """确定 at the PIN prompt; an empty Pin where the token has its own PIN pad."""

    pin: Pin


@frozen
class PayNoticeConfirmed:
    """确定 on the payment notice."""


@frozen
class PaymentOpened:
    """立即支付."""


@frozen
class WithdrawalConfirmed:
    """撤销申请, asked once more and confirmed."""


@frozen
class OnlineChosen:
    """在线支付, 下一步."""


@frozen
class InvoiceEdited:
    """PaymentMethod or invoice fields changed."""

    method: PaymentMethod
    invoice: InvoiceForm


@frozen
class PaymentSubmitted:
    """提交 of method and invoice."""

    method: PaymentMethod
    invoice: InvoiceForm


@frozen
class PaymentClaimed:
    """支付成功: ask the platform at once."""


@frozen
class QrRenewed:
    """A new QR code after the old one ran out."""


@frozen
class RetirementChosen:
    """删除旧证书, after the question: the person's consent."""


@frozen
class BackPressed:
    """返回."""


@frozen
class Abandoned:
    """结束办理: leave, sign out, wipe; the application stays at the desk."""


@frozen
class TimedOut:
    """Nobody touched the keys for the idle time."""


@frozen
class Retried:
    """重试 after a failure or on the screen's own refresh key."""


@frozen
class CertificatesOpened:
    """我的证书."""


@frozen
class SelfCheckOpened:
    """环境检测."""


# ── the token watcher ───────────────────────────────────────────────────────
@frozen
class TokensSeen:
    """The inserted tokens changed (or are seen for the first time)."""

    snapshot: Snapshot
    at: datetime
    """Aware UTC."""


# ── commands that ended ─────────────────────────────────────────────────────
@frozen
class ServiceSeen:
    """The desk answered with its status."""

    service: ServiceStatus


@frozen
class SignedIn:
    """Account and password were right."""


@frozen
class NoticeLoaded:
    """供应商须知 arrived."""

    notice: Document


@frozen
class OfferMade:
    """The desk lets this account renew this certificate."""

    offer: Offer


@frozen
class AgreementLoaded:
    """The agreement in its current version."""

    agreement: Document


@frozen
class ApplicationSaved:
    """The draft is at the desk."""

    application: Application


@frozen
class TokenProgressed:
    """A token operation reached a stage."""

    stage: TokenStage


@frozen
class TokenRevealed:
    """All that is on a token, seen after the PIN."""

    token: Token


@frozen
class PinChanged:
    """The token has its new PIN."""


@frozen
class RequestMade:
    """The token made key pair, CSR and evidence."""

    request: SignedRequest


@frozen
class ApplicationSeen:
    """The application as the desk knows it now."""

    application: Application
    polled: bool = False
    """From the watch, not the answer to a command."""


@frozen
class Installed:
    """The new certificate is on the token and its key has signed."""

    installation: Installation


@frozen
class Retired:
    """The old certificate and its key are deleted."""

    left: KeyLeft | None = None
    """Why the key stayed nevertheless."""


@frozen
class SelfChecked:
    """环境检测 has run."""

    checks: tuple[Check, ...]


@frozen
class Failed:
    """A command ended in a failure."""

    failure: Failure
    command: str
    """The command's type name, for instance `SignIn`."""


@frozen
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
