"""Verify CMS SignedData with one signer, attached content and signed attributes (RFC 5652, 5.4 and 5.6).

What no signature is over could be anything, and other tools refuse the whole for it: it is held to the one form that it
can have, so that anybody can verify with the evidence alone what is taken here.
"""

import hashlib
from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import PublicKeyAlgorithmOID, SignatureAlgorithmOID

from tui.core.policy import SignatureScheme
from tui.core.x509.der import OID, SEQUENCE, element, encode, is_oid
from tui.desk.crypto.certificates import Opened, open_certificate
from tui.desk.crypto.signatures import SHA_256, DigestAlgorithm, NotSigned, SignatureAlgorithm, demand, verify

_DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
_SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
_SIGNING_TIME = ObjectIdentifier("1.2.840.113549.1.9.5")
_CAPABILITIES = ObjectIdentifier("1.2.840.113549.1.9.15")
"""SMIMECapabilities (RFC 8551, 2.5.2), which `openssl cms -sign` writes unless it is told not to."""
_SIGNED = frozenset({_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME, _CAPABILITIES})
"""Attributes (11); whatever another holds, one who verifies may trip over it."""
_CERTIFICATES = 0xA0
"""The tag of a SignedData's certificates (5.1)."""
_VERSION = 1
"""Of SignedData over data, and of a signer known by issuer and serial number (5.1, 5.3)."""


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
    digest_algorithm: DigestAlgorithm
    signed_attributes: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: SignatureAlgorithm
    signature: bytes
    unsigned_attributes: Annotated[asn1.SetOf[_Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class _Content:
    oid: ObjectIdentifier
    octets: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class _SignedData:
    """Without its certificates (`_without`)."""

    version: int
    digest_algorithms: asn1.SetOf[DigestAlgorithm]
    content: _Content
    crls: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _ContentInfo:
    oid: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


def verified_content(message: bytes, signer: bytes, scheme: SignatureScheme) -> bytes:
    """The content of a SignedData that the holder of this certificate (DER) signed by this scheme.

    :raises NotSigned: not this structure, another signer or algorithm, the signature or digest is wrong, or something
        travels along that is neither signed nor the signer's certificate.
    """
    try:
        info = asn1.decode_der(_ContentInfo, _without(signer, message))
    except ValueError as error:
        raise NotSigned("not a CMS SignedData") from error
    signed, signers = info.content, info.content.signers.as_list()
    if info.oid != _SIGNED_DATA or signed.content.oid != _DATA or signed.content.octets is None:
        raise NotSigned("not SignedData over attached data")
    if len(signers) != 1:
        raise NotSigned("not exactly one signer")
    _check_unsigned(signed, signers[0])
    _verify(signers[0], signed.content.octets, open_certificate(signer), scheme)
    return signed.content.octets


def _without(certificate: bytes, message: bytes) -> bytes:
    """The message without this certificate, which goes with it byte for byte: all but it must be DER.

    :raises ValueError: no SignedData.
    :raises NotSigned: another certificate goes with it, or none, or more.
    """
    kind, data = element(message, SEQUENCE).row
    version, digests, content, certificates, *signers = element(data.content, SEQUENCE).row
    if (certificates.tag, certificates.content) != (_CERTIFICATES, certificate):
        raise NotSigned("not the signer's certificate alone goes with it")
    fields = (field.whole for field in (version, digests, content, *signers))
    return encode(SEQUENCE, kind.whole, encode(data.tag, encode(SEQUENCE, *fields)))


def _check_unsigned(signed: _SignedData, info: _SignerInfo) -> None:
    if (signed.version, info.version) != (_VERSION, _VERSION):
        raise NotSigned("another version than its structure has")
    if [algorithm.oid for algorithm in signed.digest_algorithms.as_list()] != [SHA_256]:
        raise NotSigned("digest algorithms are not SHA-256 alone")
    if signed.crls is not None or info.unsigned_attributes is not None:
        raise NotSigned("unsigned attributes or revocation lists go with it")


def _verify(info: _SignerInfo, content: bytes, certificate: Opened, scheme: SignatureScheme) -> None:
    if info.sid.serial != certificate.serial or _raw(info.sid.issuer) != certificate.parts.issuer:
        raise NotSigned("signed by another certificate")
    if info.digest_algorithm.oid != SHA_256:
        raise NotSigned("digest algorithm is not SHA-256")
    if info.signed_attributes is None:
        raise NotSigned("no signed attributes")
    key = certificate.key
    demand(_named(info), key, scheme)
    _check_attributes(info.signed_attributes, hashlib.sha256(content).digest())
    # RFC 5652, 5.4: what is signed is the attributes' own DER with the universal SET OF tag.
    verify(key, scheme, info.signature, asn1.encode_der(info.signed_attributes))


def _named(info: _SignerInfo) -> SignatureAlgorithm:
    """CMS may name the key's algorithm alone, beside the digest's (RFC 5754, 3.2)."""
    named = info.signature_algorithm
    if named.oid == PublicKeyAlgorithmOID.RSAES_PKCS1_v1_5:
        return SignatureAlgorithm(oid=SignatureAlgorithmOID.RSA_WITH_SHA256, parameters=named.parameters)
    return named


def _check_capabilities(value: bytes) -> None:
    """Nothing rests on them; they must be what a verifier can read.

    :raises ValueError: it is none.
    """
    for capability in element(value, SEQUENCE).row:
        kind, *parameters = element(capability.whole, SEQUENCE).row
        if kind.tag != OID or not is_oid(kind.content) or len(parameters) > 1:
            raise ValueError("no SMIMECapabilities")


def _check_attributes(attributes: asn1.SetOf[_Attribute], digest: bytes) -> None:
    found: dict[ObjectIdentifier, asn1.TLV] = {}
    for attribute in attributes.as_list():
        values = attribute.values.as_list()
        if attribute.oid in found or len(values) != 1:
            raise NotSigned("a signed attribute is there twice")
        found[attribute.oid] = values[0]
    try:
        content_type = found[_CONTENT_TYPE].parse(ObjectIdentifier)
        message_digest = found[_MESSAGE_DIGEST].parse(bytes)
        if told := found.get(_SIGNING_TIME):
            told.parse(asn1.UTCTime)
        if capable := found.get(_CAPABILITIES):
            _check_capabilities(_raw(capable))
    except (KeyError, ValueError) as error:
        raise NotSigned("content type or message digest is missing, or a signed attribute cannot be read") from error
    if not found.keys() <= _SIGNED:
        raise NotSigned("a signed attribute that says nothing here")
    if content_type != _DATA:
        raise NotSigned("content type attribute is wrong")
    if message_digest != digest:
        raise NotSigned("message digest is wrong")


def _raw(element: asn1.TLV) -> bytes:
    return bytes(asn1.encode_der(element))
