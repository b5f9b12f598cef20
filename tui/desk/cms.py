"""CMS SignedData with one signer, attached content and signed attributes, verified for real (RFC 5652, 5.4 and 5.6)."""

import hashlib
from typing import Annotated

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509 import ObjectIdentifier

_DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
_SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
_HASHES: dict[ObjectIdentifier, HashAlgorithm] = {
    ObjectIdentifier("2.16.840.1.101.3.4.2.1"): SHA256(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): SHA384(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): SHA512(),
}


class NotSigned(Exception):  # noqa: N818 - it is a finding
    """The message proves nothing; the text says why."""


@asn1.sequence
class _Algorithm:
    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Attribute:
    oid: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class _SignerInfo:
    version: int
    sid: _IssuerAndSerial
    digest_algorithm: _Algorithm
    signed_attributes: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: _Algorithm
    signature: bytes
    unsigned_attributes: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class _Content:
    oid: ObjectIdentifier
    octets: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class _SignedData:
    version: int
    digest_algorithms: asn1.SetOf[_Algorithm]
    content: _Content
    certificates: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _ContentInfo:
    oid: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


def verified_content(message: bytes, signer: bytes) -> bytes:
    """The content of a DER SignedData that the holder of this certificate (DER) signed.

    :raises NotSigned: not this structure, another signer, or the signature or digest is wrong.
    """
    try:
        info = asn1.decode_der(_ContentInfo, message)
    except ValueError as error:
        raise NotSigned("not a CMS SignedData in DER") from error
    signed, signers = info.content, info.content.signers.as_list()
    if info.oid != _SIGNED_DATA or signed.content.oid != _DATA or signed.content.octets is None:
        raise NotSigned("not SignedData over attached data")
    if len(signers) != 1:
        raise NotSigned("not exactly one signer")
    certificate = x509.load_der_x509_certificate(signer)
    _verify(signers[0], signed.content.octets, certificate)
    return signed.content.octets


def _verify(info: _SignerInfo, content: bytes, certificate: x509.Certificate) -> None:
    if info.sid.serial != certificate.serial_number or _raw(info.sid.issuer) != certificate.issuer.public_bytes():
        raise NotSigned("signed by another certificate")
    algorithm = _HASHES.get(info.digest_algorithm.oid)
    if algorithm is None:
        raise NotSigned("digest algorithm is not SHA-2")
    if info.signed_attributes is None:
        raise NotSigned("no signed attributes")
    _check_attributes(info.signed_attributes, hashlib.new(algorithm.name, content).digest())
    # RFC 5652, 5.4: what is signed is the attributes' own DER with the universal SET OF tag.
    text = asn1.encode_der(info.signed_attributes)
    key = certificate.public_key()
    try:
        match key:
            case RSAPublicKey():
                key.verify(info.signature, text, PKCS1v15(), algorithm)
            case EllipticCurvePublicKey():
                key.verify(info.signature, text, ECDSA(algorithm))
            case _:
                raise NotSigned("key is neither RSA nor EC")
    except InvalidSignature as error:
        raise NotSigned("signature is wrong") from error


def _check_attributes(attributes: asn1.SetOf[_Attribute], digest: bytes) -> None:
    found: dict[ObjectIdentifier, asn1.TLV] = {}
    for attribute in attributes.as_list():
        values = attribute.values.as_list()
        if attribute.oid in found or len(values) != 1:
            raise NotSigned("a signed attribute is there twice")
        found[attribute.oid] = values[0]
    if _CONTENT_TYPE not in found or found[_CONTENT_TYPE].parse(ObjectIdentifier) != _DATA:
        raise NotSigned("content type attribute is wrong")
    if _MESSAGE_DIGEST not in found or found[_MESSAGE_DIGEST].parse(bytes) != digest:
        raise NotSigned("message digest is wrong")


def _raw(element: asn1.TLV) -> bytes:
    return bytes(asn1.encode_der(element))
