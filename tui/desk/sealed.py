"""Column types: personal data sealed with AES-256-GCM (NIST SP 800-38D), and moments in UTC."""

import os
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_NONCE = 12
_KEYS: WeakKeyDictionary[Dialect, AESGCM] = WeakKeyDictionary()
"""The data key belongs to an engine; column types are shared by all engines and see only its dialect."""


def use_key(dialect: Dialect, key: bytes) -> None:
    """Let the engine of this dialect read and write sealed columns."""
    _KEYS[dialect] = AESGCM(key)


class Sealed(TypeDecorator[bytes]):
    """Bytes that stand encrypted and authenticated in the database; `purpose` keeps columns from being exchanged."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal under a fresh nonce."""
        if value is None:
            return None
        nonce = os.urandom(_NONCE)
        return nonce + _KEYS[dialect].encrypt(nonce, value, self.purpose.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Open.

        :raises cryptography.exceptions.InvalidTag: another key, or the row was tampered with.
        """
        if value is None:
            return None
        return _KEYS[dialect].decrypt(value[:_NONCE], value[_NONCE:], self.purpose.encode())


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
