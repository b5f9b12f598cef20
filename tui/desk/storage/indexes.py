"""Indexes of few rows of a large table: what is owed, what waits for a person."""

from enum import StrEnum

from sqlalchemy import Index, text

from tui.core.order import PaymentStatus


def among(column: str, values: frozenset[StrEnum]) -> str:
    """SQL: the column has one of these."""
    return f"{column} IN ({', '.join(repr(value.value) for value in sorted(values))})"


def owed(table: str, due: str) -> Index:
    """Of a due time, and of those rows alone that owe something, for their number does not grow.

    SQLite uses it where a query says `IS NOT NULL` in so many words.
    """
    owes = text(f"{due} IS NOT NULL")
    return Index(f"ix_{table}_{due}", due, sqlite_where=owes, postgresql_where=owes)


FROZEN = among("payment_status", frozenset({PaymentStatus.FROZEN}))
"""Which applications wait for an operator; a query must say it in these words to be served by their index."""
