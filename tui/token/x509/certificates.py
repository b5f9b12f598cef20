"""Read X.509 certificates for display and comparison: strictly, else leniently, so that none is hidden."""

import hashlib
import warnings
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import PublicKeyAlgorithmOID

from tui.core.certificate import Certificate, Usage
from tui.core.text_safety import printable
from tui.core.x509.parts import Parts, check_usable, dissect
from tui.core.x509.shortest import shortest
from tui.token.x509 import lenient, strings
from tui.token.x509.lenient import Reading
from tui.token.x509.organisation import organisation

_CURVES = {"secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521"}
_EPOCH = datetime.fromtimestamp(0, UTC)
_NOTHING = Reading("", "", "", "", None, "", "", Usage.ANY)


def parts(der: bytes) -> Parts:
    """The certificate's parts, byte for byte.

    :raises ValueError: see `opened`.
    """
    return dissect(der)


def opened(der: bytes) -> x509.Certificate:
    """Key, dates and extensions of the certificate; names and serial number are none of its own (`Parts.nameless`).

    :raises ValueError: it breaks DER or X.509 elsewhere than in its names' string types and orders.
    """
    return x509.load_der_x509_certificate(dissect(der).nameless)


def key_digest(der: bytes) -> str:
    """As `Certificate.spki`, whatever else of the certificate is wrong; empty where there is no key."""
    try:
        return _digest(opened(der)) or lenient.spki_digest(der)
    except ValueError:
        return lenient.spki_digest(der)


def read(der: bytes, key_id: bytes, label: str, *, has_private_key: bool) -> Certificate:
    """The certificate as the kiosk shows it; what is no certificate comes back with `readable=False`."""
    strict = _strict(der)
    reading = strict or lenient.read(der)
    shown = reading or _NOTHING
    not_before, not_after = shown.dates or (_EPOCH, _EPOCH)
    of = organisation(der)
    return Certificate(
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=shown.subject,
        common_name=shown.common_name,
        issuer=shown.issuer,
        serial=shown.serial,
        not_before=not_before,
        not_after=not_after,
        key=shown.key,
        key_id=key_id.hex(),
        label=printable(label),
        has_private_key=has_private_key,
        spki=shown.spki,
        readable=reading is not None,
        dated=shown.dates is not None,
        well_formed=strict is not None,
        usage=shown.usage,
        organisation=of.name,
        organisation_number=of.number,
    )


def _strict(der: bytes) -> Reading | None:
    """What the library reads; None when it refuses any part. An algorithm that it does not know is no such part."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # a country in words, a serial number below 1
        try:
            return _reading(der)
        except ValueError:
            return None


def _reading(der: bytes) -> Reading:
    parts = dissect(der)
    certificate = x509.load_der_x509_certificate(parts.nameless)
    check_usable(parts.nameless)
    fields = lenient.tbs_fields(shortest(der))
    spki = fields[5]
    holder = lenient.named(strings.name(fields[4]), fields)
    return Reading(
        subject=holder.text,
        common_name=holder.common_name,
        issuer=strings.name(fields[2]).text,
        serial=f"{parts.number:x}",
        dates=(certificate.not_valid_before_utc, certificate.not_valid_after_utc),
        key=_key_name(certificate) or lenient.key_name(spki),
        spki=_digest(certificate) or hashlib.sha256(parts.spki).hexdigest(),
        usage=lenient.usage(fields),
    )


def _digest(certificate: x509.Certificate) -> str:
    """Of the key in the encoding that a token's own key has: whole points; empty where the library does not know it."""
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return ""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _key_name(certificate: x509.Certificate) -> str:
    """Of the keys that the library knows, else empty; an RSA key for PSS alone is one of its own (RFC 4055, 1.2)."""
    if certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
        return PublicKeyAlgorithmOID.RSASSA_PSS.dotted_string
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return ""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA-{key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC-{_CURVES.get(key.curve.name, key.curve.name)}"
        case _:
            return certificate.public_key_algorithm_oid.dotted_string
