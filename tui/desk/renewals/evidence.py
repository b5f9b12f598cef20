"""What a kiosk hands in must prove itself: the CSR by its own key, the application by the old key, the installation
by the new key."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine

from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Reason
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.desk.crypto.certificates import PublicKey, fingerprint_of_key, open_certificate
from tui.desk.crypto.cms import verified_content
from tui.desk.crypto.csr import NoRequest, UnfitKey, read_request
from tui.desk.crypto.signatures import NotSigned, verify
from tui.desk.refusals import Refused
from tui.desk.storage.database import reading
from tui.desk.storage.evidence import EvidenceRecord
from tui.desk.storage.records import ApplicationRecord
from tui.deskclient.wire import SubmitRequest


@dataclass(frozen=True, slots=True)
class Proved:
    """A request whose signatures have been verified."""

    spki: str
    """SHA-256 over SubjectPublicKeyInfo of the key to be certified, hex."""


def verify_request(request: SubmitRequest, record: ApplicationRecord) -> Proved:
    """Verify CSR and CMS against the application: its old certificate, its statement, its key policy and scheme.

    :raises Refused: REQUEST_REFUSED, KEY_UNSUPPORTED, KEY_REUSED when the key must be new and is the old one, or
        APPLICATION_MOVED_ON when the holder signed an earlier form of this application.
    """
    old = open_certificate(record.old_certificate)
    key = _requested_key(request.csr, old.parts.subject, record.scheme)
    match record.key_policy:
        case KeyPolicy.REKEY if key == old.key:
            raise Refused(Reason.KEY_REUSED)
        case KeyPolicy.KEEP if key != old.key:
            raise Refused(Reason.REQUEST_REFUSED, "CSR is not by the old key, which this CA keeps")
    try:
        content = verified_content(request.evidence, record.old_certificate, record.scheme)
    except NotSigned as error:
        raise Refused(Reason.REQUEST_REFUSED, f"evidence: {error}") from error
    if content != evidence_content(record.statement.decode(), request.csr):
        if _is_earlier(content, request.csr, record.business_no):
            raise Refused(Reason.APPLICATION_MOVED_ON, "the draft was revised after it was signed")
        raise Refused(Reason.REQUEST_REFUSED, "evidence: something else was signed")
    return Proved(fingerprint_of_key(key))


def _is_earlier(content: bytes, csr: bytes, business_no: str) -> bool:
    """Whether what the holder has signed is another statement of this application, as the desk writes them."""
    return content.endswith(b"\n" + csr) and f'"business_no":"{business_no}"'.encode() in content


def verify_proof(record: ApplicationRecord, signature: bytes) -> None:
    """Verify the new key's signature with the new certificate.

    :raises Refused: PROOF_REFUSED.
    """
    fingerprint = hashlib.sha256(record.certificate).hexdigest()
    key = open_certificate(record.certificate).key
    try:
        verify(key, record.scheme, signature, proof_message(record.business_no, fingerprint, record.challenge))
    except NotSigned as error:
        raise Refused(Reason.PROOF_REFUSED, str(error)) from error


def _requested_key(pem: bytes, subject: bytes, scheme: SignatureScheme) -> PublicKey:
    """The key of the CSR (PEM), which has signed it; the CSR repeats the old subject (DER) byte for byte."""
    try:
        csr = read_request(pem)
        csr.verify(scheme)
    except UnfitKey as error:
        raise Refused(Reason.KEY_UNSUPPORTED, str(error)) from error
    except (NoRequest, NotSigned) as error:
        raise Refused(Reason.REQUEST_REFUSED, f"CSR: {error}") from error
    if csr.subject != subject:
        raise Refused(Reason.REQUEST_REFUSED, "CSR has another subject")
    return csr.key


def evidence_of(engine: Engine, business_no: str) -> bytes | None:
    """The stored CMS (DER) of an application, for anybody who must verify it with `openssl cms -verify`."""
    with reading(engine) as db:
        record = db.unit.get(EvidenceRecord, business_no)
        return record.cms if record else None
