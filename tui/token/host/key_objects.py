"""Read key objects and what each tells of its own public key."""

import contextlib
import hashlib
from dataclasses import dataclass
from typing import Any

import PyKCS11
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tui.token.host.attributes import values
from tui.token.host.contents import PUBLIC_PARTS, PublicParts, key_type, private_parts

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}
"""CKA_EC_PARAMS (a named curve's OBJECT IDENTIFIER, RFC 5480 2.1.1.1) to curve."""
_OBJECT_IDENTIFIER = 0x06


def spki_of(key: PublicKey) -> bytes:
    """DER SubjectPublicKeyInfo."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def digest_of(key: PublicKey) -> str:
    """SHA-256 over SubjectPublicKeyInfo, lower-case hex: as `Certificate.spki`."""
    return hashlib.sha256(spki_of(key)).hexdigest()


@dataclass(frozen=True, slots=True)
class PublicKeyObject:
    """A CKO_PUBLIC_KEY."""

    handle: Any
    key_id: bytes
    """CKA_ID, which need be neither unique nor there."""
    label: bytes
    key: PublicKey | None
    """None for other algorithms."""


@dataclass(frozen=True, slots=True)
class PrivateKeyObject:
    """A CKO_PRIVATE_KEY; most are invisible before login."""

    handle: Any
    key_id: bytes
    """CKA_ID, which need be neither unique nor there."""
    label: bytes
    kind: int | None
    """CKK_, None where the driver does not tell."""
    signs: bool
    """CKA_SIGN is not false."""
    modulus: int
    """0 for other keys than RSA."""
    curve: bytes
    """CKA_EC_PARAMS."""
    public_key: PublicKey | None
    """As far as the object itself tells it; SoftHSM2's EC keys tell nothing."""

    def is_of(self, key: PublicKey) -> bool | None:
        """Whether this is the private half of a public key, by what the object itself says; None where it is silent."""
        kind = PyKCS11.CKK_RSA if isinstance(key, rsa.RSAPublicKey) else PyKCS11.CKK_EC
        if self.kind not in (None, kind):
            return False
        if isinstance(key, rsa.RSAPublicKey):
            if self.modulus:
                return self.modulus == key.public_numbers().n
        elif self.curve[:1] == bytes([_OBJECT_IDENTIFIER]) and getattr(CURVES.get(self.curve), "name", "") != (
            key.curve.name
        ):
            return False
        return None if self.public_key is None else self.public_key == key


def public_keys(session: Any) -> list[PublicKeyObject]:
    """Every public key object."""
    found = []
    for handle in session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY)]):
        key_id, label, *parts = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL, *PUBLIC_PARTS)
        found.append(PublicKeyObject(handle, key_id, label, public_key(PublicParts(*parts))))
    return found


def private_keys(session: Any) -> list[PrivateKeyObject]:
    """Every private key object that is visible."""
    handles = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])
    return [_private_key(session, handle) for handle in handles]


def _private_key(session: Any, handle: Any) -> PrivateKeyObject:
    general = PyKCS11.CKA_ID, PyKCS11.CKA_LABEL, PyKCS11.CKA_KEY_TYPE, PyKCS11.CKA_SIGN
    key_id, label, kind, signs = values(session, handle, *general)
    parts = private_parts(session, handle, key_type(kind))
    signing = not signs or any(signs)
    modulus = int.from_bytes(parts.modulus)
    return PrivateKeyObject(handle, key_id, label, key_type(kind), signing, modulus, parts.curve, public_key(parts))


def public_key(parts: PublicParts) -> PublicKey | None:
    """The key that these attributes describe; None for other algorithms and for attributes that make no key."""
    return _of_numbers(parts) or _decoded(parts.info)


def _of_numbers(parts: PublicParts) -> PublicKey | None:
    with contextlib.suppress(ValueError):
        if parts.modulus and parts.exponent:
            return rsa.RSAPublicNumbers(int.from_bytes(parts.exponent), int.from_bytes(parts.modulus)).public_key()
        if parts.curve in CURVES and parts.point:
            # CKA_EC_POINT is a DER OCTET STRING around the point (PKCS#11 v2.40 2.3.3); some drivers leave it bare.
            curve = CURVES[parts.curve]
            size = 2 * ((curve.key_size + 7) // 8) + 1
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, parts.point[-size:])
    return None


def _decoded(spki: bytes) -> PublicKey | None:
    """CKA_PUBLIC_KEY_INFO (PKCS#11 v2.40 4.9); None where it is empty or of another algorithm."""
    with contextlib.suppress(ValueError, UnsupportedAlgorithm):
        key = serialization.load_der_public_key(spki)
        return key if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else None
    return None
