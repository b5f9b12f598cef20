"""What has happened to a bill: at the screen, at the payment platform, at the CA, at the operators' desk."""

from dataclasses import dataclass
from datetime import datetime

from tui.desk.payments.machine.bill import Attempt


@dataclass(frozen=True, slots=True)
class PaymentOpened:
    """The person asked for a code; `attempt` is new, and who opened it asks the platform."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """撤销申请."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The certificate ended before the money came."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The CA has signed."""


@dataclass(frozen=True, slots=True)
class IssueRefused:
    """The CA refused for good."""


@dataclass(frozen=True, slots=True)
class CodeClaimed:
    """Somebody takes it upon himself to ask the platform for the code once more."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class CodeIssued:
    """The platform gave the code."""

    attempt_no: str
    qr: str


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """Nobody knows what became of the request for the code."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class StartRefused:
    """The platform will not have this attempt."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class CodeTakenDown:
    """The code is on no screen any more: left, over, or in another's way."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class TradeNotScanned:
    """The platform knows of nobody who scanned."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class TradeScanned:
    """A wallet holds the trade and waits for the person."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class TradeUndecided:
    """The platform does not know yet, or was not to be heard."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class TradePaid:
    """The money is here."""

    attempt_no: str
    paid_fen: int
    paid_at: datetime | None = None
    """None where the platform does not tell."""
    platform_no: str = ""


@dataclass(frozen=True, slots=True)
class TradeClosed:
    """It can be paid no more, and the platform tells of no money that moved."""

    attempt_no: str
    paid_fen: int | None = None
    """An amount named without a time: a sign of money that went back only where money was told of before."""


@dataclass(frozen=True, slots=True)
class ReturnedByPlatform:
    """It was paid, and the platform gave the money back by itself (Alipay's cancel)."""

    attempt_no: str
    paid_fen: int | None = None
    paid_at: datetime | None = None
    platform_no: str = ""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A day after its end the platform has still not decided."""

    attempt_no: str


PlatformWord = TradeNotScanned | TradeScanned | TradeUndecided | TradePaid | TradeClosed | ReturnedByPlatform
"""A genuine statement of the platform about one trade."""


@dataclass(frozen=True, slots=True)
class OperatorRefunded:
    """An operator sends the bill's money back."""

    attempt_no: str
    after_issue: bool = False


@dataclass(frozen=True, slots=True)
class OperatorCredited:
    """An operator takes a frozen payment for this bill, upon what the platform says now."""

    attempt_no: str
    word: PlatformWord


@dataclass(frozen=True, slots=True)
class OperatorReturned:
    """An operator sends a frozen payment back, upon what the platform says now."""

    attempt_no: str
    word: PlatformWord


@dataclass(frozen=True, slots=True)
class RefundDone:
    """The money is back with the payer."""

    attempt_no: str


@dataclass(frozen=True, slots=True)
class RefundPending:
    """The platform has it, or nobody knows."""

    attempt_no: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Not now."""

    attempt_no: str
    ordinal: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """For good: the platform keeps this order's number as one that failed."""

    attempt_no: str
    ordinal: int
    text: str = ""


OfBill = PaymentOpened | Withdrawn | Lapsed | Issued | IssueRefused
OfAttempt = (
    CodeClaimed
    | CodeIssued
    | AnswerLost
    | StartRefused
    | CodeTakenDown
    | PlatformWord
    | GaveUp
    | OperatorRefunded
    | OperatorCredited
    | OperatorReturned
)
OfRefund = RefundDone | RefundPending | RefundRefused | RefundFailed
Event = OfBill | OfAttempt | OfRefund
