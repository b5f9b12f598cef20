"""Load RSA keys, sign and verify with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, 8.2), in base64."""

import base64
import binascii
from codecs import BOM_UTF8
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate

Key = TypeVar("Key", RSAPrivateKey, RSAPublicKey)
BITS = 2048
"""No platform takes a shorter key."""
_ARMOUR = b"-----BEGIN"
_Words = tuple[str, str]
"""Chinese and English."""
_PRIVATE = (
    "2048 位以上、没有口令的 RSA 私钥（PEM 或 base64）",
    "an RSA private key of 2048 bits or more without a passphrase, in PEM or base64",
)
_PUBLIC = "2048 位以上的 RSA 公钥（PEM 或 base64）", "an RSA public key of 2048 bits or more, in PEM or base64"


@lru_cache(maxsize=8)
def load_private(key: bytes) -> RSAPrivateKey:
    """A private key from PEM or bare base64, PKCS#1 or PKCS#8: the forms Alipay's key tool hands out.

    Kept once loaded: the check of its numbers takes 40 ms.

    :raises ValueError: it is none, too short, or has a passphrase; the text says so in Chinese and English.
    """
    loaded = _load(key, _private, _PRIVATE)
    if not isinstance(loaded, RSAPrivateKey):
        raise _refusal(_OTHER, _PRIVATE)
    return _long_enough(loaded, _PRIVATE)


def load_public(key: bytes) -> RSAPublicKey:
    """A public key from PEM or bare base64, a SubjectPublicKeyInfo or of PKCS#1.

    :raises ValueError: it is none or too short; the text says so in Chinese and English.
    """
    loaded = _load(key, _public, _PUBLIC)
    if not isinstance(loaded, RSAPublicKey):
        raise _refusal(_OTHER, _PUBLIC)
    return _long_enough(loaded, _PUBLIC)


def key_of(certificate: Certificate) -> RSAPublicKey:
    """The certificate's public key.

    :raises ValueError: not RSA.
    """
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm as error:
        raise ValueError("certificate has no RSA key") from error
    if not isinstance(key, RSAPublicKey):
        raise ValueError("certificate has no RSA key")
    return key


def from_base64(text: bytes) -> bytes:
    """The DER in bare base64, whatever an editor did to its lines.

    :raises ValueError: not base64.
    """
    return base64.b64decode(b"".join(text.removeprefix(BOM_UTF8).split()), validate=True)


def _load(key: bytes, read: Callable[[bytes], object], wanted: _Words) -> object:
    try:
        return read(key)
    except TypeError as error:
        raise _refusal(("设有口令", "has a passphrase"), wanted) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refusal(_what_is(key), wanted) from error


def _long_enough(key: Key, wanted: _Words) -> Key:
    if key.key_size < BITS:
        raise _refusal((f"只有 {key.key_size} 位", f"has {key.key_size} bits"), wanted)
    return key


def _private(key: bytes) -> object:
    return load_pem_private_key(key, None) if _ARMOUR in key else load_der_private_key(from_base64(key), None)


def _public(key: bytes) -> object:
    return load_pem_public_key(key) if _ARMOUR in key else load_der_public_key(from_base64(key))


def _certificate(key: bytes) -> object:
    return load_pem_x509_certificate(key) if _ARMOUR in key else load_der_x509_certificate(from_base64(key))


_OTHER = "不是 RSA（如国密 SM2）", "is not RSA (SM2, say)"
_READERS = (
    (_certificate, ("是证书", "is a certificate")),
    (_public, ("是公钥", "is a public key")),
    (_private, ("是私钥", "is a private key")),
)


def _what_is(key: bytes) -> _Words:
    for read, words in _READERS:
        try:
            read(key)
        except ValueError:
            continue
        except TypeError:
            return words
        except UnsupportedAlgorithm:
            return _OTHER
        return words
    return "读不出密钥", "holds no key"


def _refusal(found: _Words, wanted: _Words) -> ValueError:
    return ValueError(f"{found[0]}，应为 {wanted[0]} / {found[1]}: must be {wanted[1]}")


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
