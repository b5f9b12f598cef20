"""PINs with retry counters and unblocking codes."""

import hmac
from dataclasses import dataclass, field
from typing import Self

from tests.rig.card.apdu import Refused, Status

SIZE = 8
"""Bytes of a padded PIN."""


@dataclass(slots=True)
class PinRecord:
    """One PIN and the code that unblocks it."""

    value: bytes = field(repr=False)
    unblocking: bytes = field(repr=False)
    limit: int
    unblocking_limit: int
    left: int
    unblocking_left: int

    @classmethod
    def described(cls, data: bytes) -> Self:
        """PUT DATA's record: PIN, unblocking code, their two limits; raise Refused."""
        if len(data) < 2 * SIZE + 2:
            raise Refused(Status.WRONG_LENGTH)
        limit, unblocking_limit = data[2 * SIZE], data[2 * SIZE + 1]
        return cls(data[:SIZE], data[SIZE : 2 * SIZE], limit, unblocking_limit, limit, unblocking_limit)

    def state(self) -> int:
        """What VERIFY without data says about a PIN that is not verified (ISO/IEC 7816-4 11.5.6)."""
        return Status.TRIES_LEFT + self.left if self.left else Status.PIN_BLOCKED

    def check(self, value: bytes) -> None:
        """Compare; raise Refused and count down if it is wrong."""
        if not self.left:
            raise Refused(Status.PIN_BLOCKED)
        self.left -= 1
        if not hmac.compare_digest(self.value, value):
            raise Refused(Status.TRIES_LEFT + self.left)
        self.left = self.limit

    def unblock(self, code: bytes, value: bytes) -> None:
        """Set a new PIN by the unblocking code; raise Refused and count down if the code is wrong."""
        if not self.unblocking_left:
            raise Refused(Status.PIN_BLOCKED)
        self.unblocking_left -= 1
        if not hmac.compare_digest(self.unblocking, code):
            raise Refused(Status.TRIES_LEFT + self.unblocking_left)
        self.unblocking_left = self.unblocking_limit
        self.value, self.left = value, self.limit
