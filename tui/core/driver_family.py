"""What a token's driver speaks."""

from enum import StrEnum


class DriverFamily(StrEnum):
    """The interface that a token's driver speaks."""

    PKCS11 = "pkcs11"
    """OASIS PKCS#11 v2.40."""
    SKF = "skf"
    """GM/T 0016-2012, the interface for SM2 keys; this version has no adapter for it."""
