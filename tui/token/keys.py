"""Private keys that stay in the token and sign there, in the shape that cryptography's builders accept."""

from collections.abc import Callable
from typing import NoReturn, Self

import PyKCS11
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from tui.core.failure import Reason
from tui.token import faults

Sign = Callable[[int, bytes], bytes]
"""(CKM_ mechanism, data) -> what C_Sign returned."""


class _InToken:
    """Common part: nothing but signing is possible."""

    def private_numbers(self) -> NoReturn:
        """Refused."""
        raise UnsupportedAlgorithm("the key does not leave the token")

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        """Refused."""
        raise UnsupportedAlgorithm("the key does not leave the token")

    def decrypt(self, *_: object) -> NoReturn:
        """Refused: a renewal only signs."""
        raise UnsupportedAlgorithm("this key only signs")

    def exchange(self, *_: object) -> NoReturn:
        """Refused: a renewal only signs."""
        raise UnsupportedAlgorithm("this key only signs")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


class TokenRsaKey(_InToken, rsa.RSAPrivateKey):
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2)."""

    def __init__(self, public_key: rsa.RSAPublicKey, sign: Sign) -> None:
        self._public_key, self._sign = public_key, sign

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public_key.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """The half that verifies."""
        return self._public_key

    def sign(self, data: object, padding: object, algorithm: object) -> bytes:
        """CKM_SHA256_RSA_PKCS, verified; raise SIGNATURE_FALSE where the token's answer does not verify."""
        if not isinstance(padding, _PKCS1v15) or not isinstance(algorithm, hashes.SHA256):
            raise UnsupportedAlgorithm("RSASSA-PKCS1-v1_5 with SHA-256 only")
        message = _bytes(data)
        signature = self._sign(PyKCS11.CKM_SHA256_RSA_PKCS, message)
        try:
            self._public_key.verify(signature, message, padding, algorithm)
        except InvalidSignature as error:
            raise faults.fault(Reason.SIGNATURE_FALSE, "RSA") from error
        return signature


class TokenEcKey(_InToken, ec.EllipticCurvePrivateKey):
    """ECDSA with SHA-256 (FIPS 186-5 6)."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign: Sign) -> None:
        self._public_key, self._sign = public_key, sign

    @property
    def curve(self) -> ec.EllipticCurve:
        """The named curve."""
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        """Bits of the curve's order."""
        return self._public_key.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The half that verifies."""
        return self._public_key

    def sign(self, data: object, signature_algorithm: object) -> bytes:
        """CKM_ECDSA over the digest, as DER, verified; raise SIGNATURE_FALSE where it does not verify."""
        if not isinstance(signature_algorithm, ec.ECDSA) or not isinstance(
            signature_algorithm.algorithm, hashes.SHA256
        ):
            raise UnsupportedAlgorithm("ECDSA with SHA-256 only")
        message = _bytes(data)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(message)
        raw = self._sign(PyKCS11.CKM_ECDSA, digest.finalize())
        half = len(raw) // 2
        signature = utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
        try:
            self._public_key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise faults.fault(Reason.SIGNATURE_FALSE, "ECDSA") from error
        return signature


TokenKey = TokenRsaKey | TokenEcKey
_PKCS1v15 = padding.PKCS1v15


def token_key(public_key: object, sign: Sign) -> TokenKey:
    """The signing key whose public half is given; raise KEY_UNSUPPORTED for other algorithms."""
    match public_key:
        case rsa.RSAPublicKey():
            return TokenRsaKey(public_key, sign)
        case ec.EllipticCurvePublicKey():
            return TokenEcKey(public_key, sign)
        case _:
            raise faults.fault(Reason.KEY_UNSUPPORTED, type(public_key).__name__)


def prove(key: TokenKey, message: bytes) -> bytes:
    """A signature over `message` in the key's one scheme."""
    match key:
        case TokenRsaKey():
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        case TokenEcKey():
            return key.sign(message, ec.ECDSA(hashes.SHA256()))


def _bytes(data: object) -> bytes:
    return bytes(memoryview(data))  # type: ignore[arg-type]
