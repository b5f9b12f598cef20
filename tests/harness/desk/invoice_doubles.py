"""Doubles for e-invoices: a tax platform that answers as told, files that are there or not, a letter box."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tui.desk.invoices.files import NotFetched
from tui.desk.invoices.tax_platform import InvoiceOrder, InvoiceOutcome, InvoiceState, Links, RedOrder, TaxPlatformDown
from tui.desk.notifications.message import Attachment
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.settings_reader import Password
from tui.desk.storage.invoices import FileKind

SETTINGS = TaxPlatformSettings(
    url="https://t",
    token_url="https://t",
    app_key="k",
    app_secret=Password(b"s"),
    seller_tax_number="91440300100012316L",
    tax_code="3040201000000000000",
    token_cache=Path("t"),
)
LINKS = Links("https://tax.example/a.pdf", "https://tax.example/a.ofd", "https://tax.example/a.xml")
PENDING = InvoiceOutcome(InvoiceState.PENDING)
ISSUED = InvoiceOutcome(InvoiceState.ISSUED, "26442000000000000001", LINKS, total_fen=20000)
RED = InvoiceOutcome(InvoiceState.ISSUED, "26442000000000000002", Links("https://tax.example/r.pdf"))


@dataclass
class TaxDouble:
    """Says what it was told to say; an order that was never placed is not known."""

    blue: InvoiceOutcome | TaxPlatformDown = PENDING
    red: InvoiceOutcome | TaxPlatformDown = PENDING
    known: bool = True
    """Whether orders are found once they were sent."""
    during_issue: Callable[[], object] = lambda: None
    orders: list[InvoiceOrder] = field(default_factory=list)
    reds: list[RedOrder] = field(default_factory=list)
    reissued: list[str] = field(default_factory=list)

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Ordered."""
        self.during_issue()
        self.orders.append(order)
        return _said(self.blue)

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """As told, once ordered."""
        placed = self.known and any(order.request_no == request_no for order in self.orders)
        return _said(self.blue) if placed else None

    def reissue(self, request_no: str) -> None:
        """Kept."""
        self.reissued.append(request_no)

    def issue_red(self, order: RedOrder) -> InvoiceOutcome:
        """As told."""
        self.reds.append(order)
        return _said(self.red)


@dataclass
class FilesDouble:
    """Has every file but those that are missing."""

    missing: dict[FileKind, NotFetched] = field(default_factory=dict)

    def get(self, url: str, kind: FileKind) -> bytes:
        """Its kind and address."""
        if kind in self.missing:
            raise self.missing[kind]
        return f"{kind.value} of {url}".encode()


@dataclass
class Letters:
    """Mail and SMS that arrive here."""

    sent: dict[str, tuple[str, tuple[Attachment, ...]]] = field(default_factory=dict)
    """Words and attachments by the message's number."""

    def mail(self) -> "MailDouble":
        """The mail server."""
        return MailDouble(self)

    def sms(self) -> "SmsDouble":
        """The SMS gateway."""
        return SmsDouble(self)


@dataclass
class MailDouble:
    """Takes mail."""

    letters: Letters

    def send(self, message_id: str, to: str, subject: str, text: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Kept."""
        self.letters.sent[message_id] = (f"{subject}\n{text}", attachments)

    def give_up(self) -> None:
        """Nobody is waited for."""


@dataclass
class SmsDouble:
    """Takes short messages."""

    letters: Letters

    def send(self, request_id: str, mobile: str, text: str) -> None:
        """Kept."""
        self.letters.sent[request_id] = (text, ())


def _said(told: InvoiceOutcome | TaxPlatformDown) -> InvoiceOutcome:
    if isinstance(told, TaxPlatformDown):
        raise told
    return told
