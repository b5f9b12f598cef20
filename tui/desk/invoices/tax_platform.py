"""The port to a tax platform that issues e-invoices (数电票), and the tax in an amount."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Protocol

_NUMBER = re.compile(r"[0-9]{20}")


def is_invoice_number(text: str) -> bool:
    """Whether this is a 数电票 number: year, region, channel and sequence in 20 digits."""
    return _NUMBER.fullmatch(text) is not None


def tax_within(total_fen: int, rate: Decimal) -> int:
    """The tax contained in a tax-inclusive amount, rounded half up to the fen: total - total / (1 + rate)."""
    exact = Fraction(rate)
    return floor(total_fen * exact / (1 + exact) + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Seller:
    """销售方."""

    tax_number: str
    phone: str = ""
    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line; amounts include tax."""

    name: str
    quantity: int
    unit_fen: int
    tax_code: str
    """税收分类编码, 19 digits."""
    unit: str = "项"

    @property
    def total_fen(self) -> int:
        """Quantity times unit price, tax included."""
        return self.quantity * self.unit_fen


@dataclass(frozen=True, slots=True)
class InvoiceOrder:
    """What is to be invoiced, once per `request_no`."""

    request_no: str
    """At most 64 characters, unique for ever: the platform's idempotency key."""
    seller: Seller
    buyer_name: str = field(repr=False)
    """发票抬头."""
    buyer_tax_number: str = field(repr=False)
    """纳税人识别号; empty for a natural person."""
    mobile: str = field(repr=False)
    """Gets the download link."""
    email: str = field(repr=False)
    lines: tuple[InvoiceLine, ...]
    total_fen: int
    """What was paid, tax included."""
    tax_rate: Decimal = Decimal("0.06")
    callback_url: str = ""
    """Where the platform may tell that something has happened; its word is only a hint."""

    def __post_init__(self) -> None:
        """Refuse an order that does not add up.

        :raises ValueError: no number, no line, or lines and total differ, in amount or by more than a fen in tax.
        """
        if not 0 < len(self.request_no) <= 64:
            raise ValueError("request number is empty or longer than 64")
        if not self.lines or sum(line.total_fen for line in self.lines) != self.total_fen:
            raise ValueError("the lines do not add up to the total")
        if abs(self.tax_fen - tax_within(self.total_fen, self.tax_rate)) > 1:
            raise ValueError("the lines' taxes do not add up to the total's")

    @property
    def tax_fen(self) -> int:
        """Sum of the lines' taxes, each rounded on its own as the invoice shows them."""
        return sum(tax_within(line.total_fen, self.tax_rate) for line in self.lines)


@dataclass(frozen=True, slots=True)
class RedOrder:
    """The whole of an issued invoice is to be taken back (红冲), once per `request_no`."""

    request_no: str
    """At most 32 characters, unique for ever."""
    blue_number: str
    """20 digits of the invoice to be taken back."""
    seller: Seller
    buyer_name: str = field(repr=False)
    buyer_tax_number: str = field(repr=False)
    callback_url: str = ""

    def __post_init__(self) -> None:
        """Refuse what the platform could not hold.

        :raises ValueError: the request number is empty or too long, or the invoice has no number of 20 digits.
        """
        if not 0 < len(self.request_no) <= 32:
            raise ValueError("request number is empty or longer than 32")
        if not is_invoice_number(self.blue_number):
            raise ValueError("an invoice has 20 digits")


class InvoiceState(StrEnum):
    """What the tax platform says of an order."""

    PENDING = "pending"
    AWAITING_BUYER = "awaiting_buyer"
    """A red invoice waits until the buyer, who has entered the blue one in the books, agrees: 72 hours at most."""
    ISSUED = "issued"
    UNSEALED = "unsealed"
    """Issued by the tax bureau, but the platform could not seal it; `reissue` repeats that."""
    FAILED = "failed"
    """Refused; a person must put right what stands in the text, then `reissue` may be asked for."""
    VOIDED = "voided"
    """Made invalid by hand at the platform."""
    REJECTED = "rejected"
    """The order was not taken, and nobody has described to us why: perhaps later, perhaps never."""
    UNKNOWN = "unknown"
    """A code that nobody has described to us: nothing is decided, ask again."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where the platform keeps the files of an issued invoice; such links may end, so keep what they lead to."""

    pdf: str = ""
    ofd: str = ""
    xml: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceOutcome:
    """A statement of the platform about one order."""

    state: InvoiceState
    number: str = ""
    """20 digits, once issued."""
    links: Links = Links()
    """Once issued."""
    text: str = ""
    """Code and reason in the platform's words."""
    issued_at: datetime | None = None
    total_fen: int | None = None
    """Amount with tax as the platform says it; None when it does not."""


class TaxPlatformDown(Exception):  # noqa: N818 — a state of the platform, said as one
    """The platform did not answer usably: whether it acted is not known, ask again with the same order."""


class InvoiceTerms(Protocol):
    """What an order needs of the seller's settings, whichever platform it goes to."""

    @property
    def seller(self) -> Seller:
        """The seller as an order names it."""
        ...

    @property
    def tax_code(self) -> str:
        """税收分类编码 of the service sold, 19 digits."""
        ...

    @property
    def tax_rate(self) -> Decimal:
        """0.06 for six percent."""
        ...


class TaxPlatform(Protocol):
    """Issues e-invoices; every call may be made from any thread and repeated."""

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Order the invoice, or learn what became of an earlier order with this number.

        :raises TaxPlatformDown: ask again.
        """
        ...

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """What became of the order with this number; None when the platform does not know it.

        :raises TaxPlatformDown: ask again.
        """
        ...

    def reissue(self, request_no: str) -> None:
        """Let the platform try again what failed, under the same number.

        :raises TaxPlatformDown: ask again.
        """
        ...

    def issue_red(self, order: RedOrder) -> InvoiceOutcome:
        """Apply for the red invoice, or learn what became of an earlier application with this number.

        :raises TaxPlatformDown: ask again.
        """
        ...
