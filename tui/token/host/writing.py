"""Write the new certificate to the token."""

import contextlib
import secrets
from collections.abc import Callable
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason
from tui.token.host import faults, objects, preflight, templates
from tui.token.host.attributes import values
from tui.token.host.preflight import PKCS15
from tui.token.host.session import Workspace
from tui.token.host.templates import Template


def write(workspace: Workspace, new: Template, old: bytes = b"") -> None:
    """Create the certificate; where the token refuses a second one of its key, the old one makes way.

    `old` is the DER of the old certificate of the same key, empty when there is none. First it is only moved aside, to
    a CKA_ID of its own: a driver that deletes a certificate's file before its entry hides every certificate when the
    token is pulled in between. Where its CKA_ID cannot be changed a copy is laid aside first, and only where that is
    refused too it is deleted without one. There must be room for the
    new one before; if it cannot be written then all the same, the old one is put back.
    """
    session, key_id = workspace.session, dict(new).get(PyKCS11.CKA_ID, b"")
    if not old and key_id and workspace.token.model == PKCS15 and _named_when_there(workspace, new):
        return
    try:
        _create(workspace, new)
    except PyKCS11Error as refused:
        in_the_way = objects.certificate_handles(session, key_id, old) if old else []
        if not in_the_way or faults.failure(refused).reason is Reason.TOKEN_REMOVED:
            raise
        preflight.probe(workspace, len(dict(new)[PyKCS11.CKA_VALUE]))
        workspace.confirm()
        put_back = _moved_aside(session, in_the_way[0]) or _deleted(workspace, in_the_way[0], new, old)
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


def _moved_aside(session: Any, certificate: Any) -> Callable[[], None] | None:
    """Give the certificate a CKA_ID of its own; how to put it back, None where the driver refuses."""
    key_id = values(session, certificate, PyKCS11.CKA_ID)[0]
    try:
        session.setAttributeValue(certificate, [(PyKCS11.CKA_ID, secrets.token_bytes(20))])
    except PyKCS11Error:
        return None
    return lambda: session.setAttributeValue(certificate, [(PyKCS11.CKA_ID, key_id)])


def _deleted(workspace: Workspace, certificate: Any, new: Template, old: bytes) -> Callable[[], None]:
    """Delete the certificate, after a copy is laid aside where the token takes one; how to put it back.

    The copy tells the token when it is cut off in between and no public key object does.
    """
    names = dict(new)
    label = names[PyKCS11.CKA_LABEL]
    with contextlib.suppress(PyKCS11Error):
        if len(objects.copies(workspace.session, old)) == 1:
            _create(workspace, templates.certificate(old, secrets.token_bytes(20), label))
    workspace.session.destroyObject(certificate)
    return lambda: _create(workspace, templates.certificate(old, names.get(PyKCS11.CKA_ID, b""), label))


def _create(workspace: Workspace, template: Template) -> None:
    workspace.confirm()
    templates.attempted(
        templates.CERTIFICATE_LEFT_OUT,
        lambda left: workspace.session.createObject(templates.without(template, left)),
    )
