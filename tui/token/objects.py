"""What lies on a token: certificates, keys, and where their private halves are."""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import PyKCS11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PyKCS11 import PyKCS11Error

from tui.core.certificate import Certificate, Token
from tui.core.failure import Reason
from tui.core.text_safety import printable
from tui.token import certificates, faults
from tui.token.driver import Driver
from tui.token.written import text_of

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}
"""CKA_EC_PARAMS (a named curve's OBJECT IDENTIFIER, RFC 5480 2.1.1.1) to curve."""


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


def spki_of(key: PublicKey) -> bytes:
    """DER SubjectPublicKeyInfo."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


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
        manufacturer=text(info.manufacturerID),
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
    private = {i for (i,) in _each(session, PyKCS11.CKO_PRIVATE_KEY, PyKCS11.CKA_ID)}
    public: dict[bytes, Any] = {}
    for handle in session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY)]):
        public[_values(session, handle, PyKCS11.CKA_ID)[0]] = handle
    # Private objects are invisible before login; where nothing is visible at all, nothing is known.
    known = private | public.keys()
    found: dict[bytes, Certificate] = {}
    kinds = PyKCS11.CKA_VALUE, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL
    certified = set()
    for der, key_id, label in _each(session, PyKCS11.CKO_CERTIFICATE, *kinds):
        certified.add(key_id)
        has_private_key = not known or key_id in known
        if der and (der not in found or (has_private_key and not found[der].has_private_key)):
            found[der] = certificates.read(der, key_id, text_of(label), has_private_key=has_private_key)
    lone = (_public_key(*_values(session, public[i], *_KEY_PARTS)) for i in sorted(public.keys() - certified))
    bare = tuple(hashlib.sha256(spki_of(key)).hexdigest() for key in lone if key is not None)
    held = (replace(c, has_private_key=True) if c.spki in bare else c for c in found.values())
    return tuple(held), bare


def shared(session: Any, key_id: bytes, der: bytes) -> bool:
    """Whether another certificate than this one has its CKA_ID or is of its key."""
    spki = certificates.read(der, key_id, "", has_private_key=True).spki
    others = (
        certificates.read(value, other_id, "", has_private_key=True)
        for value, other_id in _each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE, PyKCS11.CKA_ID)
        if value != der
    )
    return any(other.key_id == key_id.hex() or other.spki == spki for other in others)


def certificate_values(session: Any, key_id: bytes) -> list[bytes]:
    """DER of every certificate with this CKA_ID."""
    return [
        v for (v,) in _each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE, matching=((PyKCS11.CKA_ID, key_id),))
    ]


def certificate_handles(session: Any, key_id: bytes, der: bytes) -> list[Any]:
    """Handles of this very certificate under this CKA_ID."""
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE), (PyKCS11.CKA_ID, key_id)])
    return [handle for handle in found if value_of(session, handle) == der]


def copies(session: Any, der: bytes) -> list[Any]:
    """Handles of this very certificate under whatever CKA_ID."""
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)])
    return [handle for handle in found if value_of(session, handle) == der]


def label_of(session: Any, certificate: Certificate) -> str | bytes:
    """CKA_LABEL as it stands on the token, to be written back untouched; of what is not there, what is known of it."""
    for handle in copies(session, certificate.der):
        return _values(session, handle, PyKCS11.CKA_LABEL)[0]
    return certificate.label


def value_of(session: Any, handle: Any) -> bytes:
    """CKA_VALUE."""
    return _values(session, handle, PyKCS11.CKA_VALUE)[0]


def keys(session: Any, key_id: bytes) -> list[Any]:
    """Handles of the private and public keys with this CKA_ID; after login."""
    kinds = PyKCS11.CKO_PRIVATE_KEY, PyKCS11.CKO_PUBLIC_KEY
    return [h for kind in kinds for h in session.findObjects([(PyKCS11.CKA_CLASS, kind), (PyKCS11.CKA_ID, key_id)])]


def labelled(session: Any, label: str) -> list[Any]:
    """Handles of the uncertified keys with this label; after login."""
    spared = _certified(session)
    return [handle for handle, key_id, named in _keys(session) if named == label.encode() and key_id not in spared]


def private_keys(session: Any, key_id: bytes) -> list[Any]:
    """Handles of the private keys with this CKA_ID; visible after login."""
    return list(session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_ID, key_id)]))


def key_pairs(session: Any) -> list[KeyPair]:
    """The pairs of algorithms we know, both halves present; after login."""
    pairs = []
    for key_id, label, *parts in _each(session, PyKCS11.CKO_PUBLIC_KEY, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL, *_KEY_PARTS):
        key = _public_key(*parts)
        if key is not None and private_keys(session, key_id):
            pairs.append(KeyPair(key_id, label.decode(errors="ignore"), key))
    return pairs


_KEY_PARTS = PyKCS11.CKA_MODULUS, PyKCS11.CKA_PUBLIC_EXPONENT, PyKCS11.CKA_EC_PARAMS, PyKCS11.CKA_EC_POINT


def _public_key(modulus: bytes, exponent: bytes, curve: bytes, point: bytes) -> PublicKey | None:
    """The key that these attributes describe; None for other algorithms and for attributes that make no key."""
    with contextlib.suppress(ValueError):
        if modulus and exponent:
            return rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
        if curve in CURVES and point:
            # CKA_EC_POINT is a DER OCTET STRING around the point (PKCS#11 v2.40 2.3.3); some drivers leave it bare.
            size = 2 * ((CURVES[curve].key_size + 7) // 8) + 1
            return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve], point[-size:])
    return None


def holds(session: Any, key_id: bytes, spki: str) -> bool:
    """Whether a certificate or public key of this key (SHA-256 over SubjectPublicKeyInfo, hex) has this CKA_ID."""
    for der in certificate_values(session, key_id):
        if certificates.read(der, key_id, "", has_private_key=True).spki == spki:
            return True
    matching = ((PyKCS11.CKA_ID, key_id),)
    keys = (_public_key(*parts) for parts in _each(session, PyKCS11.CKO_PUBLIC_KEY, *_KEY_PARTS, matching=matching))
    return any(hashlib.sha256(spki_of(key)).hexdigest() == spki for key in keys if key is not None)


def id_of_key(session: Any, spki: str) -> bytes:
    """CKA_ID of the public key with this SHA-256 over SubjectPublicKeyInfo (hex); empty when there is none."""
    for key_id, *parts in _each(session, PyKCS11.CKO_PUBLIC_KEY, PyKCS11.CKA_ID, *_KEY_PARTS):
        key = _public_key(*parts)
        if key is not None and hashlib.sha256(spki_of(key)).hexdigest() == spki:
            return key_id
    return b""


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
    return {key_id for (key_id,) in _each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_ID)}


def _keys(session: Any) -> Iterator[tuple[Any, bytes, bytes]]:
    """(handle, CKA_ID, CKA_LABEL) of every private and public key."""
    for kind in (PyKCS11.CKO_PRIVATE_KEY, PyKCS11.CKO_PUBLIC_KEY):
        for handle in session.findObjects([(PyKCS11.CKA_CLASS, kind)]):
            key_id, label = _values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL)
            yield handle, key_id, label


def _each(
    session: Any, kind: int, *attributes: int, matching: tuple[tuple[int, bytes], ...] = ()
) -> Iterator[list[bytes]]:
    for handle in session.findObjects([(PyKCS11.CKA_CLASS, kind), *matching]):
        yield _values(session, handle, *attributes)


def _values(session: Any, handle: Any, *attributes: int) -> list[bytes]:
    """Several attributes in one call; one that the object lacks is empty."""
    return [bytes(value or b"") for value in session.getAttributeValue(handle, attributes, allAsBinary=True)]


def text(padded: str) -> str:
    """A fixed-width field of CK_TOKEN_INFO without its padding and anything unsafe."""
    return printable(padded)
