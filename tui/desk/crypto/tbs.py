"""The signed part of a certificate (RFC 5280, 4.1), each field as it was encoded."""

from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1


@asn1.sequence
class Extension:
    """RFC 5280, 4.1: one extension with its value as it was encoded."""

    oid: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(False)]
    value: bytes


@asn1.sequence
class TbsCertificate:
    """RFC 5280, 4.1, as far as it is read; every other field travels as it was encoded."""

    version: Annotated[int, asn1.Default(0), asn1.Explicit(0)]
    serial_number: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    subject_public_key_info: asn1.TLV
    extensions: Annotated[list[Extension] | None, asn1.Explicit(3)]


def extensions_of(certificate: x509.Certificate) -> list[Extension]:
    """The certificate's extensions as they are encoded.

    :raises ValueError: its structure is not RFC 5280's.
    """
    return asn1.decode_der(TbsCertificate, certificate.tbs_certificate_bytes).extensions or []
