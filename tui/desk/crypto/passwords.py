"""Passwords kept as Argon2id hashes (RFC 9106) in PHC strings, each of which names its own cost.

libsodium computes them: it uses the widest registers that the processor has, and then takes half as long as others.
"""

import re
import secrets
from base64 import b64encode
from dataclasses import dataclass

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

_PHC = re.compile(r"(\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$)([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)")
"""Version and cost, salt, tag."""
_SALT, _TAG = 22, 43
"""Characters of base64: 16 and 32 bytes."""


@dataclass(frozen=True, slots=True)
class PasswordHasher:
    """Hashes at one cost, and verifies at the cost that the hash names; usable from any thread."""

    passes: int
    memory: int
    """KiB."""

    @property
    def _cost(self) -> str:
        return f"$argon2id$v=19$m={self.memory},t={self.passes},p=1$"

    def hash(self, password: str) -> str:
        """A new hash of it, under a salt of its own."""
        return argon2id.str(password.encode(), opslimit=self.passes, memlimit=self.memory * 1024).decode()

    def verify(self, stored: str, password: str) -> bool:
        """Whether it was hashed to this; what is no hash was made of none."""
        try:
            return argon2id.verify(stored.encode(), password.encode())
        except (InvalidkeyError, ValueError):  # ValueError: longer than any hash
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed at another cost."""
        return not stored.startswith(self._cost)

    def of_nothing(self, like: str) -> str:
        """A hash that no password has; to verify it takes as long as this one, or as a new one if this is none."""
        parts = _PHC.fullmatch(like)
        cost, salt, tag = (parts[1], len(parts[2]), len(parts[3])) if parts else (self._cost, _SALT, _TAG)
        return f"{cost}{_random(salt)}${_random(tag)}"


def _random(length: int) -> str:
    """Base64 without padding, of so many characters."""
    return b64encode(secrets.token_bytes(length * 3 // 4)).rstrip(b"=").decode()
