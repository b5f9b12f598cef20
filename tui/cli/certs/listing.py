"""List tokens and certificates, and why each can or cannot be renewed (`certs`)."""

from datetime import datetime
from typing import Protocol

from tui.core.certificate import Certificate, Token
from tui.core.eligibility import why_empty, why_not
from tui.core.failure import Reason
from tui.core.frozen import frozen
from tui.core.token import Snapshot


@frozen
class Listed:
    """One certificate, or a token without any, in `certs --json`; the names are a contract, new ones come at the end.

    A token without certificates has empty texts, `state` `no_certificate`, and as `reason` that or, where there may be
    one that is visible only after the PIN, `certificate_hidden`, or `token_fault` where it cannot be read.
    """

    module: str
    token_label: str
    token_serial: str
    slot: int
    subject: str
    issuer: str
    serial: str
    """Hex."""
    not_before: datetime | None
    """None, and `not_after` and `days_left` too, where there is no certificate or its dates cannot be read."""
    not_after: datetime | None
    days_left: int | None
    key: str
    key_id: str
    """Hex."""
    state: str
    reason: str
    """Why it cannot be renewed now (a `core.failure.Reason`), empty when it can."""
    usage: str
    """signing, encryption, any, other; empty where it is not known."""
    label: str
    """The certificate's name on the token."""
    size: int
    """Bytes."""
    fingerprint: str
    """SHA-256 of the certificate, hex."""
    token_fault: str
    """Why the token could not be read wholly (the driver's name for it), empty when it was."""
    pin_to_be_changed: bool
    """The token works only after its user has changed the PIN."""


class Look(Protocol):
    """Tokens that are looked at once; `tui.token.tokens.Tokens` does it."""

    async def take_snapshot(self) -> Snapshot: ...

    async def close(self) -> None: ...


async def look(tokens: Look) -> Snapshot:
    """What the modules see now; a driver too slow is among the faults."""
    try:
        return await tokens.take_snapshot()
    finally:
        await tokens.close()


def listed(snapshot: Snapshot, now: datetime) -> tuple[Listed, ...]:
    """Every certificate on every token, and every token without certificates."""
    return tuple(row for token in snapshot.tokens for row in rows(token, now) or (_empty(token),))


def rows(token: Token, now: datetime) -> tuple[Listed, ...]:
    """The token's certificates."""
    return tuple(_listed(token, certificate, now) for certificate in token.certificates)


def _empty(token: Token) -> Listed:
    return Listed(
        module=token.module,
        token_label=token.label,
        token_serial=token.serial,
        slot=token.slot,
        subject="",
        issuer="",
        serial="",
        not_before=None,
        not_after=None,
        days_left=None,
        key="",
        key_id="",
        state=Reason.NO_CERTIFICATE.value,
        reason=(why_empty(token) or Reason.NO_CERTIFICATE).value,
        usage="",
        label="",
        size=0,
        fingerprint="",
        token_fault=token.fault,
        pin_to_be_changed=token.pin_to_be_changed,
    )


def _listed(token: Token, certificate: Certificate, now: datetime) -> Listed:
    reason = why_not(certificate, now)
    return Listed(
        module=token.module,
        token_label=token.label,
        token_serial=token.serial,
        slot=token.slot,
        subject=certificate.subject,
        issuer=certificate.issuer,
        serial=certificate.serial,
        not_before=certificate.not_before if certificate.dated else None,
        not_after=certificate.not_after if certificate.dated else None,
        days_left=certificate.days_left(now) if certificate.dated else None,
        key=certificate.key,
        key_id=certificate.key_id,
        state=certificate.state(now).value,
        reason=reason.value if reason else "",
        usage=certificate.usage.value if certificate.readable else "",
        label=certificate.label,
        size=len(certificate.der),
        fingerprint=certificate.fingerprint,
        token_fault=token.fault,
        pin_to_be_changed=token.pin_to_be_changed,
    )
