"""The CA's rules of a renewal, as the desk tells them."""

from enum import StrEnum


class KeyPolicy(StrEnum):
    """Which key the new certificate is for; the CA's rule, told by the desk."""

    REKEY = "rekey"
    """A new pair is made in the token."""
    KEEP = "keep"
    """The old pair goes on; only the certificate is new."""


class OldPair(StrEnum):
    """What becomes of the old certificate and its key once the desk has verified the new pair."""

    KEEP = "keep"
    """They stay on the token."""
    DELETE = "delete"
    """The person is asked whether they may be deleted."""


class SignatureScheme(StrEnum):
    """How RSA keys sign for this CA; EC keys always use ECDSA. SHA-256 in every case."""

    PKCS1 = "pkcs1"
    """RSASSA-PKCS1-v1_5 (RFC 8017 8.2)."""
    PSS = "pss"
    """RSASSA-PSS (RFC 8017 8.1), MGF1 with SHA-256, 32 bytes of salt."""
