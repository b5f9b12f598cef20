"""Writing the new certificate, and deleting the old pair once it has done its duty."""

import contextlib
import secrets
from collections.abc import Callable
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason, TokenError
from tui.core.ports import TokenStage
from tui.token import certificates, faults, objects, preflight, templates
from tui.token.driver import Driver
from tui.token.keys import prove
from tui.token.protocol import Retire
from tui.token.session import AskPin, Workspace, signed_in
from tui.token.templates import Template

_PKCS15 = "PKCS#15"
"""CK_TOKEN_INFO.model of the tokens behind OpenSC whose directories it writes itself."""


def write(workspace: Workspace, new: Template, old: bytes = b"") -> None:
    """Create the certificate; where the token refuses a second one of its key, the old one makes way.

    `old` is the DER of the old certificate of the same key, empty when there is none. First it is only moved aside, to
    a CKA_ID of its own: a driver that deletes a certificate's file before its entry hides every certificate when the
    token is pulled in between. It is deleted only where its CKA_ID cannot be changed. There must be room for the
    new one before; if it cannot be written then all the same, the old one is put back.
    """
    session, key_id = workspace.session, dict(new)[PyKCS11.CKA_ID]
    if not old and workspace.token.model == _PKCS15 and _named_when_there(workspace, new):
        return
    try:
        _create(workspace, new)
    except PyKCS11Error as refused:
        in_the_way = objects.certificate_handles(session, key_id, old) if old else []
        if not in_the_way or faults.failure(refused).reason is Reason.TOKEN_REMOVED:
            raise
        preflight.probe(workspace, len(dict(new)[PyKCS11.CKA_VALUE]))
        workspace.confirm()
        put_back = _moved_aside(session, in_the_way[0], key_id) or _deleted(workspace, in_the_way[0], new, old)
        try:
            _create(workspace, new)
        except PyKCS11Error:
            with contextlib.suppress(PyKCS11Error):  # the next try goes on from here
                put_back()
            raise


def _named_when_there(workspace: Workspace, new: Template) -> bool:
    """Write the certificate under a CKA_ID of its own and give it its key's after that; False where that fails.

    OpenSC names a key after the certificate that is written under its CKA_ID: cut off while it rewrites the directory
    of private keys for that, the token has lost the new key. A CKA_ID is changed in the certificates' directory alone.
    """
    session, names = workspace.session, dict(new)
    der = names[PyKCS11.CKA_VALUE]
    try:
        if not objects.copies(session, der):
            aside = [(PyKCS11.CKA_ID, secrets.token_bytes(20))]
            _create(workspace, templates.without(new, frozenset({PyKCS11.CKA_ID})) + aside)
        workspace.confirm()
        for copy in objects.copies(session, der):
            session.setAttributeValue(copy, [(PyKCS11.CKA_ID, names[PyKCS11.CKA_ID])])
            return True
    except PyKCS11Error as refused:
        if faults.failure(refused).reason is Reason.TOKEN_REMOVED:
            raise
        for copy in objects.copies(session, der):
            session.destroyObject(copy)
    return False


def _moved_aside(session: Any, certificate: Any, key_id: bytes) -> Callable[[], None] | None:
    """Give the certificate a CKA_ID of its own; how to put it back, None where the driver refuses."""
    try:
        session.setAttributeValue(certificate, [(PyKCS11.CKA_ID, secrets.token_bytes(20))])
    except PyKCS11Error:
        return None
    return lambda: session.setAttributeValue(certificate, [(PyKCS11.CKA_ID, key_id)])


def _deleted(workspace: Workspace, certificate: Any, new: Template, old: bytes) -> Callable[[], None]:
    """Delete the certificate; how to put it back."""
    workspace.session.destroyObject(certificate)
    names = dict(new)
    return lambda: _create(workspace, templates.certificate(old, names[PyKCS11.CKA_ID], names[PyKCS11.CKA_LABEL]))


def _create(workspace: Workspace, template: Template) -> None:
    workspace.confirm()
    templates.attempted(
        templates.CERTIFICATE_LEFT_OUT,
        lambda left: workspace.session.createObject(templates.without(template, left)),
    )


def retire(driver: Driver, order: Retire, ask_pin: AskPin, progress: Callable[[TokenStage], None]) -> None:
    """Delete the old key and its certificate; signing in has let the new key sign once more.

    The certificate goes last: as long as it is there, a repetition knows which key was its own.
    """
    progress(TokenStage.CHECKING)
    with signed_in(driver, order.certificate, ask_pin, order.scheme) as workspace:
        session, old_id = workspace.session, bytes.fromhex(order.old_key_id)
        if order.new != workspace.certificate.der:
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "new certificate")
        progress(TokenStage.RETIRING)
        workspace.confirm()
        old = objects.certificate_handles(session, old_id, order.old)
        if old and old_id and not objects.shared(session, old_id, order.old):
            for handle in objects.keys(session, old_id):
                _delete_key(workspace, handle, old_id, order)
        for handle in old:
            session.destroyObject(handle)
        if objects.certificate_handles(session, old_id, order.old):
            raise faults.fault(Reason.TOKEN_FAULT, "the old certificate is still there")


def _delete_key(workspace: Workspace, handle: Any, key_id: bytes, order: Retire) -> None:
    """Delete one half of the old pair; what cannot be deleted must be dead.

    A driver that deletes a key's file before its entry, and is cut off in between, refuses that entry for ever.
    """
    try:
        workspace.session.destroyObject(handle)
    except PyKCS11Error:
        public_key = certificates.opened(order.old).public_key()
        try:
            prove(workspace.key(key_id, public_key), secrets.token_bytes(32), order.scheme)
        except PyKCS11Error as dead:
            if faults.failure(dead).reason is Reason.TOKEN_REMOVED:
                raise
        except TokenError as dead:
            if dead.failure.reason not in {Reason.KEY_MISSING, Reason.SIGNATURE_FALSE}:
                raise
        else:
            raise
