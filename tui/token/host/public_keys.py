"""Public keys as tokens tell them, read and named by their SubjectPublicKeyInfo."""

import contextlib
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tui.token.host.contents import PublicParts

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}
"""CKA_EC_PARAMS (a named curve's OBJECT IDENTIFIER, RFC 5480 2.1.1.1) to curve."""


def spki_of(key: PublicKey) -> bytes:
    """DER SubjectPublicKeyInfo."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def digest_of(key: PublicKey) -> str:
    """SHA-256 over SubjectPublicKeyInfo, lower-case hex: as `Certificate.spki`."""
    return hashlib.sha256(spki_of(key)).hexdigest()


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
