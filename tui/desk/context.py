"""The desk's parts in one place, as its rules use them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine

from tui.core.payment_method import PaymentMethod
from tui.desk.rate_limit import Allowance
from tui.desk.storage.invoices import FileKind

if TYPE_CHECKING:  # every room is handed the context, which must not bring the other rooms along
    from tui.desk.ca.port import CertificateAuthority
    from tui.desk.invoices.tax_platform import TaxPlatform
    from tui.desk.notifications.message import Attachment
    from tui.desk.payments.gateway import PaymentGateway
    from tui.desk.settings import DeskSettings


class MailSender(Protocol):
    """Sends one mail; see `tui.desk.notifications.smtp.Mailer`."""

    def send(
        self, message_id: str, to: str, subject: str, text: str, attachments: "tuple[Attachment, ...]" = ()
    ) -> None:
        """Hand the mail over.

        :raises NotDelivered: not accepted.
        """
        ...

    def give_up(self) -> None:
        """Wait for no server any more: what is under way, and all else, is not delivered."""
        ...


class SmsSender(Protocol):
    """Sends one short message; see `tui.desk.notifications.sms.SmsGateway`."""

    def send(self, request_id: str, mobile: str, text: str) -> None:
        """Hand the message over.

        :raises NotDelivered: not accepted.
        """
        ...


class FileSource(Protocol):
    """Fetches the files of invoices; see `tui.desk.invoices.files.InvoiceFiles`."""

    def get(self, url: str, kind: FileKind) -> bytes:
        """The file that the link leads to.

        :raises NotFetched: not to be had.
        """
        ...


REFUSED_PER_MINUTE = 5
"""Notices that prove nothing; more are turned away without a trace: a flood costs 800 MB and 50,000 lines at most."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a rule of the desk may touch."""

    settings: "DeskSettings"
    engine: Engine
    ca: "CertificateAuthority"
    gateways: "Mapping[PaymentMethod, PaymentGateway]"
    tax: "TaxPlatform | None"
    mail: MailSender | None
    sms: SmsSender | None
    clock: Callable[[], datetime]
    files: FileSource | None = None
    refused_notices: Allowance = field(default_factory=lambda: Allowance(REFUSED_PER_MINUTE))
