"""X.509 certificates read for display and comparison, also where the key's algorithm is unknown (SM2, GM/T 0015)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tui.core.certificate import Certificate, Usage
from tui.core.text_safety import printable

_CURVES = {"secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521"}
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
"""OBJECT IDENTIFIER 1.2.156.10197.1.301 (GM/T 0006)."""
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a TBSCertificate (RFC 5280 4.1) as DER, byte for byte as they stand in the certificate."""

    serial: bytes
    issuer: bytes
    subject: bytes
    spki: bytes


def parts(certificate: x509.Certificate) -> Parts:
    """Cut the TBSCertificate up without understanding the key."""
    tbs = certificate.tbs_certificate_bytes
    fields = list(_elements(next(_elements(tbs, whole=True))[1]))
    if fields[0][0][0] == 0xA0:
        fields.pop(0)
    return Parts(serial=fields[0][0], issuer=fields[2][0], subject=fields[4][0], spki=fields[5][0])


def _elements(content: bytes, *, whole: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """(element, its content) for each DER element in `content`, which cryptography has parsed already."""
    at = 0
    while at < len(content):
        length, head = content[at + 1], 2
        if length & 0x80:
            head += length & 0x7F
            length = int.from_bytes(content[at + 2 : at + head])
        yield content[at : at + head + length], content[at + head : at + head + length]
        if whole:
            return
        at += head + length


def read(der: bytes, key_id: bytes, label: str, *, has_private_key: bool) -> Certificate:
    """The certificate as the kiosk shows it; one that cannot be parsed comes back with `readable=False`."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject, issuer = certificate.subject, certificate.issuer
        return Certificate(
            der=der,
            fingerprint=fingerprint,
            subject=printable(subject.rfc4514_string()),
            common_name=_common_name(subject),
            issuer=printable(issuer.rfc4514_string()),
            serial=f"{certificate.serial_number:x}",
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            key=_key_name(certificate),
            key_id=key_id.hex(),
            label=printable(label),
            has_private_key=has_private_key,
            spki=hashlib.sha256(parts(certificate).spki).hexdigest(),
            usage=_usage(certificate),
        )
    except (ValueError, IndexError, x509.InvalidVersion):
        return Certificate(
            der=der,
            fingerprint=fingerprint,
            subject="",
            common_name="",
            issuer="",
            serial="",
            key="",
            spki="",
            not_before=_NEVER,
            not_after=_NEVER,
            key_id=key_id.hex(),
            label=printable(label),
            has_private_key=has_private_key,
            readable=False,
        )


def _common_name(name: x509.Name) -> str:
    """The last CN, or else O, as text."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in reversed(name.get_attributes_for_oid(oid)):
            if isinstance(attribute.value, str):
                return printable(attribute.value)
    return ""


def _key_name(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "SM2" if _SM2_CURVE in parts(certificate).spki else certificate.public_key_algorithm_oid.dotted_string
    match key:
        case rsa.RSAPublicKey():
            return f"RSA-{key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC-{_CURVES.get(key.curve.name, key.curve.name)}"
        case _:
            return certificate.public_key_algorithm_oid.dotted_string


def _usage(certificate: x509.Certificate) -> Usage:
    """By keyUsage (RFC 5280 4.2.1.3); extensions that cannot be parsed forbid nothing."""
    try:
        allowed = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return Usage.ANY
    encrypts = allowed.key_encipherment or allowed.data_encipherment or allowed.key_agreement
    match allowed.digital_signature, encrypts:
        case True, True:
            return Usage.ANY
        case True, False:
            return Usage.SIGNING
        case False, True:
            return Usage.ENCRYPTION
        case _:
            return Usage.OTHER
