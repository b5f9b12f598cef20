"""Private keys that stay in the token and sign there, in the shape that cryptography's builders accept."""

from collections.abc import Callable
from typing import Final, NoReturn, Self

import PyKCS11
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from tui.core.failure import Reason
from tui.core.policy import SignatureScheme
from tui.token.host import faults

Sign = Callable[[PyKCS11.Mechanism, bytes], bytes]
"""(mechanism, data) -> what C_Sign returned."""
_ECDSA: Final = ec.ECDSA(hashes.SHA256())
"""Made once: the first imports the library's OpenSSL backend, for which an order would wait."""
SALT = 32
"""Bytes of salt of RSASSA-PSS: the digest's length, as RFC 4055 3.1 recommends."""
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER DigestInfo of SHA-256 up to the digest (RFC 8017 9.2, note 1)."""


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
    """RSASSA-PKCS1-v1_5 or RSASSA-PSS with SHA-256 (RFC 8017 8)."""

    def __init__(self, public_key: rsa.RSAPublicKey, sign: Sign, mechanisms: frozenset[int] = frozenset()) -> None:
        self._public_key, self._sign, self._mechanisms = public_key, sign, mechanisms

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public_key.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """The half that verifies."""
        return self._public_key

    def sign(self, data: object, padding: object, algorithm: object) -> bytes:
        """Sign in the token and verify.

        :raises TokenError: SIGNATURE_FALSE where the token's answer does not verify.
        """
        if not isinstance(padding, _PKCS1v15 | _PSS) or not isinstance(algorithm, hashes.SHA256):
            raise UnsupportedAlgorithm("RSASSA-PKCS1-v1_5 or RSASSA-PSS with SHA-256 only")
        message = _bytes(data)
        signature = self._sign(*self._prepared(padding, message))
        try:
            self._public_key.verify(signature, message, padding, algorithm)
        except InvalidSignature as error:
            raise faults.fault(Reason.SIGNATURE_FALSE, "RSA") from error
        return signature

    def _prepared(self, padding: object, message: bytes) -> tuple[PyKCS11.Mechanism, bytes]:
        """The mechanism and what it is given: the message where the token hashes, else its digest."""
        scheme = SignatureScheme.PSS if isinstance(padding, _PSS) else SignatureScheme.PKCS1
        chosen = _first(signing_mechanisms(self._public_key, scheme), self._mechanisms)
        if scheme is SignatureScheme.PSS:
            mechanism = PyKCS11.RSA_PSS_Mechanism(chosen, PyKCS11.CKM_SHA256, PyKCS11.CKG_MGF1_SHA256, SALT)
            return mechanism, message if chosen == PyKCS11.CKM_SHA256_RSA_PKCS_PSS else _digest(message)
        hashes_itself = chosen == PyKCS11.CKM_SHA256_RSA_PKCS
        return PyKCS11.Mechanism(chosen), message if hashes_itself else _DIGEST_INFO + _digest(message)


class TokenEcKey(_InToken, ec.EllipticCurvePrivateKey):
    """ECDSA with SHA-256 (FIPS 186-5 6)."""

    def __init__(
        self, public_key: ec.EllipticCurvePublicKey, sign: Sign, mechanisms: frozenset[int] = frozenset()
    ) -> None:
        self._public_key, self._sign, self._mechanisms = public_key, sign, mechanisms

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
        """Sign in the token, as DER, and verify.

        :raises TokenError: SIGNATURE_FALSE where the token's answer does not verify.
        """
        if not isinstance(signature_algorithm, ec.ECDSA) or not isinstance(
            signature_algorithm.algorithm, hashes.SHA256
        ):
            raise UnsupportedAlgorithm("ECDSA with SHA-256 only")
        message = _bytes(data)
        chosen = _first(signing_mechanisms(self._public_key, SignatureScheme.PKCS1), self._mechanisms)
        given = _digest(message) if chosen == PyKCS11.CKM_ECDSA else message
        raw = self._sign(PyKCS11.Mechanism(chosen), given)
        half = len(raw) // 2
        signature = utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
        try:
            self._public_key.verify(signature, message, _ECDSA)
        except InvalidSignature as error:
            raise faults.fault(Reason.SIGNATURE_FALSE, "ECDSA") from error
        return signature


TokenKey = TokenRsaKey | TokenEcKey
_PKCS1v15, _PSS = padding.PKCS1v15, padding.PSS


def token_key(public_key: object, sign: Sign, mechanisms: frozenset[int] = frozenset()) -> TokenKey:
    """The signing key whose public half is given.

    `mechanisms` are the token's own, empty when it does not tell.

    :raises TokenError: KEY_UNSUPPORTED for other algorithms.
    """
    match public_key:
        case rsa.RSAPublicKey():
            return TokenRsaKey(public_key, sign, mechanisms)
        case ec.EllipticCurvePublicKey():
            return TokenEcKey(public_key, sign, mechanisms)
        case _:
            raise faults.fault(Reason.KEY_UNSUPPORTED, type(public_key).__name__)


def signing_mechanisms(public_key: object, scheme: SignatureScheme) -> tuple[int, ...]:
    """CKM_ values by which a key of this kind can sign under the scheme, the preferred one first."""
    if not isinstance(public_key, rsa.RSAPublicKey):
        return PyKCS11.CKM_ECDSA, PyKCS11.CKM_ECDSA_SHA256
    if scheme is SignatureScheme.PSS:
        return PyKCS11.CKM_SHA256_RSA_PKCS_PSS, PyKCS11.CKM_RSA_PKCS_PSS
    return PyKCS11.CKM_SHA256_RSA_PKCS, PyKCS11.CKM_RSA_PKCS


def _first(wanted: tuple[int, ...], listed: frozenset[int]) -> int:
    """The first that the token lists; a list without any of them, or an empty one, says nothing."""
    return next((mechanism for mechanism in wanted if mechanism in listed), wanted[0])


def rsa_padding(public_key: object, scheme: SignatureScheme) -> padding.PKCS1v15 | padding.PSS | None:
    """What the scheme means for this key; None for a key that is not RSA."""
    if not isinstance(public_key, rsa.RSAPublicKey):
        return None
    return padding.PKCS1v15() if scheme is SignatureScheme.PKCS1 else padding.PSS(padding.MGF1(hashes.SHA256()), SALT)


def prove(key: TokenKey, message: bytes, scheme: SignatureScheme) -> bytes:
    """A signature over `message`."""
    match key:
        case TokenRsaKey():
            return key.sign(message, rsa_padding(key.public_key(), scheme), hashes.SHA256())
        case TokenEcKey():
            return key.sign(message, _ECDSA)


def _digest(message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message)
    return digest.finalize()


def _bytes(data: object) -> bytes:
    return bytes(memoryview(data))  # type: ignore[arg-type]
