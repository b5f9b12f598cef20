"""A platform's daily bill as the desk compares it; nobody signed it: a reason to ask, never a proof."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BillLine:
    """One movement."""

    number: str
    """The attempt's number."""
    refund_no: str
    """Of money that went back; empty for a payment."""
    amount_fen: int
    """In fen, positive in either direction."""
    line: int = field(default=0, compare=False)
    """Its place in the file, from 1; 0 where it stood in none."""


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line that is not of the published form, as a rule one of another shop of the same seller."""

    line: int
    """Its place in the file, from 1."""
    number: str
    """The merchant's order number as far as it can be told, made harmless; else empty."""
    why: str
    """What is odd about it."""
    text: str
    """All of it, foreign: to look for our own numbers, never to be shown."""


@dataclass(frozen=True, slots=True)
class Bill:
    """All that moved on a day."""

    lines: tuple[BillLine, ...]
    odd: tuple[OddLine, ...] = ()
    """In the file's order; each stands for a movement that could not be compared."""


class Odd(Exception):  # noqa: N818
    """Why one line is set aside, so that all others can be read."""
