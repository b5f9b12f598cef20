"""Column types: personal data sealed with AES-256-GCM (NIST SP 800-38D), and moments in UTC.

What is sealed is bound to table, column and row: in another place it opens no more. A column type sees only values, so
the records' events tell it the row (`bind_to_rows`).
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import DateTime, Dialect, LargeBinary, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.attributes import flag_modified, set_committed_value
from sqlalchemy.types import TypeDecorator

NONCE = 12
"""Bytes, before the ciphertext."""
_KEYS: WeakKeyDictionary[Dialect, AESGCM] = WeakKeyDictionary()
"""The data key belongs to an engine; column types are shared by all engines and see only its dialect."""


def use_key(dialect: Dialect, key: bytes) -> None:
    """Let the engine of this dialect read and write sealed columns."""
    _KEYS[dialect] = AESGCM(key)


def key_of(dialect: Dialect) -> AESGCM:
    """The data key of the engine of this dialect.

    :raises KeyError: the engine was opened without it.
    """
    return _KEYS[dialect]


def place(column: str, row: tuple[str, ...]) -> bytes:
    """Additional authenticated data: the column as `table.column`, and the row's key."""
    return msgspec.json.encode([column, *row])


class InRow(bytes):
    """Plain bytes that know their row."""

    row: tuple[str, ...]

    @classmethod
    def of(cls, value: bytes, row: tuple[str, ...]) -> "InRow":
        """These bytes in that row."""
        made = cls(value)
        made.row = row
        return made


@dataclass(frozen=True, slots=True)
class Closed:
    """A sealed value as the database gives it; its record opens it."""

    column: str
    sealed: bytes
    key: AESGCM

    def open(self, row: tuple[str, ...]) -> InRow:
        """The plain bytes.

        :raises cryptography.exceptions.InvalidTag: another key or place, or somebody changed it.
        """
        nonce, ciphertext = self.sealed[:NONCE], self.sealed[NONCE:]
        return InRow.of(self.key.decrypt(nonce, ciphertext, place(self.column, row)), row)


class Sealed(TypeDecorator[bytes]):
    """Bytes that stand encrypted and authenticated in the database; `column` is `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal under a fresh nonce.

        :raises TypeError: a value that no record has bound to its row.
        """
        if value is None:
            return None
        if not isinstance(value, InRow):
            raise TypeError(f"{self.column} is written by its record only")
        nonce = os.urandom(NONCE)
        return nonce + key_of(dialect).encrypt(nonce, value, place(self.column, value.row))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """`Closed`: the row is not known here."""
        return None if value is None else Closed(self.column, value, key_of(dialect))


def bind_to_rows(base: type[DeclarativeBase]) -> None:
    """Let every record of this base bind its sealed columns to its row, and open them when it is loaded."""
    event.listen(base, "before_insert", lambda _mapper, _connection, record: bind(record), propagate=True)
    event.listen(base, "before_update", lambda _mapper, _connection, record: bind(record), propagate=True)
    event.listen(base, "load", lambda record, _context: _open(record), propagate=True)
    event.listen(base, "refresh", lambda record, _context, _names: _open(record), propagate=True)


def bind(record: Any) -> None:
    """Bind the record's sealed values to its row, as they are before they are written."""
    for name, value in _sealed_values(record):
        row = _row(record)
        if isinstance(value, bytes) and (not isinstance(value, InRow) or value.row != row):
            setattr(record, name, InRow.of(value, row))
            flag_modified(record, name)  # bytes that are equal in another row are sealed otherwise


def _open(record: Any) -> None:
    for name, value in _sealed_values(record):
        if isinstance(value, Closed):
            set_committed_value(record, name, value.open(_row(record)))


def _sealed_values(record: Any) -> list[tuple[str, object]]:
    """Name and value of each sealed column that is loaded or set."""
    return [(name, record.__dict__[name]) for name in sealed_columns(record.__class__) if name in record.__dict__]


@cache
def sealed_columns(kind: Any) -> tuple[str, ...]:
    """The names of a record's sealed columns."""
    return tuple(column.key for column in kind.__table__.columns if isinstance(column.type, Sealed))


def _row(record: Any) -> tuple[str, ...]:
    """The row's key, which must be known before the row is written."""
    return tuple(str(getattr(record, name)) for name in bound_by(record.__class__))


@cache
def bound_by(kind: Any) -> tuple[str, ...]:
    """The columns that name the row of what is sealed."""
    return getattr(kind, "__sealed_by__", None) or tuple(column.key for column in kind.__table__.primary_key)


class Moment(TypeDecorator[datetime]):
    """An aware moment; SQLite keeps no zone, so UTC is what it stores."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
