"""What lies on a token: certificates, keys, and where their private halves are."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.certificate import Certificate, Token
from tui.core.failure import Reason
from tui.core.text_safety import printable
from tui.token.host import faults, key_objects
from tui.token.host.attributes import each, values
from tui.token.host.driver import Driver
from tui.token.host.key_objects import PublicKey, spki_of
from tui.token.host.written import text_of
from tui.token.x509 import certificates


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair on the token, found by its public half."""

    key_id: bytes
    """CKA_ID of both halves."""
    label: str
    public_key: PublicKey

    @property
    def spki(self) -> bytes:
        """DER SubjectPublicKeyInfo."""
        return spki_of(self.public_key)


@contextlib.contextmanager
def opened(driver: Driver, slot: int, *, writable: bool = False) -> Iterator[Any]:
    """A PKCS#11 session that is closed again even when the token is gone."""
    session = driver.lib.openSession(slot, PyKCS11.CKF_RW_SESSION if writable else 0)
    try:
        yield session
    finally:
        with contextlib.suppress(PyKCS11Error):
            session.closeSession()


def tokens(driver: Driver, slots: Sequence[int] | None = None) -> tuple[Token, ...]:
    """Every token in use and what is on it; one that cannot be reached counts as absent."""
    found = []
    for slot in driver.slots() if slots is None else slots:
        with contextlib.suppress(PyKCS11Error):
            if driver.lib.getSlotInfo(slot).flags & PyKCS11.CKF_TOKEN_PRESENT:
                info = driver.lib.getTokenInfo(slot)
                token = _token(driver, slot, info)
                if info.flags & PyKCS11.CKF_TOKEN_INITIALIZED or _in_use(token, info.flags):
                    found.append(token)
    return tuple(found)


def _in_use(token: Token, flags: int) -> bool:
    """Whether a token that does not call itself initialised is one: some vendors never set that flag."""
    return bool(token.certificates or token.bare_keys) or (_has_user_pin(flags) and not token.fault)


def _has_user_pin(flags: int) -> bool:
    wanted = PyKCS11.CKF_USER_PIN_INITIALIZED | PyKCS11.CKF_LOGIN_REQUIRED
    return bool(flags & wanted == wanted)


def _token(driver: Driver, slot: int, info: Any) -> Token:
    fault = ""
    held: tuple[Certificate, ...] = ()
    bare: tuple[str, ...] = ()
    try:
        with opened(driver, slot) as session:
            held, bare = listed(session)
    except PyKCS11Error as error:
        if faults.failure(error).reason is Reason.TOKEN_REMOVED or error.value == PyKCS11.CKR_GENERAL_ERROR:
            raise
        fault = faults.name(error)
    state = faults.pin_state(info.flags)
    return Token(
        module=driver.lib.pkcs11dll_filename,
        slot=slot,
        label=text(info.label),
        serial=text(info.serialNumber),
        model=text(info.model),
        pin_state=state,
        pin_pad=bool(info.flags & PyKCS11.CKF_PROTECTED_AUTHENTICATION_PATH),
        pin_min=info.ulMinPinLen,
        pin_max=info.ulMaxPinLen,
        certificates=held,
        fault=fault,
        tries_left=faults.tries_left(state),
        bare_keys=bare,
        hides=_has_user_pin(info.flags) and not fault and not any(c.for_signing and c.readable for c in held),
        pin_to_be_changed=bool(info.flags & PyKCS11.CKF_USER_PIN_TO_BE_CHANGED),
    )


def listed(session: Any) -> tuple[tuple[Certificate, ...], tuple[str, ...]]:
    """The token's certificates (of two copies of one the copy with a key counts), and its keys without one.

    A certificate that was moved aside (`writing.write`) has its key still, as long as no other one names it.
    """
    private, public = key_objects.private_keys(session), key_objects.public_keys(session)
    naming = {(key.key_id, key_objects.digest_of(key.key)) for key in public if key.key is not None}
    private_ids = {key.key_id for key in private} - {b""}
    seen = {spki for _, spki in naming} | {key_objects.digest_of(key.public_key) for key in private if key.public_key}
    # Most private keys are invisible before login, and many have no public key object: then nothing is known.
    unknown = not private or any(key.public_key is None for key in private)
    found: dict[bytes, tuple[bool, Certificate]] = {}
    kinds = PyKCS11.CKA_VALUE, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL
    for der, key_id, label in each(session, PyKCS11.CKO_CERTIFICATE, *kinds):
        read = certificates.read(der, key_id, text_of(label), has_private_key=True)
        names_it = key_id in private_ids or (key_id, read.spki) in naming
        if der and (der not in found or names_it > found[der][0]):
            found[der] = names_it, read
    named = {certificate.spki for names_it, certificate in found.values() if names_it}
    held = (
        replace(c, has_private_key=names_it or (c.spki not in named and (unknown or c.spki in seen)))
        for names_it, c in found.values()
    )
    certified = {c.spki for _, c in found.values()}
    return tuple(held), tuple(sorted({spki for _, spki in naming} - certified))


def shares_key(session: Any, der: bytes) -> bool:
    """Whether another certificate than this one is of its key."""
    spki = certificates.read(der, b"", "", has_private_key=True).spki
    return any(value != der and _is_of(value, spki) for (value,) in each(session, *_VALUES))


def certificate_handles(session: Any, key_id: bytes, der: bytes) -> list[Any]:
    """Handles of this very certificate under this CKA_ID; under any where the key has none to share."""
    if not key_id:
        return copies(session, der)
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE), (PyKCS11.CKA_ID, key_id)])
    return [handle for handle in found if value_of(session, handle) == der]


def copies(session: Any, der: bytes) -> list[Any]:
    """Handles of this very certificate under whatever CKA_ID."""
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)])
    return [handle for handle in found if value_of(session, handle) == der]


def label_of(session: Any, certificate: Certificate) -> str | bytes:
    """CKA_LABEL as it stands on the token, to be written back untouched; of what is not there, what is known of it."""
    for handle in copies(session, certificate.der):
        return values(session, handle, PyKCS11.CKA_LABEL)[0]
    return certificate.label


def value_of(session: Any, handle: Any) -> bytes:
    """CKA_VALUE."""
    return values(session, handle, PyKCS11.CKA_VALUE)[0]


def labelled(session: Any, label: str) -> list[Any]:
    """Handles of the uncertified keys with this label; after login."""
    spared = _certified(session)
    return [handle for handle, key_id, named in _keys(session) if named == label.encode() and key_id not in spared]


def key_pairs(session: Any) -> list[KeyPair]:
    """The pairs of algorithms we know, both halves present; after login."""
    private = {key.key_id for key in key_objects.private_keys(session)}
    return [
        KeyPair(key.key_id, key.label.decode(errors="ignore"), key.key)
        for key in key_objects.public_keys(session)
        if key.key is not None and key.key_id in private
    ]


_VALUES = PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE


def holds(session: Any, key_id: bytes, spki: str) -> bool:
    """Whether a certificate or public key of this key (SHA-256 over SubjectPublicKeyInfo, hex) is on the token.

    What has this CKA_ID is looked at first: the rest costs a slow driver seconds.
    """
    matching = ((PyKCS11.CKA_ID, key_id),)
    return (
        (key_id != b"" and any(_is_of(value, spki) for (value,) in each(session, *_VALUES, matching=matching)))
        or any(_is_of(value, spki) for (value,) in each(session, *_VALUES))
        or id_of_key(session, spki) is not None
    )


def _is_of(der: bytes, spki: str) -> bool:
    return certificates.read(der, b"", "", has_private_key=True).spki == spki


def id_of_key(session: Any, spki: str) -> bytes | None:
    """CKA_ID of the public key with this SHA-256 over SubjectPublicKeyInfo (hex)."""
    for key in key_objects.public_keys(session):
        if key.key is not None and key_objects.digest_of(key.key) == spki:
            return key.key_id
    return None


def halves(session: Any, label: str) -> list[Any]:
    """Handles of uncertified keys with this label whose other half is missing: what a pull during generation leaves."""
    by_id: dict[bytes, list[tuple[Any, bytes]]] = {}
    for handle, key_id, named in _keys(session):
        by_id.setdefault(key_id, []).append((handle, named))
    spared = _certified(session) | {b""}
    lone = (keys[0] for key_id, keys in by_id.items() if len(keys) == 1 and key_id not in spared)
    return [handle for handle, named in lone if named == label.encode()]


def names_certified_key(session: Any, label: str) -> bool:
    """Whether a key with this label has a certificate; many tokens keep only the private half of such a key."""
    certified = _certified(session)
    return any(named == label.encode() and key_id in certified for _, key_id, named in _keys(session))


def _certified(session: Any) -> set[bytes]:
    """Every CKA_ID that a certificate carries."""
    return {key_id for (key_id,) in each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_ID)}


def _keys(session: Any) -> Iterator[tuple[Any, bytes, bytes]]:
    """(handle, CKA_ID, CKA_LABEL) of every private and public key."""
    for kind in (PyKCS11.CKO_PRIVATE_KEY, PyKCS11.CKO_PUBLIC_KEY):
        for handle in session.findObjects([(PyKCS11.CKA_CLASS, kind)]):
            key_id, label = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL)
            yield handle, key_id, label


def text(padded: str) -> str:
    """A fixed-width field of CK_TOKEN_INFO without its padding and anything unsafe."""
    return printable(padded)
