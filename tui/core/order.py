"""The application, its order and its payment as the desk tells them; money is integer fen, CNY."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.frozen import frozen
from tui.core.payment_method import MANUAL, PaymentMethod
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme


class ApplicationStatus(StrEnum):
    """业务状态."""

    DRAFT = "draft"
    """待签名: form saved, the signed request has not come."""
    ENTERED = "entered"
    """已录入: request accepted, order made, waiting for the money."""
    ISSUING = "issuing"
    """办理中: paid, the CA is asked."""
    ISSUED = "issued"
    """已签发: the new certificate waits to be installed and proved."""
    INSTALLED = "installed"
    """已完成: the desk verified the new key's signature."""
    WITHDRAWN = "withdrawn"
    """已撤销."""
    LAPSED = "lapsed"
    """已失效: the certificate expired before the money came."""
    FAILED = "failed"
    """办理失败: the CA refused for good; the money goes back."""


LIVE = frozenset(
    {ApplicationStatus.DRAFT, ApplicationStatus.ENTERED, ApplicationStatus.ISSUING, ApplicationStatus.ISSUED}
)
"""At most one application of a certificate is in one of these."""


class PaymentStatus(StrEnum):
    """支付状态."""

    UNPAID = "unpaid"
    PAYING = "paying"
    """An attempt is open."""
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    FROZEN = "frozen"
    """Another amount came, undecided for a day, or taken back after the issue; a person must look."""


RETURNED = frozenset({PaymentStatus.REFUNDING, PaymentStatus.REFUNDED})
"""The bill's money goes back or is back: no invoice is ordered for it, and one that was issued is taken back."""


class AttemptState(StrEnum):
    """Life of one payment attempt (one number, one QR)."""

    CREATED = "created"
    """Written before the platform is asked."""
    QR_SHOWN = "qr_shown"
    SCANNED = "scanned"
    """The person scanned and must confirm on the phone."""
    PAID = "paid"
    CLOSING = "closing"
    """Not shown any more; not final before the platform says so or payTimeout has passed."""
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """The platform's answer was lost; only a query settles it."""
    REFUNDING = "refunding"
    """Paid beside another attempt, late, or after withdrawal: the money is on its way back."""
    REFUNDED = "refunded"
    FROZEN = "frozen"
    """Another amount came, or the platform never decided: a person must look."""


OPEN_ATTEMPT = frozenset(
    {AttemptState.CREATED, AttemptState.QR_SHOWN, AttemptState.SCANNED, AttemptState.CLOSING, AttemptState.UNKNOWN}
)
SHOWN_ATTEMPT = OPEN_ATTEMPT - {AttemptState.CLOSING}
"""At most one attempt of an application is in one of these."""
UNCREDITED_ATTEMPT = frozenset({AttemptState.FROZEN, AttemptState.REFUNDING, AttemptState.REFUNDED})
"""Its money was not credited."""


class RefundState(StrEnum):
    """What the platform has said about a refund."""

    ABSENT = "absent"
    """It has no such refund: nothing was sent yet, or did not arrive; the same one is sent (again)."""
    PENDING = "pending"
    """Accepted or not yet known: it is queried."""
    REFUSED = "refused"
    """Not now: the same one may be sent again."""
    FAILED = "failed"
    """For good: the platform keeps this number as one that failed, and only another number can carry the refund."""
    DONE = "done"


class InvoiceStatus(StrEnum):
    """State of the e-invoice (数电票)."""

    NOT_REQUESTED = "not_requested"
    PENDING = "pending"
    """Asked for; comes within 1-2 working days."""
    ISSUED = "issued"
    SENT = "sent"
    """Number, link and files are with the agent."""
    FAILED = "failed"
    REDDENED = "reddened"
    """Taken back by a red invoice (红冲), for the money went back."""


@frozen
class Document:
    """供应商须知 or 网证通电子认证服务协议."""

    version: str
    title: str
    text: str
    """Plain text, paragraphs separated by blank lines."""
    digest: str
    """SHA-256 over the text's UTF-8 bytes, lower-case hex."""
    english: str = ""
    """A translation, for reading: the text is what binds, and what the digest is of. Empty where there is none."""


@frozen
class Term:
    """续期时间 with its fee and what it leads to."""

    months: int
    fee_fen: int
    """Whole fee of the term."""
    yearly_fen: int
    not_after: datetime
    """End of the new certificate: old end + months, to the second."""


FEE_NAME = "证书服务费用"
"""What the one row of every order is called."""


@frozen
class FeeLine:
    """One row of the fee table: 费用名称 / 费用单价 / 数量 / 小计."""

    name: str
    unit_fen: int
    quantity: int
    subtotal_fen: int


@frozen
class Order:
    """订单详情."""

    order_no: str
    created_at: datetime
    lines: tuple[FeeLine, ...]
    total_fen: int

    @property
    def adds_up(self) -> bool:
        """Whether each line is its price times its quantity, and the total the sum of the lines."""
        right = all(line.unit_fen * line.quantity == line.subtotal_fen for line in self.lines)
        return right and sum(line.subtotal_fen for line in self.lines) == self.total_fen


@frozen
class Attempt:
    """The payment attempt that the screen may show."""

    attempt_no: str
    method: PaymentMethod
    state: AttemptState
    amount_fen: int
    payee: str
    expires_in: int
    """Seconds left for the QR code, counted by the desk; 0 when over."""
    qr: str = ""
    """The payload to draw, as the platform gave it; empty before it answered."""


class RefundCause(StrEnum):
    """Why money goes back."""

    PAID_TWICE = "paid_twice"
    PAID_LATE = "paid_late"
    """After the code was over, or the certificate had ended."""
    WITHDRAWN = "withdrawn"
    """After 撤销申请."""
    ISSUING_FAILED = "issuing_failed"
    OPERATOR = "operator"


@frozen
class Refund:
    """Money on its way back."""

    amount_fen: int
    done: bool
    cause: str
    """One of `RefundCause`, or a word that a later desk knows."""


@frozen
class Application:
    """One renewal, as the desk knows it now."""

    business_no: str
    """业务单号."""
    status: ApplicationStatus
    payment_status: PaymentStatus
    fingerprint: str
    """SHA-256 of the old certificate's DER, hex."""
    form: ApplicationForm
    agreement_version: str
    agreement_digest: str
    statement: str = field(repr=False)
    """JSON text that the person signs with the old key, followed by the CSR; see `core.evidence`."""
    order: Order | None = None
    attempt: Attempt | None = None
    """The latest attempt."""
    invoice: InvoiceForm | None = None
    invoice_status: InvoiceStatus = InvoiceStatus.NOT_REQUESTED
    certificate: bytes = b""
    """DER of the new certificate from ISSUED on."""
    challenge: bytes = b""
    """32 random bytes to be signed by the new key, from ISSUED on; see `core.evidence`."""
    refunds: tuple[Refund, ...] = ()
    installed_at: datetime | None = None
    key_policy: KeyPolicy = KeyPolicy.REKEY
    """Fixed when the draft is made."""
    old_pair: OldPair = OldPair.KEEP
    scheme: SignatureScheme = SignatureScheme.PKCS1
    old_certificate: bytes = b""
    """DER; where a token takes no second certificate of one key, the old one is put back from here if a write fails."""
    old_not_after: datetime | None = None
    """When the old certificate ends; None from a desk that does not tell."""

    @property
    def is_frozen(self) -> bool:
        """A person must look at the money before anything else can be paid."""
        attempt_frozen = self.attempt is not None and self.attempt.state is AttemptState.FROZEN
        return attempt_frozen or self.payment_status is PaymentStatus.FROZEN


@frozen
class Offer:
    """The desk's word on one certificate: what may be bought, and the live application if there is one.

    Where the certificate was renewed already, or is the new one, nothing is sold and the application is that renewal.
    """

    terms: tuple[Term, ...]
    application: Application | None = None
    window_days: int = 90
    form: ApplicationForm | None = None
    """What this account typed last for this certificate and did not hand in."""


@frozen
class ServiceStatus:
    """What the desk says of itself before anybody signs in."""

    minimum_version: str
    time: datetime
    hotline: str
    qq: str
    ca_name: str
    window_days: int = 90
    """Renewal opens this many days before the end."""
    payment_methods: tuple[str, ...] = tuple(MANUAL)
    """What can be paid with; names that a later desk knows and this program does not are left out."""
    english: tuple[tuple[str, str], ...] = ()
    """Names that the desk says in Chinese, of payees and fee items, each with its English."""

    @property
    def offered(self) -> tuple[PaymentMethod, ...]:
        """The known ones in the screens' order."""
        return tuple(method for method in PaymentMethod if method.value in self.payment_methods) or MANUAL


def yuan(fen: int) -> str:
    """`¥ 200.00` for 20000 fen; exact for any integer."""
    sign = "-" if fen < 0 else ""
    return f"¥ {sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
