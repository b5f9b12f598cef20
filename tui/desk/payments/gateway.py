"""What the desk asks of a payment channel, and the only answers and errors it has to know.

Errors of every call::

    PaymentGatewayError
     ├─ GatewayUnknown        the call may or may not have worked: only a later query settles it
     ├─ GatewayRefused        the platform understood and said no (code, text)
     ├─ GatewayMisconfigured  key, identity or contract is wrong: raise the alarm, nothing was decided
     └─ AnswerNotGenuine      the message proves nothing: signature, chain or number do not fit
         └─ AnswerAmbiguous   it can be read in two ways, so that its signature proves neither
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from tui.core import order
from tui.core.payment_method import PaymentMethod
from tui.core.text_safety import printable
from tui.desk.payments.bill import Bill
from tui.desk.payments.notice_rules import NO_HEADERS, NoticeRules

NUMBER = re.compile(r"[A-Za-z0-9]{8,32}")
"""Shape of a number that all platforms accept: UnionPay's orderId takes 8 to 40 letters and digits, its refunds 32."""


class PaymentGatewayError(Exception):
    """Root of everything a payment channel raises."""

    severity: ClassVar[int] = logging.WARNING
    """How loud a caller says it in the log: what no later call can settle by itself is an ERROR."""


class GatewayUnknown(PaymentGatewayError):  # noqa: N818
    """The outcome of the call is not known: time-out, broken answer, platform busy."""

    def __init__(self, why: str) -> None:
        """Keep ``why``, which may be the platform's own code, foreign and perhaps unsigned, made harmless."""
        super().__init__(printable(why, 64))


class GatewayAnswered(PaymentGatewayError):  # noqa: N818
    """The platform answered with an error code."""

    def __init__(self, code: str, text: str) -> None:
        """Keep the platform's ``code`` and its ``text``, foreign and perhaps unsigned, made harmless."""
        self.code, self.text = printable(code, 64), printable(text)
        super().__init__(self.code, self.text)


class GatewayRefused(GatewayAnswered):
    """The platform understood the request and refused it for a reason of business."""


class GatewayMisconfigured(GatewayAnswered):
    """The platform does not accept us: wrong key, merchant, permission or request shape."""

    severity = logging.ERROR


class AnswerNotGenuine(PaymentGatewayError):  # noqa: N818
    """The message is not proved to come from the platform, or speaks of something else than was asked."""

    severity = logging.ERROR

    def __init__(self, why: str, claims: Mapping[str, object] | None = None) -> None:
        """Keep why, and what the message claims as far as it can be read: for a dispute only, never to act upon."""
        super().__init__(why)
        self.claims = claims or {}


class AnswerAmbiguous(AnswerNotGenuine):
    """The same message can be read as other fields: never to be acted upon, and not shown to be forged either."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read and not contradicted: proved if it is signed, of no worth as a proof if it is not."""

    fields: Mapping[str, object]
    """Alipay's JSON values, or text; of a signed message only what the signature covers."""
    signed: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One QR code for one bill; every new code is a new attempt with a new number."""

    number: str
    """out_trade_no / orderId: 8 to 32 letters and digits, unique per merchant, never used again."""
    amount_fen: int
    """What is to be paid, in fen (1/100 yuan)."""
    subject: str
    """What the wallet shows as the thing being bought."""
    txn_time: datetime
    """When the attempt was made, aware; to the second it is part of UnionPay's query key."""
    expires_at: datetime
    """The end told to the platform, aware."""
    notify_url: str
    """Where the platform sends its notices."""

    def __post_init__(self) -> None:
        """Refuse what a platform could not take or would silently change.

        :raises ValueError: number, amount, a time without zone, or an end before the beginning.
        """
        if not NUMBER.fullmatch(self.number):
            raise ValueError("attempt number is not 8 to 32 letters and digits")
        if self.amount_fen <= 0:
            raise ValueError("amount is not positive")
        if self.txn_time.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("time without zone")
        if self.expires_at <= self.txn_time:
            raise ValueError("attempt ends before it begins")


@dataclass(frozen=True, slots=True)
class Started:
    """The platform accepted the attempt."""

    qr: str
    """Text to be drawn as the QR code, as it is."""


class TradeState(StrEnum):
    """What the platform says about an attempt."""

    NOT_SCANNED = "not_scanned"
    SCANNED = "scanned"
    """The wallet holds it and waits for the person; UnionPay never says so."""
    PAID = "paid"
    CLOSED = "closed"
    """Can never be paid any more; with Alipay also: paid and given back in full, so look at the refunds first."""
    UNKNOWN = "unknown"
    """The platform itself does not know yet: ask again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A genuine statement of the platform about one attempt."""

    state: TradeState
    paid_fen: int | None = None
    """The amount the platform speaks of, in fen; always set when PAID, and not always the attempt's.

    None on a CLOSED trade means that the platform knows of no money: it is no sign that any was given back.
    """
    platform_no: str | None = None
    """trade_no / queryId; always set when PAID, needed for a refund."""
    paid_at: datetime | None = None
    """When the money moved, aware, if told; on a CLOSED trade it moved and was given back in full."""


class Ended(StrEnum):
    """What became of an attempt that was to be ended."""

    CLOSED = "closed"
    PAID = "paid"
    """Paid before it could be ended; the money is here: query for the particulars."""
    PAID_REFUNDED = "paid_refunded"
    """Paid while it was being ended; the platform has already sent the money back."""
    STILL_OPEN = "still_open"
    """The channel cannot close: it may be paid until it expires, so end it again afterwards."""
    UNKNOWN = "unknown"
    """The platform asks to end it again."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to be given back; sent again unchanged it is never given twice."""

    number: str
    """out_request_no / orderId of the refund, shaped as an attempt number, fixed for ever."""
    attempt: Attempt
    """The paid attempt."""
    platform_no: str
    """The paid attempt's ``Outcome.platform_no``."""
    amount_fen: int
    """In fen, at most what was paid."""
    reason: str
    """Shown to the payer where the channel can."""
    txn_time: datetime
    """When the refund was decided, aware; part of UnionPay's query key."""

    def __post_init__(self) -> None:
        """Refuse what a platform could not take.

        :raises ValueError: number, amount, or a time without zone.
        """
        if not NUMBER.fullmatch(self.number):
            raise ValueError("refund number is not 8 to 32 letters and digits")
        if self.amount_fen <= 0:
            raise ValueError("refund is not positive")
        if self.txn_time.tzinfo is None:
            raise ValueError("time without zone")


RefundState = order.RefundState
"""What the platform says about a refund; a refund's row keeps the last word."""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """A genuine statement of the platform about one refund."""

    state: RefundState
    text: str = ""
    """The platform's code and words when REFUSED or FAILED; foreign text."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A notice whose signature, merchant and currency have been proved."""

    kind: NoticeKind
    number: str
    """The attempt's number, or for a refund the refund's own number."""
    outcome: Outcome
    """For a payment the trade's state; for a refund PAID means it was carried out, and ``paid_fen`` is
    how much went back (Alipay: by all refunds of the trade so far)."""
    txn_time: datetime | None = None
    """UnionPay: the txnTime it belongs to."""


class PaymentGateway(Protocol):
    """One payment channel; every call ends within its own deadline and may be made from any thread."""

    @property
    def method(self) -> PaymentMethod:
        """Which way to pay this is."""

    @property
    def payee(self) -> str:
        """The name the wallet shows as receiver of the money."""

    @property
    def notices(self) -> NoticeRules:
        """How the platform's notices are answered."""

    @property
    def bill_edge(self) -> timedelta:
        """What moved so shortly before midnight in Beijing may stand in the next day's bill."""

    def start(self, attempt: Attempt) -> Started:
        """Ask for a QR code.

        After ``GatewayUnknown`` the same attempt may be started once more; a platform that had taken it the first time
        may not tell the code again (UnionPay: 12, ``GatewayUnknown``): then it is ended and a new one made.
        """

    def query(self, attempt: Attempt) -> Outcome:
        """Ask what became of the attempt; the caller compares the amount."""

    def end(self, attempt: Attempt) -> Ended:
        """Query a last time and, unless paid, see that it can be paid no more; may be repeated."""

    def refund(self, refund: Refund) -> RefundOutcome:
        """Give money back; may be repeated unchanged."""

    def query_refund(self, refund: Refund) -> RefundOutcome:
        """Ask what became of the refund."""

    def bill(self, day: date) -> Bill | None:
        """Everything that moved on a Beijing day; None while there is no bill, as also after a day without trade.

        :raises AnswerNotGenuine: a bill that is not of the published form.
        """

    def read_notice(self, body: bytes, url: str, headers: Mapping[str, str] = NO_HEADERS) -> PaymentNotice:
        """Prove and read a notice that was posted to ``url`` (with its query, if it has one).

        The headers' names are in lower case.

        :raises AnswerNotGenuine: do not answer ``notices.taken``.
        """
