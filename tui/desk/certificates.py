"""A certificate that a kiosk shows to the desk, read into the domain's type (RFC 5280)."""

import hashlib

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tui.core.certificate import Certificate
from tui.core.failure import Reason
from tui.core.text_safety import printable
from tui.core.usage import usage_of
from tui.desk.claims import claims_of
from tui.desk.refusals import Refused

_CURVES = {SECP256R1.name: "EC-P256", SECP384R1.name: "EC-P384"}
PublicKey = RSAPublicKey | EllipticCurvePublicKey


def read_certificate(der: bytes) -> Certificate:
    """The certificate; that its key is on a token is taken for granted until the evidence proves it.

    :raises Refused: CERTIFICATE_UNREADABLE.
    """
    try:
        parsed = x509.load_der_x509_certificate(der)
        subject, issuer = parsed.subject, parsed.issuer
        names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        texts = printable(subject.rfc4514_string()), printable(issuer.rfc4514_string())
    except (ValueError, TypeError, x509.InvalidVersion) as error:  # TypeError: a name's string type fits nothing
        raise Refused(Reason.CERTIFICATE_UNREADABLE) from error
    try:
        key = parsed.public_key()
        kind, spki = key_kind(key), fingerprint_of_key(key)
    except (ValueError, UnsupportedAlgorithm):
        kind, spki = parsed.public_key_algorithm_oid.dotted_string, ""
    return Certificate(
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=texts[0],
        common_name=printable(str(names[0].value)) if names else "",
        issuer=texts[1],
        serial=f"{parsed.serial_number:x}",
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=kind,
        key_id="",
        label="",
        has_private_key=True,
        spki=spki,
        usage=usage_of(claims_of(parsed)),
    )


def key_kind(key: object) -> str:
    """`RSA-2048`, `EC-P256`, … as `core.certificate.RENEWABLE_KEYS` names them."""
    match key:
        case RSAPublicKey():
            return f"RSA-{key.key_size}"
        case EllipticCurvePublicKey():
            return _CURVES.get(key.curve.name, key.curve.name)
        case _:
            return type(key).__name__


def fingerprint_of_key(key: object) -> str:
    """SHA-256 over SubjectPublicKeyInfo, hex.

    :raises ValueError: not a key of a kind that can be renewed.
    """
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        raise ValueError("neither RSA nor EC")
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
