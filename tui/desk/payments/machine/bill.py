"""What the machine knows of one bill: the application's status, its payment attempts, and the money on its way back."""

from dataclasses import dataclass, replace
from datetime import datetime

from tui.core.order import SHOWN_ATTEMPT, ApplicationStatus, AttemptState, PaymentStatus, RefundState

CERTIFIED = frozenset({ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED})
"""The new certificate is out."""
PAID = CERTIFIED | {ApplicationStatus.ISSUING}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One payment code."""

    number: str
    amount_fen: int
    txn_time: datetime
    shown_until: datetime
    expires_at: datetime
    """The end told to the platform."""
    state: AttemptState = AttemptState.CREATED
    qr: str = ""
    queries: int = 0
    """Asked so often for the code; once it is closing, for its end."""
    next_query_at: datetime | None = None
    """When the platform is asked again; None once the state is final."""
    paid_fen: int | None = None
    paid_at: datetime | None = None
    platform_no: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """The whole money of one attempt, on its way back."""

    attempt_no: str
    amount_fen: int
    cause: str
    """One of `RefundCause`, or the word of another version."""
    txn_time: datetime
    """When the present order was made."""
    state: RefundState = RefundState.ABSENT
    ordinal: int = 1
    """1, 2, … among the orders that the platform was given for it."""
    tries: int = 0
    next_try_at: datetime | None = None
    refusal: str = ""
    """The platform's code and words when it last refused."""
    done_at: datetime | None = None

    @property
    def number(self) -> str:
        """`RF` and the attempt's number."""
        return f"RF{self.attempt_no}"


@dataclass(frozen=True, slots=True)
class Bill:
    """One application as far as its money goes."""

    status: ApplicationStatus
    old_not_after: datetime
    """The end of the certificate that is renewed: what is paid later buys nothing."""
    paid_at: datetime | None = None
    issued_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    """In the order in which they were made."""
    refunds: tuple[Refund, ...] = ()
    """At most one of an attempt."""

    @property
    def payment_status(self) -> PaymentStatus:
        """Follows from the attempts alone."""
        states = {attempt.state for attempt in self.attempts}
        for state, status in _STATUS_OF.items():
            if state in states:
                return status
        return PaymentStatus.UNPAID

    @property
    def shown(self) -> Attempt | None:
        """The one attempt whose code may be on a screen."""
        return next((attempt for attempt in self.attempts if attempt.state in SHOWN_ATTEMPT), None)

    @property
    def credited(self) -> Attempt | None:
        """The one attempt that has paid the bill."""
        return next((attempt for attempt in self.attempts if attempt.state is AttemptState.PAID), None)

    def attempt(self, number: str) -> Attempt | None:
        """The attempt of this number."""
        return next((attempt for attempt in self.attempts if attempt.number == number), None)

    def refund(self, attempt_no: str) -> Refund | None:
        """The refund of this attempt."""
        return next((refund for refund in self.refunds if refund.attempt_no == attempt_no), None)

    def having(self, *attempts: Attempt) -> "Bill":
        """The bill with these attempts in the place of those of their numbers."""
        changed = {attempt.number: attempt for attempt in attempts}
        known = tuple([changed.get(one.number, one) for one in self.attempts])
        return Bill(self.status, self.old_not_after, self.paid_at, self.issued_at, known, self.refunds)

    def refunding(self, refund: Refund) -> "Bill":
        """The bill with this refund, in the place of the attempt's former one."""
        others = tuple(known for known in self.refunds if known.attempt_no != refund.attempt_no)
        return replace(self, refunds=(*others, refund))


_STATUS_OF = {
    AttemptState.FROZEN: PaymentStatus.FROZEN,
    AttemptState.PAID: PaymentStatus.PAID,
    AttemptState.CREATED: PaymentStatus.PAYING,
    AttemptState.QR_SHOWN: PaymentStatus.PAYING,
    AttemptState.SCANNED: PaymentStatus.PAYING,
    AttemptState.UNKNOWN: PaymentStatus.PAYING,
    AttemptState.REFUNDING: PaymentStatus.REFUNDING,
    AttemptState.REFUNDED: PaymentStatus.REFUNDED,
}
"""The first of them that an attempt is in decides."""
