"""What a kiosk hands in must prove itself: the CSR by its own key, the application by the old key, the installation
by the new key."""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import Engine

from tui.core.certificate import RENEWABLE_KEYS
from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Reason
from tui.desk.certificates import fingerprint_of_key, key_kind
from tui.desk.cms import NotSigned, verified_content
from tui.desk.database import reading
from tui.desk.records import EvidenceRecord
from tui.desk.refusals import Refused
from tui.wire import SubmitRequest


@dataclass(frozen=True, slots=True)
class Proved:
    """A request whose signatures have been verified."""

    spki: str
    """SHA-256 over the new key's SubjectPublicKeyInfo, hex."""


def verify_request(request: SubmitRequest, statement: str, old_certificate: bytes) -> Proved:
    """Verify CSR and CMS against the old certificate (DER) and the statement that the desk gave out.

    :raises Refused: REQUEST_REFUSED, KEY_UNSUPPORTED, or KEY_REUSED when the new key is the old one.
    """
    old = x509.load_der_x509_certificate(old_certificate)
    try:
        csr = x509.load_pem_x509_csr(request.csr)
        key, proved = csr.public_key(), csr.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused(Reason.REQUEST_REFUSED, "CSR cannot be read") from error
    if not proved:
        raise Refused(Reason.REQUEST_REFUSED, "CSR signature is wrong")
    if csr.subject.public_bytes() != old.subject.public_bytes():
        raise Refused(Reason.REQUEST_REFUSED, "CSR has another subject")
    if key_kind(key) not in RENEWABLE_KEYS:
        raise Refused(Reason.KEY_UNSUPPORTED, key_kind(key))
    if key == old.public_key():
        raise Refused(Reason.KEY_REUSED)
    try:
        content = verified_content(request.evidence, old_certificate)
    except NotSigned as error:
        raise Refused(Reason.REQUEST_REFUSED, f"evidence: {error}") from error
    if content != evidence_content(statement, request.csr):
        raise Refused(Reason.REQUEST_REFUSED, "evidence: something else was signed")
    return Proved(fingerprint_of_key(key))


def verify_proof(business_no: str, certificate: bytes, challenge: bytes, signature: bytes) -> None:
    """Verify the new key's signature with the new certificate (DER).

    :raises Refused: PROOF_REFUSED.
    """
    message = proof_message(business_no, hashlib.sha256(certificate).hexdigest(), challenge)
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        match key:
            case RSAPublicKey():
                key.verify(signature, message, PKCS1v15(), SHA256())
            case EllipticCurvePublicKey():
                key.verify(signature, message, ECDSA(SHA256()))
            case _:
                raise Refused(Reason.PROOF_REFUSED, key_kind(key))
    except InvalidSignature as error:
        raise Refused(Reason.PROOF_REFUSED) from error


def evidence_of(engine: Engine, business_no: str) -> bytes | None:
    """The stored CMS (DER) of an application, for anybody who must verify it with `openssl cms -verify`."""
    with reading(engine) as db:
        record = db.get(EvidenceRecord, business_no)
        return record.cms if record else None
