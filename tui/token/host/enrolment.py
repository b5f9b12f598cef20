"""Renew on the token: key pair, CSR, evidence; then write, read back, prove. Every step can be repeated."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import PyKCS11
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from PyKCS11 import PyKCS11Error

from tui.core.certificate import Certificate
from tui.core.evidence import evidence_content, proof_message
from tui.core.failure import Reason, TokenError
from tui.core.policy import KeyPolicy
from tui.core.token import Installation, SignedRequest, TokenStage
from tui.token.host import faults, objects, preflight, signed, templates, writing
from tui.token.host.driver import Driver
from tui.token.host.keys import prove
from tui.token.host.objects import KeyPair
from tui.token.host.session import AskPin, Workspace, signed_in
from tui.token.protocol import Install, MakeRequest
from tui.token.x509 import certificates

Progress = Callable[[TokenStage], None]
_REFUSED = frozenset({Reason.TOKEN_FULL, Reason.TOKEN_READ_ONLY, Reason.TOKEN_UNSUPPORTED})
"""The token is there and has said no: what is cleared away now is really gone."""


def make_request(driver: Driver, order: MakeRequest, ask_pin: AskPin, progress: Progress) -> SignedRequest:
    """CSR signed by the key that is to be certified, evidence signed by the old one."""
    with signed_in(driver, order.certificate, ask_pin, order.scheme) as workspace:
        old = _old(workspace)
        public_key: Any = old.public_key()
        old_key = workspace.key(public_key)
        certified = public_key
        if order.policy is KeyPolicy.KEEP:
            progress(TokenStage.PROBING)
            preflight.check(workspace, public_key, order.scheme, new_pair=False)
        else:
            certified = _new_pair(workspace, order, public_key, progress).public_key
        progress(TokenStage.REQUEST)
        new_key = workspace.key(certified)
        csr = signed.request(certificates.parts(workspace.certificate.der).subject, new_key, order.scheme)
        progress(TokenStage.SIGNING)
        content = evidence_content(order.statement, csr)
        evidence = signed.evidence(content, workspace.certificate.der, old_key, order.scheme)
    return SignedRequest(csr, evidence)


def install(driver: Driver, order: Install, ask_pin: AskPin, progress: Progress) -> Installation:
    """Put the issued certificate on the token and prove that its key is there; the old pair stays usable."""
    certified = _public_key(order.issued)
    with signed_in(driver, order.certificate, ask_pin, order.scheme, replaced=order.old) as workspace:
        old = _old_certificate(workspace, order.old)
        if certificates.parts(order.issued).subject != certificates.parts(old.der).subject:
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "subject")
        if order.policy is KeyPolicy.KEEP and certificates.key_digest(order.issued) != certificates.key_digest(old.der):
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "public key")
        session = workspace.session
        key_id, known = _key_id(workspace, certified), order.business_no.encode()
        if order.issued == old.der and (order.old or workspace.key_object(certified).label != known):
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "the old certificate")
        if not objects.certificate_handles(session, key_id, order.issued):
            progress(TokenStage.WRITING)
            label = order.business_no if order.policy is KeyPolicy.REKEY else objects.label_of(session, old)
            new = templates.certificate(order.issued, key_id, label)
            writing.write(workspace, new, old.der if order.policy is KeyPolicy.KEEP else b"")
        progress(TokenStage.READING_BACK)
        if not objects.certificate_handles(session, key_id, order.issued):
            raise faults.fault(Reason.TOKEN_FAULT, "read back differs")
        read = certificates.read(order.issued, key_id, order.business_no, has_private_key=True)
        progress(TokenStage.PROVING)
        message = proof_message(order.business_no, read.fingerprint, order.challenge)
        proof = prove(workspace.key(certified), message, order.scheme)
        return Installation(old, read, proof)


def _old(workspace: Workspace) -> x509.Certificate:
    """The old certificate but for its names, which go on byte for byte as they stand."""
    try:
        return certificates.opened(workspace.certificate.der)
    except ValueError as error:
        raise faults.fault(Reason.CERTIFICATE_MALFORMED, "certificate") from error


def _old_certificate(workspace: Workspace, der: bytes) -> Certificate:
    """The one that is renewed: the token may hold it, or have had it replaced, or be known by the new one already."""
    present = next((c for c in workspace.token.certificates if c.der == der), None)
    if present or not der:
        return present or workspace.certificate
    return certificates.read(der, b"", workspace.certificate.label, has_private_key=False)


def _public_key(der: bytes) -> Any:
    """What is certified; read before anything is written: a token keeps bytes that are no DER, unseen, undeletable."""
    try:
        return certificates.opened(der).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise faults.fault(Reason.CERTIFICATE_MISMATCH, "not a certificate") from error


def _new_pair(workspace: Workspace, order: MakeRequest, like: Any, progress: Progress) -> KeyPair:
    """The pair labelled with the business number: an earlier attempt's, or a new one like the old key."""
    session, label = workspace.session, order.business_no
    if not label:
        raise faults.fault(Reason.DESK_FAULT, "no business number")
    if objects.names_certified_key(session, label) or workspace.key_object(like).label == label.encode():
        raise faults.fault(Reason.KEY_REUSED, "label")
    pair = _labelled(session, label)
    progress(TokenStage.PROBING)
    preflight.check(workspace, like, order.scheme, new_pair=pair is None)
    if pair:
        return pair
    progress(TokenStage.KEY_PAIR)
    try:
        templates.attempted(templates.KEY_LEFT_OUT, lambda left: _generate(workspace, label, like, left))
        preflight.probe(workspace, len(workspace.certificate.der) + preflight.MARGIN)
    except PyKCS11Error as error:
        raise _undone(session, label, error) from error
    if pair := _labelled(session, label):
        return pair
    raise faults.fault(Reason.TOKEN_FAULT, "new key pair not found")


def _generate(workspace: Workspace, label: str, like: Any, left_out: frozenset[int]) -> None:
    """One try at C_GenerateKeyPair, after what earlier tries left; what the template may not name is named after it."""
    workspace.confirm()
    session = workspace.session
    for half in objects.halves(session, label):
        session.destroyObject(half)
    public, private, mechanism = templates.key_pair(label, like)
    made = session.generateKeyPair(
        templates.without(public, left_out), templates.without(private, left_out), PyKCS11.Mechanism(mechanism)
    )
    for kind in left_out & {PyKCS11.CKA_ID, PyKCS11.CKA_LABEL}:
        for half in made:
            session.setAttributeValue(half, [(kind, dict(public)[kind])])


def _undone(session: Any, label: str, error: PyKCS11Error) -> TokenError:
    """The failure, after all that was made is deleted again where the token has clearly refused."""
    failure = faults.failure(error)
    if failure.reason not in _REFUSED:
        return TokenError(failure)
    try:
        for key in objects.labelled(session, label):
            session.destroyObject(key)
    except PyKCS11Error:
        return TokenError(failure)
    return TokenError(replace(failure, token_changed=False))


def _labelled(session: Any, business_no: str) -> KeyPair | None:
    return next((pair for pair in objects.key_pairs(session) if pair.label == business_no), None)


def _key_id(workspace: Workspace, certified: Any) -> bytes:
    """CKA_ID of the private key that the issued certificate certifies, whatever the other half's is.

    KEY_MISSING where it is not here: the application may have been handed in with another token, a copy of this one.
    """
    try:
        return workspace.key_object(certified).key_id
    except TokenError as unfit:
        if unfit.failure.reason is not Reason.KEY_UNSUPPORTED:
            raise
        raise faults.fault(Reason.CERTIFICATE_MISMATCH, "public key") from unfit
