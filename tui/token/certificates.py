"""X.509 certificates read for display and comparison: by the strict parser, else leniently, so that none is hidden."""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from tui.core.certificate import Certificate, Usage
from tui.core.text_safety import printable
from tui.token import lenient
from tui.token.attribute_names import NAMES
from tui.token.lenient import Reading
from tui.token.lenient_text import Name

_CURVES = {"secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521"}
_NAMES = {x509.ObjectIdentifier(dotted): name for dotted, name in NAMES.items()}
_EPOCH = datetime.fromtimestamp(0, UTC)
_NOTHING = Reading("", "", "", "", _EPOCH, _EPOCH, "", "", Usage.ANY)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of a TBSCertificate (RFC 5280 4.1) as DER, byte for byte as they stand in the certificate."""

    serial: bytes
    issuer: bytes
    subject: bytes
    spki: bytes


def parts(certificate: x509.Certificate) -> Parts:
    """Cut the TBSCertificate up without understanding the key."""
    serial, _, issuer, _, subject, spki, *_ = lenient.tbs_fields(certificate.public_bytes(Encoding.DER))
    return Parts(serial.whole, issuer.whole, subject.whole, spki.whole)


def read(der: bytes, key_id: bytes, label: str, *, has_private_key: bool) -> Certificate:
    """The certificate as the kiosk shows it; what is no certificate comes back with `readable=False`."""
    strict = _strict(der)
    reading = strict or lenient.read(der)
    shown = reading or _NOTHING
    return Certificate(
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=shown.subject,
        common_name=shown.common_name,
        issuer=shown.issuer,
        serial=shown.serial,
        not_before=shown.not_before,
        not_after=shown.not_after,
        key=shown.key,
        key_id=key_id.hex(),
        label=printable(label),
        has_private_key=has_private_key,
        spki=shown.spki,
        readable=reading is not None,
        well_formed=strict is not None,
        usage=shown.usage,
    )


def _strict(der: bytes) -> Reading | None:
    """What the library reads; None when it refuses any part. An algorithm that it does not know is no such part."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # a country of more than two letters
        warnings.simplefilter("error", CryptographyDeprecationWarning)  # a serial number below 1
        try:
            return _reading(der)
        except (ValueError, TypeError, x509.InvalidVersion, CryptographyDeprecationWarning):
            return None  # TypeError: a BIT STRING in a name


def _reading(der: bytes) -> Reading:
    certificate = x509.load_der_x509_certificate(der)
    fields = lenient.tbs_fields(der)
    spki = fields[5]
    subject = Name(_text(certificate.subject), _common_name(certificate.subject))
    holder = lenient.named(subject, fields)
    return Reading(
        subject=holder.text,
        common_name=holder.common_name,
        issuer=_text(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=_key_name(certificate) or lenient.key_name(spki),
        spki=hashlib.sha256(spki.whole).hexdigest(),
        usage=lenient.usage(fields),
    )


def _text(name: x509.Name) -> str:
    """RFC 4514, with the names of attributes that it leaves."""
    return printable(name.rfc4514_string(_NAMES))


def _common_name(name: x509.Name) -> str:
    """The last CN, or else O, as text."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in reversed(name.get_attributes_for_oid(oid)):
            if isinstance(attribute.value, str) and (plain := printable(attribute.value)):
                return plain
    return ""


def _key_name(certificate: x509.Certificate) -> str:
    """Of the keys that the library knows, else empty."""
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
