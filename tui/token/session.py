"""A signed-in session on the one right token: found by its certificate, compared again before every use."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import PyKCS11
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
)
from tui.core.failure import Failure, Reason, TokenError
from tui.core.order import SignatureScheme
from tui.token import certificates, faults, keyobjects, objects, pairing
from tui.token.driver import Driver
from tui.token.keyobjects import PrivateKeyObject, PublicKey
from tui.token.keys import TokenKey, prove, token_key
from tui.token.login import login
from tui.token.signing import Signer

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
    scheme: SignatureScheme
    """How its keys sign."""
    signer: Signer
    found: dict[bytes, PrivateKeyObject] = field(default_factory=dict, repr=False)
    """DER SubjectPublicKeyInfo to the private key that was found for it."""

    def confirm(self) -> None:
        """Refresh the slot and compare the token, so that nothing is signed or written on another one."""
        compare(self.driver, self.token, self.certificate, self.session, self._answers)
        if self.session.getSessionInfo().state != PyKCS11.CKS_RW_USER_FUNCTIONS:
            raise faults.fault(Reason.TOKEN_REMOVED, "session lost")

    def recognise(self) -> None:
        """Let the token's key sign before anything is made: what a driver tells may still be another token's.

        Raises KEY_UNSUPPORTED, KEY_MISSING or SIGNATURE_FALSE.
        """
        if self.certificate.key not in RENEWABLE_KEYS:
            raise faults.fault(Reason.KEY_UNSUPPORTED, self.certificate.key)
        public_key = self._public_key()
        key = self.key_object(public_key)
        if key.is_of(public_key):  # any other has signed already when it was found
            self.trial(public_key)(key.handle)

    def key(self, public_key: Any) -> TokenKey:
        """The private key of a public key (see `pairing.find`), as a signer; raise KEY_MISSING."""
        return self.signs_with(self.key_object(public_key).handle, public_key)

    def key_object(self, public_key: Any) -> PrivateKeyObject:
        """The private key of a public key; raise KEY_MISSING, or KEY_UNSUPPORTED for other algorithms."""
        if not isinstance(public_key, PublicKey):
            raise faults.fault(Reason.KEY_UNSUPPORTED, type(public_key).__name__)
        spki = keyobjects.spki_of(public_key)
        if spki not in self.found:
            hint = bytes.fromhex(self.certificate.key_id)
            self.found[spki] = pairing.find(self.session, public_key, hint, self.trial(public_key))
        return self.found[spki]

    def trial(self, public_key: PublicKey) -> pairing.Trial:
        """Let a private key sign a nonce; raise SIGNATURE_FALSE where it is not the public key's."""

        def tried(handle: Any) -> None:
            prove(self.signs_with(handle, public_key), secrets.token_bytes(32), self.scheme)

        return tried

    def signs_with(self, handle: Any, public_key: object) -> TokenKey:
        """The private key with this handle as a signer, each signature verified with the public key."""

        def sign(mechanism: PyKCS11.Mechanism, data: bytes) -> bytes:
            self.confirm()
            return self.signer.sign(handle, mechanism, data, self.confirm)

        return token_key(public_key, sign, self.mechanisms)

    def _public_key(self) -> Any:
        return certificates.opened(self.certificate.der).public_key()

    def _answers(self) -> bool:
        """Whether the key that was found signs: all that tells a token while its only certificate is exchanged."""
        public_key = self._public_key()
        key = self.found.get(keyobjects.spki_of(public_key))
        if key is None:
            return False

        def sign(mechanism: PyKCS11.Mechanism, data: bytes) -> bytes:
            return self.signer.sign(key.handle, mechanism, data, _refuse)

        with contextlib.suppress(PyKCS11Error, TokenError):
            return bool(prove(token_key(public_key, sign, self.mechanisms), secrets.token_bytes(32), self.scheme))
        return False


def _refuse() -> None:
    raise faults.fault(Reason.TOKEN_REMOVED, "not comparable")


def compare(
    driver: Driver, token: Token, certificate: Certificate, session: Any, answers: Callable[[], bool] = bool
) -> None:
    """Refresh the slot, then compare the token with the one that began: name, serial, and the key it is known by.

    Without the refresh a driver was seen to send one token's PIN to another, and to sign with a second token's key
    under the first one's serial. `answers` is asked where no object shows the key. Raises TOKEN_REMOVED or
    TOKEN_SWAPPED.
    """
    driver.slots()
    if not driver.lib.getSlotInfo(token.slot).flags & PyKCS11.CKF_TOKEN_PRESENT:
        raise faults.fault(Reason.TOKEN_REMOVED)
    info = driver.lib.getTokenInfo(token.slot)
    named = (objects.text(info.label), objects.text(info.serialNumber)) == (token.label, token.serial)
    if not named or not (objects.holds(session, bytes.fromhex(certificate.key_id), certificate.spki) or answers()):
        raise faults.fault(_swapped_or_removed(driver, token, certificate), "key" if named else "")


def _swapped_or_removed(driver: Driver, token: Token, certificate: Certificate) -> Reason:
    """Whether another token is in its slot now; one that went in the middle of the look may have seemed another."""
    driver.slots()
    expected = refer(token, certificate)
    swapped = any(_is_another(there, expected) for there in objects.tokens(driver, [token.slot]))
    return Reason.TOKEN_SWAPPED if swapped else Reason.TOKEN_REMOVED


def _is_another(token: Token, expected: CertificateRef) -> bool:
    """Of a readable token: the right name over nothing at all is the right token, on its way out."""
    if token.fault or not expected.names(token):
        return not token.fault
    here = find((token,), expected.fingerprint) or holds_key(token, expected.spki)
    return not here and bool(token.certificates or token.bare_keys)


def locate(driver: Driver, reference: CertificateRef, replaced: bytes = b"") -> tuple[Token, Certificate]:
    """The token that holds this very certificate; raise TOKEN_SWAPPED, TOKEN_REMOVED or TOKEN_FAULT.

    Where `replaced` is given (the certificate's DER), the token may be known by the certificate's key alone.
    """
    for look_again in (False, True):
        seen: tuple[Token, ...] = ()  # of the last look alone: a token may have gone in the middle of the first
        with contextlib.suppress(PyKCS11Error):
            if look_again:
                driver.restart()
            seen = likeliest(objects.tokens(driver), reference)
            if found := find(seen, reference.fingerprint):
                return found
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
        return certificates.read(der, objects.id_of_key(session, reference.spki) or b"", "", has_private_key=True)


@contextlib.contextmanager
def signed_in(
    driver: Driver, reference: CertificateRef, ask_pin: AskPin, scheme: SignatureScheme, replaced: bytes = b""
) -> Iterator[Workspace]:
    """Find the token (see `locate`), log in, let its key sign; at the end log out and wipe the PIN, come what may."""
    token, certificate = locate(driver, reference, replaced)
    with objects.opened(driver, token.slot, writable=True) as session:
        pin = _HeldPin(driver, token, session, ask_pin())
        try:
            compare(driver, token, certificate, session)
            pin.log_in()
            signer = Signer(session, pin.log_in_for_signature)
            workspace = Workspace(driver, token, certificate, session, driver.mechanisms(token.slot), scheme, signer)
            try:
                workspace.recognise()
                yield workspace
            finally:
                with contextlib.suppress(PyKCS11Error):
                    session.logout()
        finally:
            pin.wipe()


class _HeldPin:
    """The PIN of one step: for its C_Login, and for keys that demand it again at every signature.

    It is held to the step's end, since a key that the token makes meanwhile may demand it too.
    """

    def __init__(self, driver: Driver, token: Token, session: Any, pin: bytearray) -> None:
        self._driver, self._token, self._session, self._pin = driver, token, session, pin
        self._accepted = False

    def log_in(self) -> None:
        """C_Login(CKU_USER); raise `TokenError`. One that says "logged in already" has not looked at the PIN."""
        value = _login(self._driver, self._token, self._session, self._pin)
        self._accepted = value == PyKCS11.CKR_OK

    def log_in_for_signature(self) -> None:
        """C_Login(CKU_CONTEXT_SPECIFIC), with a PIN that the token has accepted in this step and never refused since.

        Raises SIGNING_PIN_REFUSED, PIN_LOCKED, PIN_CANCELLED or TOKEN_REMOVED.
        """
        if not self._accepted:
            raise faults.fault(Reason.SIGNING_PIN_REFUSED, "not asked")
        self._accepted = False
        try:
            _login(self._driver, self._token, self._session, self._pin, PyKCS11.CKU_CONTEXT_SPECIFIC)
        except TokenError as refused:
            failure = refused.failure
            if failure.reason in _OF_ANY_LOGIN:
                raise
            raise TokenError(replace(failure, reason=Reason.SIGNING_PIN_REFUSED)) from refused
        self._accepted = True

    def wipe(self) -> None:
        """Overwrite the PIN."""
        self._pin[:] = bytes(len(self._pin))


_OF_ANY_LOGIN = frozenset({Reason.PIN_LOCKED, Reason.PIN_CANCELLED, Reason.TOKEN_REMOVED})
"""Refusals that mean the same whatever C_Login was for; any other is about the key that demands its PIN."""


def _login(driver: Driver, token: Token, session: Any, pin: bytearray, user: int = PyKCS11.CKU_USER) -> int:
    """C_Login once, never on a locked token; what it answered."""
    if token.pin_state is PinState.LOCKED:
        raise TokenError(Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0))
    if not token.pin_pad and not max(1, token.pin_min) <= len(pin) <= (token.pin_max or len(pin)):
        raise faults.fault(Reason.PIN_LENGTH, f"{token.pin_min}-{token.pin_max}")
    value = login(driver, session.session.value(), user, None if token.pin_pad else pin)
    if value not in (PyKCS11.CKR_OK, PyKCS11.CKR_USER_ALREADY_LOGGED_IN):
        error = PyKCS11Error(value)
        raise TokenError(_refusal(driver, token.slot, faults.failure(error))) from error
    return value


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
