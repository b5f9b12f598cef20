"""Read a certificate that a kiosk shows into the domain's type (RFC 5280)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, wraps
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import PublicKeyAlgorithmOID

from tui.core.certificate import Certificate
from tui.core.failure import Reason
from tui.core.usage import usage_of
from tui.core.x509.names import is_same
from tui.core.x509.parts import Parts, dissect
from tui.desk.crypto.claims import claims_of
from tui.desk.refusals import Refused

_CURVES = {SECP256R1.name: "EC-P256", SECP384R1.name: "EC-P384"}
PublicKey = RSAPublicKey | EllipticCurvePublicKey
_KEPT = 512
"""Certificates that something is remembered of: while one is renewed it is looked into some twenty times."""
_LONGEST_KEPT = 8192
"""Bytes; what a longer one is found to be is forgotten, so that nobody fills the memory."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Opened:
    """A certificate whose names may be any that a relying party can read."""

    parts: Parts
    fields: x509.Certificate
    """Key, dates and extensions; see `Parts.nameless`. Its signature is over `parts.tbs`."""

    @property
    def key(self) -> CertificatePublicKeyTypes:
        """The public key.

        :raises ValueError: it cannot be read.
        :raises UnsupportedAlgorithm: nor can its kind.
        """
        return self.fields.public_key()

    @property
    def serial(self) -> int:
        """The serial number."""
        return self.parts.number

    @property
    def not_after(self) -> datetime:
        """The last second of its validity, aware, UTC."""
        return self.fields.not_valid_after_utc


def remembered(look: Callable[[bytes], Found]) -> Callable[[bytes], Found]:
    """The same function of a certificate (DER), which looks at one and the same certificate once for a while."""
    known = lru_cache(_KEPT)(look)

    @wraps(look)
    def recall(der: bytes) -> Found:
        return known(der) if len(der) <= _LONGEST_KEPT else look(der)

    return recall


@remembered
def open_certificate(der: bytes) -> Opened:
    """Read what the desk must know of a certificate.

    :raises ValueError: it breaks DER or X.509 elsewhere than in its names' string types and orders.
    """
    parts = dissect(der)
    fields = x509.load_der_x509_certificate(parts.nameless)
    _ = fields.not_valid_before_utc, fields.not_valid_after_utc  # ValueError: a year that no calendar has
    return Opened(parts, fields)


@remembered
def read_certificate(der: bytes) -> Certificate:
    """The certificate, without the names, which the desk neither shows nor compares as text.

    That its key is on a token is taken for granted until the evidence proves it.

    :raises Refused: CERTIFICATE_UNREADABLE.
    """
    try:
        opened = open_certificate(der)
    except ValueError as error:
        raise Refused(Reason.CERTIFICATE_UNREADABLE) from error
    parsed = opened.fields
    try:
        if parsed.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS:
            raise UnsupportedAlgorithm("an RSA key for PSS alone")
        kind, spki = key_kind(opened.key), fingerprint_of_key(opened.key)
    except (ValueError, UnsupportedAlgorithm):
        kind, spki = parsed.public_key_algorithm_oid.dotted_string, ""
    return Certificate(
        der=der,
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject="",
        common_name="",
        issuer="",
        serial=f"{opened.serial:x}",
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=kind,
        key_id="",
        label="",
        has_private_key=True,
        spki=spki,
        usage=usage_of(claims_of(parsed, self_issued=opened.parts.issuer == opened.parts.subject)),
    )


def is_issued_by(der: bytes, authority: x509.Certificate) -> bool:
    """Whether the authority is the issuer by name and signature; nothing unreadable is anybody's."""
    try:
        opened = open_certificate(der)
        if not is_same(opened.parts.issuer, _subject_of(authority)):
            return False
        scheme, digest = opened.fields.signature_algorithm_parameters, opened.fields.signature_hash_algorithm
        match authority.public_key(), scheme:
            case RSAPublicKey() as rsa, PKCS1v15() | PSS() if digest is not None:
                rsa.verify(opened.fields.signature, opened.parts.tbs, scheme, digest)
            case EllipticCurvePublicKey() as ec, ECDSA():
                ec.verify(opened.fields.signature, opened.parts.tbs, scheme)
            case _:
                return False
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=16)
def _subject_of(authority: x509.Certificate) -> bytes:
    """Name of an authority, DER; a desk knows a few of them."""
    return dissect(authority.public_bytes(Encoding.DER)).subject


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
