"""Writing the new certificate, and deleting the old pair once it has done its duty."""

import secrets
from collections.abc import Callable

import PyKCS11
from cryptography import x509
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason
from tui.core.ports import TokenStage
from tui.token import faults, objects, templates
from tui.token.driver import Driver
from tui.token.keys import prove
from tui.token.protocol import Retire
from tui.token.session import AskPin, Workspace, signed_in
from tui.token.templates import Template


def write(workspace: Workspace, new: Template, replaceable: bytes = b"") -> None:
    """Create the certificate; where the token refuses a second one of its key, put it in the old one's place.

    `replaceable` is the DER of the old certificate of the same key, empty when there is none. It is put back when
    the new one cannot be written.
    """
    session, key_id = workspace.session, dict(new)[PyKCS11.CKA_ID]
    try:
        _create(workspace, new)
    except PyKCS11Error as refused:
        if not replaceable or faults.failure(refused).reason is Reason.TOKEN_REMOVED:
            raise
        workspace.confirm()
        label = dict(new)[PyKCS11.CKA_LABEL]
        for handle in objects.certificate_handles(session, key_id, replaceable):
            session.destroyObject(handle)
        try:
            _create(workspace, new)
        except PyKCS11Error:
            if not objects.certificate_handles(session, key_id, replaceable):
                _create(workspace, templates.certificate(replaceable, key_id, label))
            raise


def _create(workspace: Workspace, template: Template) -> None:
    workspace.confirm()
    templates.attempted(
        templates.CERTIFICATE_LEFT_OUT,
        lambda left: workspace.session.createObject(templates.without(template, left)),
    )


def retire(driver: Driver, order: Retire, ask_pin: AskPin, progress: Callable[[TokenStage], None]) -> None:
    """Delete the old key and its certificate; first the new key must sign once more.

    The certificate goes last: as long as it is there, a repetition knows which key was its own.
    """
    progress(TokenStage.CHECKING)
    new = x509.load_der_x509_certificate(order.new)
    with signed_in(driver, order.certificate, ask_pin) as workspace:
        session = workspace.session
        new_id, old_id = bytes.fromhex(workspace.certificate.key_id), bytes.fromhex(order.old_key_id)
        if order.new not in objects.certificate_values(session, new_id):
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "new certificate")
        progress(TokenStage.PROVING)
        prove(workspace.key(new_id, new.public_key()), secrets.token_bytes(32), order.scheme)
        progress(TokenStage.RETIRING)
        workspace.confirm()
        old = objects.certificate_handles(session, old_id, order.old)
        shared = set(objects.certificate_values(session, old_id)) - {order.old}
        if old and old_id and not shared:
            for handle in objects.keys(session, old_id):
                session.destroyObject(handle)
        for handle in old:
            session.destroyObject(handle)
        if objects.certificate_handles(session, old_id, order.old):
            raise faults.fault(Reason.TOKEN_FAULT, "the old certificate is still there")
