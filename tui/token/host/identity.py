"""Find the slot that holds a token, by certificate or key, and compare it again before every use."""

import contextlib
from collections.abc import Callable
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import (
    Certificate,
    CertificateRef,
    Token,
    find,
    find_token,
    holds_key,
    refer,
    refer_token,
)
from tui.core.failure import Reason
from tui.token.host import faults, inventory, objects
from tui.token.host.driver import Driver
from tui.token.x509 import certificates


def compare(
    driver: Driver, token: Token, certificate: Certificate | None, session: Any, answers: Callable[[], bool] = bool
) -> None:
    """Refresh the slot, then compare the token with the one that began: name, serial, and the key it is known by.

    Without a certificate (none is visible before the PIN) name and serial are all there is.

    Without the refresh a driver was seen to send one token's PIN to another, and to sign with a second token's key
    under the first one's serial. `answers` is asked where no object shows the key.

    :raises TokenError: TOKEN_REMOVED or TOKEN_SWAPPED.
    """
    driver.slots()
    if not driver.lib.getSlotInfo(token.slot).flags & PyKCS11.CKF_TOKEN_PRESENT:
        raise faults.fault(Reason.TOKEN_REMOVED)
    info = driver.lib.getTokenInfo(token.slot)
    named = (inventory.text(info.label), inventory.text(info.serialNumber)) == (token.label, token.serial)
    shows = certificate is None or objects.holds(session, bytes.fromhex(certificate.key_id), certificate.spki)
    if not named or not (shows or answers()):
        raise faults.fault(_swapped_or_removed(driver, token, certificate), "key" if named else "")


def _swapped_or_removed(driver: Driver, token: Token, certificate: Certificate | None) -> Reason:
    """Whether another token is in its slot now; one that went in the middle of the look may have seemed another."""
    driver.slots()
    expected = refer(token, certificate) if certificate else refer_token(token)
    swapped = any(_is_another(there, expected) for there in objects.tokens(driver, [token.slot]))
    return Reason.TOKEN_SWAPPED if swapped else Reason.TOKEN_REMOVED


def _is_another(token: Token, expected: CertificateRef) -> bool:
    """Of a readable token: the right name over nothing at all is the right token, on its way out."""
    if token.fault or expected.private or not expected.names(token):
        return not token.fault and not expected.names(token)
    here = find((token,), expected.fingerprint) or holds_key(token, expected.spki)
    return not here and bool(token.certificates or token.bare_keys)


def locate(driver: Driver, reference: CertificateRef, replaced: bytes = b"") -> tuple[Token, Certificate | None]:
    """The token that is meant, with this very certificate.

    Another token with a copy of certificate and key has a PIN of its own, and is another token. Where `replaced` is
    given (the certificate's DER), the token may be known by the certificate's key alone; where the
    certificate is visible only after the PIN, by its name and serial, without a certificate then.

    :raises TokenError: TOKEN_SWAPPED, TOKEN_REMOVED or TOKEN_FAULT.
    """
    for look_again in (False, True):
        seen: tuple[Token, ...] = ()  # of the last look alone: a token may have gone in the middle of the first
        with contextlib.suppress(PyKCS11Error):
            if look_again:
                driver.restart()
            seen = objects.tokens(driver)
            meant = tuple(token for token in seen if reference.names(token))
            if found := find(meant, reference.fingerprint):
                return found
            if reference.private and (named := next((t for t in meant if not t.fault), None)):
                return named, None
            if replaced and (token := find_token(meant, reference)):
                return token, known_by_key(driver, token, reference, replaced)
    if any(_is_another(token, reference) for token in seen):
        raise faults.fault(Reason.TOKEN_SWAPPED)
    unread = next((token.fault or "certificate not listed" for token in seen if token.fault or token.bare_keys), "")
    raise faults.fault(Reason.TOKEN_FAULT if unread else Reason.TOKEN_REMOVED, unread)


def known_by_key(driver: Driver, token: Token, reference: CertificateRef, der: bytes) -> Certificate:
    """The new certificate of the same key if it is there already, else the one that was replaced."""
    for certificate in token.certificates:
        if certificate.spki == reference.spki and certificate.has_private_key:
            return certificate
    with inventory.opened(driver, token.slot) as session:
        return certificates.read(der, objects.id_of_key(session, reference.spki) or b"", "", has_private_key=True)
