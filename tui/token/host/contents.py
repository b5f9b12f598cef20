"""What lies on a token: in its own bytes, and what they mean; `listing` tells the one from the other."""

from collections.abc import Callable, Hashable

import msgspec

from tui.core.certificate import Certificate


class PublicParts(msgspec.Struct, frozen=True):
    """What a key object tells of its public key; what it does not tell is empty."""

    modulus: bytes = b""
    exponent: bytes = b""
    curve: bytes = b""
    """CKA_EC_PARAMS."""
    point: bytes = b""
    """CKA_EC_POINT."""
    info: bytes = b""
    """CKA_PUBLIC_KEY_INFO (PKCS#11 v2.40 4.9)."""


class KeyBytes(msgspec.Struct, frozen=True):
    """A private or public key object."""

    key_id: bytes
    """CKA_ID, which need be neither unique nor there."""
    parts: PublicParts


class CertificateBytes(msgspec.Struct, frozen=True):
    """A certificate object."""

    der: bytes
    key_id: bytes
    label: bytes


class Contents(msgspec.Struct, frozen=True):
    """All objects of a token that count, as far as they are visible."""

    private: tuple[KeyBytes, ...]
    public: tuple[KeyBytes, ...]
    certificates: tuple[CertificateBytes, ...]

    @property
    def unordered(self) -> Hashable:
        """Equal for the same objects in another order: some drivers list them anew each time."""
        return frozenset(self.private), frozenset(self.public), frozenset(self.certificates)


class Listing(msgspec.Struct, frozen=True):
    """What a token's objects mean."""

    certificates: tuple[Certificate, ...]
    bare_keys: tuple[str, ...]
    """SHA-256 over SubjectPublicKeyInfo (hex) of the keys without a certificate, sorted."""


Read = Callable[[Contents], Listing]
