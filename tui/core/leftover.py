"""Keys on a token that no certificate there is of, and why one of them must stay."""

from enum import StrEnum

from tui.core.frozen import frozen


class Kept(StrEnum):
    """Why a key without a certificate is not deleted."""

    APPLICATION = "application"
    """It is labelled with the number of an application that may still go on."""
    NAMED = "named"
    """A certificate on the token has its CKA_ID, or its other half belongs to one."""
    UNCERTAIN = "uncertain"
    """It tells no public key, or a certificate tells none that it could be compared with."""
    SEVERAL = "several"
    """Its name is not its alone: deleting by it could take another one."""


@frozen
class LeftoverKey:
    """A key pair, or what there is of it, without a certificate."""

    key_id: str
    """CKA_ID, lower-case hex."""
    label: str
    kind: str
    """`RSA-2048`, `EC-P256`, …; empty where it does not tell."""
    spki: str
    """SHA-256 over SubjectPublicKeyInfo, lower-case hex; empty where it does not tell."""
    private: int
    """Private halves."""
    public: int
    """Public halves."""
    business_no: str = ""
    """The application that it was made for, where its label is such a number."""
    kept: Kept | None = None
    """None where it may be deleted."""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What identifies the key, whatever is known of its application."""
        return self.key_id, self.label, self.spki
