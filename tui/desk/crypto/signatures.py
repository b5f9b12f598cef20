"""Verify signatures with SHA-256: RSA keys by the application's scheme, EC keys with ECDSA."""

from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import SignatureAlgorithmOID

from tui.core.policy import SignatureScheme

SHA_256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_MGF1 = ObjectIdentifier("1.2.840.113549.1.1.8")
_SALT = 32
"""Bytes; as long as the digest (RFC 4055, 3.1)."""


class NotSigned(Exception):  # noqa: N818 - it is a finding
    """What was handed in proves nothing; the text says why."""


@asn1.sequence
class DigestAlgorithm:
    """AlgorithmIdentifier of a digest; RFC 4055, 2.1 takes NULL and absent parameters alike."""

    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class MaskGeneration:
    """AlgorithmIdentifier of a mask generation function over a digest (RFC 4055, 2.2)."""

    oid: ObjectIdentifier
    digest: DigestAlgorithm


@asn1.sequence
class PssParameters:
    """RSASSA-PSS-params (RFC 4055, 3.1); what is absent stands for SHA-1."""

    digest: Annotated[DigestAlgorithm | None, asn1.Explicit(0)]
    mask: Annotated[MaskGeneration | None, asn1.Explicit(1)]
    salt: Annotated[int, asn1.Default(20), asn1.Explicit(2)]
    trailer: Annotated[int, asn1.Default(1), asn1.Explicit(3)]


@asn1.sequence
class SignatureAlgorithm:
    """AlgorithmIdentifier of a signature."""

    oid: ObjectIdentifier
    parameters: asn1.Null | PssParameters | None


def demand(algorithm: SignatureAlgorithm, key: object, scheme: SignatureScheme) -> None:
    """See that a structure names the one algorithm that this key signs with.

    :raises NotSigned: another algorithm or other parameters.
    """
    named, parameters = algorithm.oid, algorithm.parameters
    match key, scheme:
        case EllipticCurvePublicKey(), _:
            right = named == SignatureAlgorithmOID.ECDSA_WITH_SHA256 and parameters is None  # RFC 5758, 3.2
        case RSAPublicKey(), SignatureScheme.PKCS1:
            right = named == SignatureAlgorithmOID.RSA_WITH_SHA256 and not isinstance(parameters, PssParameters)
        case RSAPublicKey(), SignatureScheme.PSS:
            right = named == SignatureAlgorithmOID.RSASSA_PSS and _is_ours(parameters)
        case _:
            raise NotSigned("key is neither RSA nor EC")
    if not right:
        raise NotSigned(f"signature algorithm is not {_name(key, scheme)}")


def verify(key: object, scheme: SignatureScheme, signature: bytes, message: bytes) -> None:
    """Verify a signature over the message.

    :raises NotSigned: it is wrong, or the key is neither RSA nor EC.
    """
    try:
        match key, scheme:
            case EllipticCurvePublicKey(), _:
                key.verify(signature, message, ECDSA(SHA256()))
            case RSAPublicKey(), SignatureScheme.PKCS1:
                key.verify(signature, message, PKCS1v15(), SHA256())
            case RSAPublicKey(), SignatureScheme.PSS:
                key.verify(signature, message, PSS(MGF1(SHA256()), _SALT), SHA256())
            case _:
                raise NotSigned("key is neither RSA nor EC")
    except InvalidSignature as error:
        raise NotSigned("signature is wrong") from error


def _is_ours(parameters: asn1.Null | PssParameters | None) -> bool:
    match parameters:
        case PssParameters(digest=DigestAlgorithm(oid=digest), mask=MaskGeneration(oid=mask, digest=under)):
            return (digest, mask, under.oid) == (SHA_256, _MGF1, SHA_256) and (
                parameters.salt,
                parameters.trailer,
            ) == (_SALT, 1)
        case _:
            return False


def _name(key: object, scheme: SignatureScheme) -> str:
    """As the refusal tells it."""
    if isinstance(key, EllipticCurvePublicKey):
        return "ECDSA with SHA-256"
    match scheme:
        case SignatureScheme.PKCS1:
            return "RSASSA-PKCS1-v1_5 with SHA-256"
        case SignatureScheme.PSS:
            return f"RSASSA-PSS with SHA-256, MGF1 with SHA-256, salt {_SALT}"
