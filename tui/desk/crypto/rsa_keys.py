"""Load RSA keys, sign and verify with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, 8.2), in base64."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)


@lru_cache(maxsize=8)
def load_private(key: bytes) -> RSAPrivateKey:
    """A private key from PEM or bare base64, PKCS#1 or PKCS#8: the forms Alipay's key tool hands out.

    Kept once loaded: the check of its numbers takes 40 ms.

    :raises ValueError: not an RSA private key.
    """
    if b"-----BEGIN" in key:
        loaded = load_pem_private_key(key, None)
    else:
        loaded = load_der_private_key(base64.b64decode(b"".join(key.split()), validate=True), None)
    if not isinstance(loaded, RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return loaded


def load_public(key: bytes) -> RSAPublicKey:
    """A public key from PEM or bare base64 of a SubjectPublicKeyInfo.

    :raises ValueError: not an RSA public key.
    """
    if b"-----BEGIN" in key:
        loaded = load_pem_public_key(key)
    else:
        loaded = load_der_public_key(base64.b64decode(b"".join(key.split()), validate=True))
    if not isinstance(loaded, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return loaded


def sign(key: RSAPrivateKey, data: bytes) -> str:
    """The signature over ``data`` in base64."""
    return base64.b64encode(key.sign(data, PKCS1v15(), SHA256())).decode("ascii")


def verifies(key: RSAPublicKey, signature: str | None, data: bytes) -> bool:
    """Whether ``signature`` (base64) is the key's signature over ``data``; none is none."""
    if signature is None:
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), data, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
