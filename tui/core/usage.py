"""What a certificate's key is for, and whether it is a holder's: one rule for kiosk, `certs`, doctor and desk."""

from tui.core.certificate import Usage
from tui.core.frozen import frozen

SIGNS, ENCRYPTS = 0x80 | 0x40, 0x20 | 0x10 | 0x08
"""digitalSignature, nonRepudiation; keyEncipherment, dataEncipherment, keyAgreement: bits of the first octet."""

MACHINES = frozenset(
    {
        "1.3.6.1.5.5.7.3.1",  # serverAuth
        "1.3.6.1.5.5.7.3.8",  # timeStamping
        "1.3.6.1.5.5.7.3.9",  # OCSPSigning
    }
)
"""Purposes (RFC 5280 4.2.1.12) that are a service's. Code is signed by companies with tokens of their own."""


@frozen
class Claims:
    """What a certificate says of its key and its issuer."""

    key_usage: int | None
    """First octet of the named bits (RFC 5280 4.2.1.3), digitalSignature the highest; None where absent or unreadable:
    nothing is forbidden."""
    authority: bool
    """cA in basicConstraints (4.2.1.9)."""
    self_issued: bool
    """Issuer and subject are one name (3.2): a root, or the placeholder of a program that made a key."""
    purposes: frozenset[str]
    """extKeyUsage as dotted OIDs; none where it is absent or unreadable."""


def usage_of(claims: Claims) -> Usage:
    """OTHER for what is no holder's, whatever its keyUsage allows; else by keyUsage."""
    if claims.authority or claims.self_issued or (claims.purposes and claims.purposes <= MACHINES):
        return Usage.OTHER
    if claims.key_usage is None:
        return Usage.ANY
    match bool(claims.key_usage & SIGNS), bool(claims.key_usage & ENCRYPTS):
        case True, True:
            return Usage.ANY
        case True, False:
            return Usage.SIGNING
        case False, True:
            return Usage.ENCRYPTION
        case _:
            return Usage.OTHER
