"""A signed-in session on the one right token: found by its certificate, compared again before every use."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import PyKCS11
from cryptography import x509
from PyKCS11 import PyKCS11Error

from tui.core.certificate import (
    RENEWABLE_KEYS,
    Certificate,
    CertificateRef,
    PinState,
    Token,
    find,
    find_token,
    holds_key,
    likeliest,
    refer,
    refer_token,
)
from tui.core.failure import Failure, Reason, TokenError
from tui.core.order import SignatureScheme
from tui.core.ports import TokenStage
from tui.token import certificates, faults, objects
from tui.token.driver import Driver
from tui.token.keys import TokenKey, prove, token_key

AskPin = Callable[[], bytearray]
"""Fetch the PIN; who asks wipes it."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open read-write session after C_Login."""

    driver: Driver
    token: Token
    certificate: Certificate
    """What the token is known by."""
    session: Any
    mechanisms: frozenset[int]
    """CKM_ values that the token lists; empty when it does not tell."""

    def confirm(self) -> None:
        """Refresh the slot and compare the token, so that nothing is signed or written on another one."""
        compare(self.driver, self.token, self.certificate, self.session)
        if self.session.getSessionInfo().state != PyKCS11.CKS_RW_USER_FUNCTIONS:
            raise faults.fault(Reason.TOKEN_REMOVED, "session lost")

    def recognise(self, scheme: SignatureScheme) -> None:
        """Let the token's key sign before anything is made: what a driver tells may still be another token's.

        Raises KEY_UNSUPPORTED, KEY_MISSING or SIGNATURE_FALSE.
        """
        if self.certificate.key not in RENEWABLE_KEYS:
            raise faults.fault(Reason.KEY_UNSUPPORTED, self.certificate.key)
        public_key = x509.load_der_x509_certificate(self.certificate.der).public_key()
        prove(self.key(bytes.fromhex(self.certificate.key_id), public_key), secrets.token_bytes(32), scheme)

    def key(self, key_id: bytes, public_key: object) -> TokenKey:
        """The private key with this CKA_ID, else the one of the same pair, as a signer; raise KEY_MISSING."""
        handles = objects.private_keys(self.session, key_id) if key_id else []
        if not handles:
            same = (pair for pair in objects.key_pairs(self.session) if pair.public_key == public_key)
            handles = [handle for pair in same for handle in objects.private_keys(self.session, pair.key_id)]
        if not handles:
            raise faults.fault(Reason.KEY_MISSING)

        def sign(mechanism: PyKCS11.Mechanism, data: bytes) -> bytes:
            self.confirm()
            return bytes(self.session.sign(handles[0], data, mechanism))

        return token_key(public_key, sign, self.mechanisms)


def compare(driver: Driver, token: Token, certificate: Certificate | None, session: Any) -> None:
    """Refresh the slot, then compare the token with the one that began: name, serial, and the key it is known by.

    Without a certificate (none is visible before the PIN) name and serial are all there is.

    Without the refresh a driver was seen to send one token's PIN to another, and to sign with a second token's key
    under the first one's serial. Raises TOKEN_REMOVED or TOKEN_SWAPPED.
    """
    driver.slots()
    if not driver.lib.getSlotInfo(token.slot).flags & PyKCS11.CKF_TOKEN_PRESENT:
        raise faults.fault(Reason.TOKEN_REMOVED)
    info = driver.lib.getTokenInfo(token.slot)
    named = (objects.text(info.label), objects.text(info.serialNumber)) == (token.label, token.serial)
    known = certificate is None or objects.holds(session, bytes.fromhex(certificate.key_id), certificate.spki)
    if not named or not known:
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
    """The token that holds this very certificate; raise TOKEN_SWAPPED, TOKEN_REMOVED or TOKEN_FAULT.

    Where `replaced` is given (the certificate's DER), the token may be known by the certificate's key alone; where the
    certificate is visible only after the PIN, by its name and serial, without a certificate then.
    """
    for look_again in (False, True):
        seen: tuple[Token, ...] = ()  # of the last look alone: a token may have gone in the middle of the first
        with contextlib.suppress(PyKCS11Error):
            if look_again:
                driver.restart()
            seen = likeliest(objects.tokens(driver), reference)
            if found := find(seen, reference.fingerprint):
                return found
            if reference.private and (named := next((t for t in seen if reference.names(t) and not t.fault), None)):
                return named, None
            if replaced and (token := find_token(seen, reference)):
                return token, _known_by_key(driver, token, reference, replaced)
    if any(_is_another(token, reference) for token in seen):
        raise faults.fault(Reason.TOKEN_SWAPPED)
    unread = next((token.fault or "certificate not listed" for token in seen if token.fault or token.bare_keys), "")
    raise faults.fault(Reason.TOKEN_FAULT if unread else Reason.TOKEN_REMOVED, unread)


def _known_by_key(driver: Driver, token: Token, reference: CertificateRef, der: bytes) -> Certificate:
    """The new certificate of the same key if it is there already, else the one that was replaced."""
    for certificate in token.certificates:
        if certificate.spki == reference.spki and certificate.has_private_key:
            return certificate
    with objects.opened(driver, token.slot) as session:
        return certificates.read(der, objects.id_of_key(session, reference.spki), "", has_private_key=True)


@contextlib.contextmanager
def signed_in(
    driver: Driver, reference: CertificateRef, ask_pin: AskPin, scheme: SignatureScheme, replaced: bytes = b""
) -> Iterator[Workspace]:
    """Find the token (see `locate`), log in, let its key sign, and log out at the end whatever happened."""
    token, certificate = locate(driver, reference, replaced)
    with _logged_in(driver, token, certificate, ask_pin, writable=True) as session:
        if certificate is None:
            token, certificate = _uncovered(driver, token, session, reference, replaced)
        workspace = Workspace(driver, token, certificate, session, driver.mechanisms(token.slot))
        workspace.recognise(scheme)
        yield workspace


def look(driver: Driver, reference: CertificateRef, ask_pin: AskPin, progress: Callable[[TokenStage], None]) -> Token:
    """The token of this name with all that is on it; nothing is signed or written."""
    progress(TokenStage.CHECKING)
    token, certificate = locate(driver, reference)
    with _logged_in(driver, token, certificate, ask_pin, writable=False) as session:
        return _unveiled(token, session)


@contextlib.contextmanager
def _logged_in(
    driver: Driver, token: Token, certificate: Certificate | None, ask_pin: AskPin, *, writable: bool
) -> Iterator[Any]:
    """A session after C_Login on the token that was compared just before; the PIN is wiped whatever happens."""
    with objects.opened(driver, token.slot, writable=writable) as session:
        pin = ask_pin()
        try:
            compare(driver, token, certificate, session)
            _login(driver, token, session, pin)
        finally:
            pin[:] = bytes(len(pin))
        try:
            yield session
        finally:
            with contextlib.suppress(PyKCS11Error):
                session.logout()


def _unveiled(token: Token, session: Any) -> Token:
    """The token as it is seen after login; what was not visible before is marked."""
    before = {certificate.fingerprint for certificate in token.certificates}
    held, bare = objects.listed(session)
    shown = tuple(replace(c, private=c.fingerprint not in before) for c in held)
    return replace(token, certificates=shown, bare_keys=bare, hides=False)


def _uncovered(
    driver: Driver, token: Token, session: Any, reference: CertificateRef, replaced: bytes
) -> tuple[Token, Certificate]:
    """The certificate that the reference means, now that it can be seen; raise TOKEN_SWAPPED."""
    token = _unveiled(token, session)
    if found := find((token,), reference.fingerprint):
        return found
    if replaced and holds_key(token, reference.spki):
        return token, _known_by_key(driver, token, reference, replaced)
    raise faults.fault(Reason.TOKEN_SWAPPED, "certificate not on it")


def _login(driver: Driver, token: Token, session: Any, pin: bytearray) -> None:
    """C_Login once, never on a locked token. The PIN goes into the driver's own buffer, which is wiped."""
    if token.pin_state is PinState.LOCKED:
        raise TokenError(Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0))
    vector = PyKCS11.LowLevel.ckbytelist(0 if token.pin_pad else len(pin))
    try:
        if not token.pin_pad and not max(1, token.pin_min) <= len(pin) <= (token.pin_max or len(pin)):
            raise faults.fault(Reason.PIN_LENGTH, f"{token.pin_min}-{token.pin_max}")
        for i in range(len(vector)):
            vector[i] = pin[i]
        value = driver.lib.lib.C_Login(session.session, PyKCS11.CKU_USER, vector)
    finally:
        for i in range(len(vector)):
            vector[i] = 0
    if value not in (PyKCS11.CKR_OK, PyKCS11.CKR_USER_ALREADY_LOGGED_IN):
        error = PyKCS11Error(value)
        raise TokenError(_refusal(driver, token.slot, faults.failure(error))) from error


def _refusal(driver: Driver, slot: int, failure: Failure) -> Failure:
    """A refused login with the tries left that the token tells now; the last wrong PIN still says PIN_INCORRECT."""
    if failure.reason is not Reason.WRONG_PIN:
        return failure
    with contextlib.suppress(PyKCS11Error):
        state = faults.pin_state(driver.lib.getTokenInfo(slot).flags)
        tries = faults.tries_left(state)
        locked = tries == 0
        return replace(
            failure,
            reason=Reason.PIN_LOCKED if locked else failure.reason,
            tries_left=tries,
            final_try=tries == 1,
        )
    return failure
