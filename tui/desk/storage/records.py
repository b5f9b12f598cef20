"""The tables. Form, invoice, addresses, statement and evidence are personal data and stand sealed."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from sqlalchemy import BigInteger, Enum, ForeignKey, Index, LargeBinary, String, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.order import (
    LIVE,
    SHOWN_ATTEMPT,
    ApplicationStatus,
    AttemptState,
    InvoiceStatus,
    PaymentStatus,
    RefundState,
)
from tui.core.payment_method import PaymentMethod
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.storage.indexes import FROZEN, among, owed
from tui.desk.storage.sealed import Moment, Sealed, bind_to_rows
from tui.desk.storage.transactions import Transaction

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A due time for what does not wait."""


def stored(kind: type[StrEnum]) -> Enum:
    """A column of this enum's values, as text."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda k: [member.value for member in k])


class MessageKind(StrEnum):
    """How a message travels."""

    SMS = "sms"
    MAIL = "mail"


class Record(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain mapping
        datetime: Moment,
        bytes: LargeBinary,
        ApplicationStatus: stored(ApplicationStatus),
        PaymentStatus: stored(PaymentStatus),
        AttemptState: stored(AttemptState),
        RefundState: stored(RefundState),
        InvoiceStatus: stored(InvoiceStatus),
        PaymentMethod: stored(PaymentMethod),
        MessageKind: stored(MessageKind),
        KeyPolicy: stored(KeyPolicy),
        OldPair: stored(OldPair),
        SignatureScheme: stored(SignatureScheme),
        str: String(255),
    }


bind_to_rows(Record)


class AccountRecord(Record):
    """One 财智云 account."""

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    """argon2id, PHC string."""
    wrong_passwords: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SessionRecord(Record):
    """One sign-in; the token itself is known to the kiosk only."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256, hex."""
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class BindingRecord(Record):
    """Which account applied for a certificate."""

    __tablename__ = "bindings"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the DER, hex."""
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"))


class ApplicationRecord(Record):
    """One renewal; its row is what concurrent transactions lock."""

    __tablename__ = "applications"
    business_no: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"), index=True)
    fingerprint: Mapped[str]
    old_certificate: Mapped[bytes]
    old_not_after: Mapped[datetime]
    new_not_after: Mapped[datetime]
    status: Mapped[ApplicationStatus]
    payment_status: Mapped[PaymentStatus] = mapped_column(default=PaymentStatus.UNPAID)
    form: Mapped[bytes] = mapped_column(Sealed("applications.form"))
    fee_fen: Mapped[int]
    agreement_version: Mapped[str]
    agreement_digest: Mapped[str]
    statement: Mapped[bytes] = mapped_column(Sealed("applications.statement"))
    key_policy: Mapped[KeyPolicy] = mapped_column(default=KeyPolicy.REKEY)
    old_pair: Mapped[OldPair] = mapped_column(default=OldPair.KEEP)
    scheme: Mapped[SignatureScheme] = mapped_column(default=SignatureScheme.PKCS1)
    invoice: Mapped[bytes | None] = mapped_column(Sealed("applications.invoice"))
    invoice_status: Mapped[InvoiceStatus] = mapped_column(default=InvoiceStatus.NOT_REQUESTED)
    certificate: Mapped[bytes] = mapped_column(default=b"")
    challenge: Mapped[bytes] = mapped_column(default=b"")
    ca_asked: Mapped[bool] = mapped_column(default=False)
    """Set before the CA is asked for the first time: from then on it may have signed."""
    next_issue_at: Mapped[datetime | None]
    """When the CA is asked (again); None unless the application is ISSUING."""
    issue_tries: Mapped[int] = mapped_column(default=0)
    withheld_serial: Mapped[str] = mapped_column(default="")
    """Hex; of a certificate that nobody got: the money had gone back by the time the CA had signed."""
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    installed_at: Mapped[datetime | None]

    def typed_form(self) -> ApplicationForm:
        """The form as it was saved."""
        return msgspec.json.decode(self.form, type=ApplicationForm)

    def typed_invoice(self) -> InvoiceForm | None:
        """Whom the invoice goes to; None until the person said so."""
        return msgspec.json.decode(self.invoice, type=InvoiceForm) if self.invoice else None

    __table_args__ = (
        Index(
            "one_live_application",
            "fingerprint",
            unique=True,
            sqlite_where=text(among("status", frozenset(LIVE))),
            postgresql_where=text(among("status", frozenset(LIVE))),
        ),
        Index("applications_by_fingerprint", "fingerprint"),
        Index("applications_by_status", "status"),
        Index("frozen_applications", "business_no", sqlite_where=text(FROZEN), postgresql_where=text(FROZEN)),
        owed("applications", "next_issue_at"),
    )

    def become(self, status: ApplicationStatus) -> None:
        """The one way to another status: the certificate of an application that becomes ISSUING is due with it."""
        if status is not self.status:
            self.next_issue_at = AT_ONCE if status is ApplicationStatus.ISSUING else None
            self.issue_tries = 0
        self.status = status


class OrderRecord(Record):
    """The order of an application: one fee line."""

    __tablename__ = "orders"
    order_no: Mapped[str] = mapped_column(primary_key=True)
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), unique=True)
    created_at: Mapped[datetime]
    unit_fen: Mapped[int]
    quantity: Mapped[int]
    total_fen: Mapped[int]


class AttemptRecord(Record):
    """One payment code; written before the platform is asked."""

    __tablename__ = "attempts"
    attempt_no: Mapped[str] = mapped_column(primary_key=True)
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), index=True)
    ordinal: Mapped[int]
    """1, 2, … among the application's attempts."""
    method: Mapped[PaymentMethod]
    state: Mapped[AttemptState]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    payee: Mapped[str]
    txn_time: Mapped[datetime]
    shown_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    """The end told to the platform."""
    notify_url: Mapped[str]
    qr: Mapped[str] = mapped_column(String(1024), default="")
    platform_no: Mapped[str] = mapped_column(default="")
    paid_at: Mapped[datetime | None] = mapped_column(index=True)
    paid_fen: Mapped[int | None] = mapped_column(BigInteger)
    next_query_at: Mapped[datetime | None]
    """When the platform is asked again; None once the state is final."""
    queries: Mapped[int] = mapped_column(default=0)
    """Asked so often for the code; once it is closing, for its end."""
    billed_on: Mapped[str] = mapped_column(String(10), default="")
    """The Beijing day in whose bill the platform lists it, `YYYY-MM-DD`; empty before that."""

    __table_args__ = (
        Index(
            "one_shown_attempt",
            "business_no",
            unique=True,
            sqlite_where=text(among("state", frozenset(SHOWN_ATTEMPT))),
            postgresql_where=text(among("state", frozenset(SHOWN_ATTEMPT))),
        ),
        owed("attempts", "next_query_at"),
    )

    @classmethod
    def latest(cls, db: Transaction, business_no: str) -> "AttemptRecord | None":
        """The attempt of an application that was made last."""
        return db.unit.scalar(select(cls).where(cls.business_no == business_no).order_by(cls.ordinal.desc()).limit(1))


class RefundRecord(Record):
    """Money to be given back, under one number until its platform has refused that number for good."""

    __tablename__ = "refunds"
    refund_no: Mapped[str] = mapped_column(primary_key=True)
    """`RF` and the attempt's number."""
    ordinal: Mapped[int] = mapped_column(default=1)
    """1, 2, … among the orders that the platform was given for it."""
    attempt_no: Mapped[str] = mapped_column(ForeignKey("attempts.attempt_no"), unique=True)
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[str]
    """One of `RefundCause`, or the word of another version: it only labels."""
    txn_time: Mapped[datetime]
    """When the present order was made."""
    state: Mapped[RefundState] = mapped_column(default=RefundState.ABSENT)
    """The platform's last word about the present order."""
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(default="")
    """The platform's code and words when it last refused."""
    billed_on: Mapped[str] = mapped_column(String(10), default="")
    """The Beijing day in whose bill the platform lists it, `YYYY-MM-DD`; empty before that."""

    __table_args__ = (owed("refunds", "next_try_at"),)

    @property
    def numbers(self) -> tuple[str, ...]:
        """What the platform knows it by, the present order last: the first bears `refund_no`, then `…02`, `…03`, …"""
        return (self.refund_no, *(f"{self.refund_no}{ordinal:02d}" for ordinal in range(2, self.ordinal + 1)))


class MessageRecord(Record):
    """Outbox: written with the change it tells of, delivered until the receiver's server took it."""

    __tablename__ = "messages"
    message_id: Mapped[str] = mapped_column(primary_key=True)
    business_no: Mapped[str] = mapped_column(ForeignKey("applications.business_no"), index=True)
    kind: Mapped[MessageKind]
    receiver: Mapped[bytes] = mapped_column(Sealed("messages.receiver"))
    subject: Mapped[str]
    text: Mapped[bytes] = mapped_column(Sealed("messages.text"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    invoice_no: Mapped[str] = mapped_column(default="")
    """The invoice's request number where it tells of one: a mail brings that invoice's files."""

    __table_args__ = (owed("messages", "next_try_at"),)


class NoticeRecord(Record):
    """A payment platform's notice as it came: each genuine one before anything is done with it, some of the others."""

    __tablename__ = "notices"
    __sealed_by__ = ("notice_no",)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_no: Mapped[str]
    """Known before the row is written, as `id` is not."""
    method: Mapped[PaymentMethod]
    body: Mapped[bytes] = mapped_column(Sealed("notices.body"))
    received_at: Mapped[datetime]
    result: Mapped[str] = mapped_column(default="")
    """What came of it: settled, an alarm, or why it was refused."""
