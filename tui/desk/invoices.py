"""The e-invoice (数电票): what the desk orders, what becomes of it, and the tax in it."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Protocol


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

    def __post_init__(self) -> None:
        """Refuse an order that does not add up.

        :raises ValueError: no number, no line, or the lines are not the total.
        """
        if not 0 < len(self.request_no) <= 64:
            raise ValueError("request number is empty or longer than 64")
        if not self.lines or sum(line.total_fen for line in self.lines) != self.total_fen:
            raise ValueError("the lines do not add up to the total")

    @property
    def tax_fen(self) -> int:
        """Sum of the lines' taxes, each rounded on its own as the invoice shows them."""
        return sum(tax_within(line.total_fen, self.tax_rate) for line in self.lines)


class InvoiceState(StrEnum):
    """What the tax platform says of an order."""

    PENDING = "pending"
    ISSUED = "issued"
    FAILED = "failed"
    """Refused for good; a person must put the order right."""


@dataclass(frozen=True, slots=True)
class InvoiceOutcome:
    """A statement of the platform about one order."""

    state: InvoiceState
    number: str = ""
    """20 digits, once issued."""
    pdf_url: str = ""
    """Once issued; such links may end, so keep what they lead to."""
    text: str = ""
    """Why it failed: foreign text."""


@dataclass(frozen=True, slots=True)
class TaxPlatformSettings:
    """The seller's application at the tax platform."""

    url: str
    """Service address: https://sdk.nuonuo.com/open/v1/services"""
    token_url: str
    """Where access tokens are fetched: https://open.nuonuo.com/accessToken"""
    app_key: str
    app_secret: bytes = field(repr=False)
    seller_tax_number: str
    tax_code: str
    """税收分类编码 of the service sold, 19 digits."""
    token_cache: Path
    """File that keeps the access token: the platform hands out 50 in 30 days."""
    seller_phone: str = ""
    seller_address: str = ""
    clerk: str = "系统"
    """开票员."""
    tax_percent: int = 6
    ca_file: Path | None = None
    """PEM bundle to trust instead of the system's authorities."""
    deadline: float = 15.0
    """Seconds for one exchange."""

    @property
    def seller(self) -> Seller:
        """The seller as an order names it."""
        return Seller(self.seller_tax_number, self.seller_phone, self.seller_address)

    @property
    def tax_rate(self) -> Decimal:
        """`tax_percent` as a rate."""
        return Decimal(self.tax_percent) / 100


class TaxPlatformDown(Exception):  # noqa: N818 — a state of the platform, said as one
    """The platform did not answer usably: whether it acted is not known, ask again with the same order."""


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
