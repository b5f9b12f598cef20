"""Renewal on the token: new pair, CSR, evidence; then write, read back, prove. Every point of it can be repeated."""

import secrets
from collections.abc import Callable
from typing import Any

import PyKCS11
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tui.core.certificate import RENEWABLE_KEYS
from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Reason
from tui.core.ports import Installation, SignedRequest, TokenStage
from tui.token import certificates, faults, objects
from tui.token.driver import Driver
from tui.token.keys import prove
from tui.token.objects import KeyPair
from tui.token.protocol import Install, MakeRequest
from tui.token.session import AskPin, Workspace, signed_in

Progress = Callable[[TokenStage], None]
_EXPONENT = (65537).to_bytes(3)


def make_request(driver: Driver, order: MakeRequest, ask_pin: AskPin, progress: Progress) -> SignedRequest:
    """CSR signed by the new key, evidence signed by the old one."""
    progress(TokenStage.CHECKING)
    with signed_in(driver, order.certificate, ask_pin) as workspace:
        old, public_key = _old(workspace)
        old_key = workspace.key(bytes.fromhex(workspace.certificate.key_id), public_key)
        pair = _new_pair(workspace, order.business_no, public_key, progress)
        progress(TokenStage.REQUEST)
        new_key = workspace.key(pair.key_id, pair.public_key)
        request = x509.CertificateSigningRequestBuilder(old.subject).sign(new_key, hashes.SHA256())
        csr = request.public_bytes(Encoding.PEM)
        progress(TokenStage.SIGNING)
        evidence = (
            PKCS7SignatureBuilder()
            .set_data(evidence_content(order.statement, csr))
            .add_signer(old, old_key, hashes.SHA256())
            .sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.NoCapabilities])
        )
    return SignedRequest(csr, evidence)


def install(driver: Driver, order: Install, ask_pin: AskPin, progress: Progress) -> Installation:
    """Put the issued certificate beside the old one and prove that its key is there; the old pair is not touched."""
    progress(TokenStage.CHECKING)
    issued = _issued(order.issued)
    with signed_in(driver, order.certificate, ask_pin) as workspace:
        if certificates.parts(issued).subject != certificates.parts(_old(workspace)[0]).subject:
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "subject")
        session = workspace.session
        pair = _pair_of(session, order.business_no, issued)
        if order.issued not in objects.certificate_values(session, pair.key_id):
            progress(TokenStage.WRITING)
            workspace.confirm()
            session.createObject(_certificate_template(order, issued, pair))
        progress(TokenStage.READING_BACK)
        if order.issued not in objects.certificate_values(session, pair.key_id):
            raise faults.fault(Reason.TOKEN_FAULT, "read back differs")
        new = certificates.read(order.issued, pair.key_id, order.business_no, has_private_key=True)
        progress(TokenStage.PROVING)
        message = proof_message(order.business_no, new.fingerprint, order.challenge)
        proof = prove(workspace.key(pair.key_id, pair.public_key), message)
        return Installation(workspace.certificate, new, proof)


def _old(workspace: Workspace) -> tuple[x509.Certificate, Any]:
    """The old certificate and its public key; its name must survive re-encoding, since the CSR repeats it."""
    if workspace.certificate.key not in RENEWABLE_KEYS:
        raise faults.fault(Reason.KEY_UNSUPPORTED, workspace.certificate.key)
    old = x509.load_der_x509_certificate(workspace.certificate.der)
    if old.subject.public_bytes() != certificates.parts(old).subject:
        raise faults.fault(Reason.CERTIFICATE_UNREADABLE, "subject")
    return old, old.public_key()


def _issued(der: bytes) -> x509.Certificate:
    """Parsed before anything is written: a token keeps bytes that are no DER, unseen and undeletable."""
    try:
        issued = x509.load_der_x509_certificate(der)
        issued.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise faults.fault(Reason.CERTIFICATE_MISMATCH, "not a certificate") from error
    return issued


def _new_pair(workspace: Workspace, business_no: str, like: Any, progress: Progress) -> KeyPair:
    """The pair labelled with the business number: an earlier attempt's, or a new one like the old key."""
    session = workspace.session
    if not business_no:
        raise faults.fault(Reason.DESK_FAULT, "no business number")
    if objects.names_certified_key(session, business_no):
        raise faults.fault(Reason.KEY_REUSED, "label")
    if pair := _labelled(session, business_no):
        return pair
    progress(TokenStage.KEY_PAIR)
    workspace.confirm()
    for half in objects.halves(session, business_no):
        session.destroyObject(half)
    session.generateKeyPair(*_key_templates(business_no, like))
    if pair := _labelled(session, business_no):
        return pair
    raise faults.fault(Reason.TOKEN_FAULT, "new key pair not found")


def _labelled(session: Any, business_no: str) -> KeyPair | None:
    return next((pair for pair in objects.key_pairs(session) if pair.label == business_no), None)


def _pair_of(session: Any, business_no: str, issued: x509.Certificate) -> KeyPair:
    """The pair whose public key the issued certificate certifies."""
    pairs = objects.key_pairs(session)
    spki = certificates.parts(issued).spki
    for pair in pairs:
        if pair.spki == spki:
            return pair
    if any(pair.label == business_no for pair in pairs):
        raise faults.fault(Reason.CERTIFICATE_MISMATCH, "public key")
    raise faults.fault(Reason.KEY_MISSING, "new key pair")


def _key_templates(label: str, like: Any) -> tuple[list[Any], list[Any], PyKCS11.Mechanism]:
    """Templates that every driver tried accepts, and the mechanism; a fresh CKA_ID on both halves."""
    match like:
        case rsa.RSAPublicKey():
            kind, generate = PyKCS11.CKK_RSA, PyKCS11.CKM_RSA_PKCS_KEY_PAIR_GEN
            size = [(PyKCS11.CKA_MODULUS_BITS, like.key_size), (PyKCS11.CKA_PUBLIC_EXPONENT, _EXPONENT)]
        case ec.EllipticCurvePublicKey():
            kind, generate = PyKCS11.CKK_EC, PyKCS11.CKM_EC_KEY_PAIR_GEN
            curve = next(oid for oid, known in objects.CURVES.items() if known.name == like.curve.name)
            size = [(PyKCS11.CKA_EC_PARAMS, curve)]
        case _:
            raise faults.fault(Reason.KEY_UNSUPPORTED, type(like).__name__)
    common = [
        (PyKCS11.CKA_KEY_TYPE, kind),
        (PyKCS11.CKA_TOKEN, True),
        (PyKCS11.CKA_ID, secrets.token_bytes(20)),
        (PyKCS11.CKA_LABEL, label),
    ]
    public = [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY),
        *common,
        *size,
        (PyKCS11.CKA_PRIVATE, False),
        (PyKCS11.CKA_VERIFY, True),
    ]
    private = [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
        *common,
        (PyKCS11.CKA_PRIVATE, True),
        (PyKCS11.CKA_SENSITIVE, True),
        (PyKCS11.CKA_EXTRACTABLE, False),
        (PyKCS11.CKA_SIGN, True),
    ]
    return public, private, PyKCS11.Mechanism(generate)


def _certificate_template(order: Install, issued: x509.Certificate, pair: KeyPair) -> list[Any]:
    """CKO_CERTIFICATE with the pair's CKA_ID and label (a driver renames the private key to the certificate's)."""
    parts = certificates.parts(issued)
    return [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
        (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
        (PyKCS11.CKA_TOKEN, True),
        (PyKCS11.CKA_PRIVATE, False),
        (PyKCS11.CKA_ID, pair.key_id),
        (PyKCS11.CKA_LABEL, order.business_no),
        (PyKCS11.CKA_SUBJECT, parts.subject),
        (PyKCS11.CKA_ISSUER, parts.issuer),
        (PyKCS11.CKA_SERIAL_NUMBER, parts.serial),
        (PyKCS11.CKA_VALUE, order.issued),
    ]
