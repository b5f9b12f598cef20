"""A signed-in session on the one right token."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import RENEWABLE_KEYS, Certificate, CertificateRef, Token, find, holds_key
from tui.core.failure import Reason, TokenError
from tui.core.frozen import frozen
from tui.core.policy import SignatureScheme
from tui.token.host import faults, inventory, objects, pairing
from tui.token.host.driver import Driver
from tui.token.host.identity import compare, known_by_key, locate
from tui.token.host.key_objects import PrivateKeyObject
from tui.token.host.keys import TokenKey, prove, token_key
from tui.token.host.login import HeldPin
from tui.token.host.public_keys import PublicKey, spki_of
from tui.token.host.signing import Signer
from tui.token.x509 import certificates

AskPin = Callable[[], bytearray]
"""Fetch the PIN; who asks wipes it."""


@frozen
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

        :raises TokenError: KEY_UNSUPPORTED, KEY_MISSING or SIGNATURE_FALSE.
        """
        if self.certificate.key not in RENEWABLE_KEYS:
            raise faults.fault(Reason.KEY_UNSUPPORTED, self.certificate.key)
        public_key = self._public_key()
        key = self.key_object(public_key)
        if key.is_of(public_key):  # any other has signed already when it was found
            self.trial(public_key)(key.handle)

    def key(self, public_key: Any) -> TokenKey:
        """The private key of a public key (see `pairing.find`), as a signer.

        :raises TokenError: KEY_MISSING.
        """
        return self.signs_with(self.key_object(public_key).handle, public_key)

    def key_object(self, public_key: Any) -> PrivateKeyObject:
        """The private key of a public key.

        :raises TokenError: KEY_MISSING, or KEY_UNSUPPORTED for other algorithms.
        """
        if not isinstance(public_key, PublicKey):
            raise faults.fault(Reason.KEY_UNSUPPORTED, type(public_key).__name__)
        spki = spki_of(public_key)
        if spki not in self.found:
            hint = bytes.fromhex(self.certificate.key_id)
            self.found[spki] = pairing.find(self.session, public_key, hint, self.trial(public_key))
        return self.found[spki]

    def trial(self, public_key: PublicKey) -> pairing.Trial:
        """Let a private key sign a nonce.

        :raises TokenError: SIGNATURE_FALSE where it is not the public key's.
        """

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
        key = self.found.get(spki_of(public_key))
        if key is None:
            return False

        def sign(mechanism: PyKCS11.Mechanism, data: bytes) -> bytes:
            return self.signer.sign(key.handle, mechanism, data, _refuse)

        with contextlib.suppress(PyKCS11Error, TokenError):
            return bool(prove(token_key(public_key, sign, self.mechanisms), secrets.token_bytes(32), self.scheme))
        return False


def _refuse() -> None:
    raise faults.fault(Reason.TOKEN_REMOVED, "not comparable")


@contextlib.contextmanager
def signed_in(
    driver: Driver, reference: CertificateRef, ask_pin: AskPin, scheme: SignatureScheme, replaced: bytes = b""
) -> Iterator[Workspace]:
    """Find the token (see `locate`), log in, let its key sign; at the end log out and wipe the PIN, come what may."""
    token, certificate = locate(driver, reference, replaced)
    with logged_in(driver, token, certificate, ask_pin, writable=True) as (session, pin):
        if certificate is None:
            token, certificate = _uncovered(driver, token, session, reference, replaced)
        signer = Signer(session, pin.log_in_for_signature)
        workspace = Workspace(driver, token, certificate, session, driver.mechanisms(token.slot), scheme, signer)
        workspace.recognise()
        yield workspace


def look(driver: Driver, reference: CertificateRef, ask_pin: AskPin) -> Token:
    """The token of this name with all that is on it; nothing is signed or written."""
    token, certificate = locate(driver, reference)
    with logged_in(driver, token, certificate, ask_pin, writable=False) as (session, _):
        return _unveiled(token, session)


@contextlib.contextmanager
def logged_in(
    driver: Driver, token: Token, certificate: Certificate | None, ask_pin: AskPin, *, writable: bool
) -> Iterator[tuple[Any, HeldPin]]:
    """A session after C_Login on the token that was compared just before; the PIN is wiped whatever happens."""
    with inventory.opened(driver, token.slot, writable=writable) as session:
        pin = HeldPin(driver, token, session, ask_pin())
        try:
            compare(driver, token, certificate, session)
            pin.log_in()
            try:
                yield session, pin
            finally:
                with contextlib.suppress(PyKCS11Error):
                    session.logout()
        finally:
            pin.wipe()


def _unveiled(token: Token, session: Any) -> Token:
    """The token as it is seen after login; what was not visible before is marked."""
    before = {certificate.fingerprint for certificate in token.certificates}
    listing = objects.listed(session)
    shown = tuple(replace(c, private=c.fingerprint not in before) for c in listing.certificates)
    return replace(token, certificates=shown, bare_keys=listing.bare_keys, hides=False)


def _uncovered(
    driver: Driver, token: Token, session: Any, reference: CertificateRef, replaced: bytes
) -> tuple[Token, Certificate]:
    """The certificate that the reference means, now that it can be seen.

    :raises TokenError: TOKEN_SWAPPED.
    """
    token = _unveiled(token, session)
    if found := find((token,), reference.fingerprint):
        return found
    if replaced and holds_key(token, reference.spki):
        return token, known_by_key(driver, token, reference, replaced)
    raise faults.fault(Reason.TOKEN_SWAPPED, "certificate not on it")
