"""What the comparison of a platform's bill with our records has found."""

from dataclasses import dataclass
from datetime import date

from tui.core.payment_method import PaymentMethod
from tui.desk.storage.reconciliations import DifferenceKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment or refund on which bill and records differ."""

    kind: DifferenceKind
    attempt_no: str
    refund_no: str
    """Empty for a payment."""
    ours_fen: int | None
    theirs_fen: int | None
    ours_state: str
    """As it was found; empty where we know nothing."""
    settled: bool = False
    """A query that followed has put it right."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One line of a bill that is not of the published form, or not ours."""

    line: int
    """Its place in the file, from 1."""
    number: str
    """The merchant's order number as far as it can be told."""
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One day of one platform."""

    method: PaymentMethod
    day: date
    entries: int | None
    """Lines of the bill that were compared; None while there is none."""
    ours: int
    """Payments and refunds in our records that should stand in it."""
    differences: tuple[Difference, ...] = ()
    odd: tuple[Oddity, ...] = ()
    """Lines of the bill that could not be; those that may be ours are differences too."""
    others: tuple[Oddity, ...] = ()
    """Lines of the published form under numbers that this desk does not make: another shop's of the same seller."""
