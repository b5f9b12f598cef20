"""The to-be-signed part of a renewed certificate (RFC 5280, 4.1), with every field of the old one kept byte for byte.

`cryptography`'s builder writes names and extensions anew, which changes string types and odd encodings; here they
travel as raw TLVs.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtensionOID

from tui.core.x509.der import SEQUENCE, element
from tui.core.x509.parts import Parts, check_usable, dissect
from tui.desk.crypto.tbs import Extension, TbsCertificate

_NOT_CARRIED_OVER = frozenset(
    {
        ExtensionOID.SIGNED_CERTIFICATE_TIMESTAMPS,  # signed over the old certificate
        ExtensionOID.PRECERT_POISON,
        x509.ObjectIdentifier("2.5.29.16"),  # privateKeyUsagePeriod: ends with the old term
    }
)
_GENERALIZED_FROM = datetime(2050, 1, 1, tzinfo=UTC)


@asn1.sequence
class Validity:
    """RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050."""

    not_before: asn1.UTCTime | asn1.GeneralizedTime
    not_after: asn1.UTCTime | asn1.GeneralizedTime


@asn1.sequence
class _AlgorithmIdentifier:
    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _RenewedTbs:
    version: Annotated[int, asn1.Explicit(0)]
    serial_number: int
    signature: _AlgorithmIdentifier
    issuer: asn1.TLV
    validity: Validity
    subject: asn1.TLV
    subject_public_key_info: asn1.TLV
    extensions: Annotated[list[Extension], asn1.Explicit(3)]


@asn1.sequence
class _Certificate:
    tbs: asn1.TLV
    signature_algorithm: _AlgorithmIdentifier
    signature: asn1.BitString


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key to be certified."""

    public: CertificatePublicKeyTypes
    spki: bytes
    """SubjectPublicKeyInfo, DER."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuing authority: what a certificate takes from it."""

    certificate: x509.Certificate
    algorithm: x509.ObjectIdentifier
    """signatureAlgorithm: sha256WithRSAEncryption or ecdsa-with-SHA256."""
    null_parameters: bool
    """RSA writes NULL parameters (RFC 4055, 5), ECDSA none (RFC 5758, 3.2)."""


def renewed_tbs(
    issuer: Issuer, old: Parts, key: SubjectKey, validity: Validity, serial: int, *, keeps_key: bool
) -> bytes:
    """DER of the TBSCertificate: the old subject and extensions, the key; the old key as the old one encodes it.

    :raises ValueError: the old certificate's structure is not RFC 5280's.
    """
    extensions = asn1.decode_der(TbsCertificate, element(old.nameless, SEQUENCE).row[0].whole).extensions
    authority = asn1.decode_der(TbsCertificate, issuer.certificate.tbs_certificate_bytes)
    identifiers = _key_identifiers(key.public, issuer.certificate)
    return asn1.encode_der(
        _RenewedTbs(
            version=2,
            serial_number=serial,
            signature=_algorithm(issuer),
            issuer=authority.subject,
            validity=validity,
            subject=asn1.decode_der(asn1.TLV, old.subject),
            subject_public_key_info=asn1.decode_der(asn1.TLV, old.spki if keeps_key else key.spki),
            extensions=_extensions(extensions or [], identifiers, keeps_key=keeps_key),
        )
    )


def flaw(issuer: Issuer, old: Parts, key: SubjectKey, validity: Validity) -> str:
    """Why standard tools would refuse a renewed certificate, or the old one, which vouches for the application.

    Empty when nothing speaks against either.
    """
    try:
        check_usable(old.nameless)
    except ValueError as error:
        return f"the certificate is invalid: {error}"
    try:
        tbs = renewed_tbs(issuer, old, key, validity, 1, keeps_key=True)
        check_usable(dissect(assemble(issuer, tbs, b"")).nameless)
    except ValueError as error:
        return f"what is issued would be invalid: {error}"
    return ""


def assemble(issuer: Issuer, tbs: bytes, signature: bytes) -> bytes:
    """DER of the certificate from its signed part and the signature."""
    return asn1.encode_der(
        _Certificate(
            tbs=asn1.decode_der(asn1.TLV, tbs),
            signature_algorithm=_algorithm(issuer),
            signature=asn1.BitString(signature, 0),
        )
    )


def validity(not_before: datetime, not_after: datetime) -> Validity:
    """Both ends, cut to the second."""
    return Validity(not_before=_time(not_before), not_after=_time(not_after))


def _time(moment: datetime) -> asn1.UTCTime | asn1.GeneralizedTime:
    moment = moment.astimezone(UTC).replace(microsecond=0)
    return asn1.UTCTime(moment) if moment < _GENERALIZED_FROM else asn1.GeneralizedTime(moment)


def _algorithm(issuer: Issuer) -> _AlgorithmIdentifier:
    return _AlgorithmIdentifier(algorithm=issuer.algorithm, parameters=asn1.Null() if issuer.null_parameters else None)


def _extensions(
    old: list[Extension], identifiers: dict[x509.ObjectIdentifier, bytes], *, keeps_key: bool
) -> list[Extension]:
    """The old extensions in their order, with the key identifiers of now, added where they were missing.

    A key that is kept keeps its identifier; the issuer's is made anew, for the CA may have another key.
    """
    kept = []
    for extension in old:
        made = identifiers.pop(extension.oid, extension.value)
        if extension.oid not in _NOT_CARRIED_OVER:
            its_own = keeps_key and extension.oid == ExtensionOID.SUBJECT_KEY_IDENTIFIER
            value = extension.value if its_own else made
            kept.append(Extension(oid=extension.oid, critical=extension.critical, value=value))
    return kept + [Extension(oid=oid, critical=False, value=value) for oid, value in identifiers.items()]


def _key_identifiers(key: CertificatePublicKeyTypes, authority: x509.Certificate) -> dict[x509.ObjectIdentifier, bytes]:
    both = x509.SubjectKeyIdentifier.from_public_key(key), _authority_key_identifier(authority)
    return {identifier.oid: identifier.public_bytes() for identifier in both}


def _authority_key_identifier(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    try:
        own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        own = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
