"""Delete the old pair after the proof: what has the old certificate's public key, and nothing else."""

import secrets
from collections.abc import Callable
from typing import Any

from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason, TokenError
from tui.core.token import KeyLeft, TokenStage
from tui.token.host import faults, key_objects, objects, pairing
from tui.token.host.driver import Driver
from tui.token.host.keys import prove
from tui.token.host.session import AskPin, Workspace, signed_in
from tui.token.protocol import Retire
from tui.token.x509 import certificates


def retire(driver: Driver, order: Retire, ask_pin: AskPin, progress: Callable[[TokenStage], None]) -> KeyLeft | None:
    """Delete the old certificate and its key; why the key was left, if it was. The new key has signed once more before.

    The certificate goes last: as long as it is there, a repetition knows which key was its own.
    """
    with signed_in(driver, order.certificate, ask_pin, order.scheme) as workspace:
        session = workspace.session
        if order.new != workspace.certificate.der:
            raise faults.fault(Reason.CERTIFICATE_MISMATCH, "new certificate")
        progress(TokenStage.RETIRING)
        workspace.confirm()
        left = None
        old = objects.copies(session, order.old)
        if old:
            left = _delete_keys(workspace, order)
        for handle in old:
            session.destroyObject(handle)
        if objects.copies(session, order.old):
            raise faults.fault(Reason.TOKEN_FAULT, "the old certificate is still there")
        return left


def _delete_keys(workspace: Workspace, order: Retire) -> KeyLeft | None:
    """Delete both halves of the old pair, in whatever number and under whatever CKA_ID; why they were left."""
    session = workspace.session
    if objects.shares_key(session, order.old):
        return KeyLeft.SHARED
    public_key: Any = certificates.opened(order.old).public_key()
    belonging = pairing.belonging(session, public_key, workspace.trial(public_key))
    public = [key.handle for key in key_objects.public_keys(session) if key.key == public_key]
    for key in belonging.keys:
        _delete(workspace, key.handle, public_key)
    for handle in public:
        try:
            session.destroyObject(handle)
        except PyKCS11Error:  # what is left of it when its private key is gone hurts nobody; a pull is told here
            workspace.confirm()
    return None if belonging.keys or belonging.complete else KeyLeft.UNCERTAIN


def _delete(workspace: Workspace, handle: Any, public_key: Any) -> None:
    """Delete a private key; one that cannot be deleted must be dead.

    A driver that deletes a key's file before its entry, and is cut off in between, refuses that entry for ever.
    """
    try:
        workspace.session.destroyObject(handle)
    except PyKCS11Error:
        try:
            prove(workspace.signs_with(handle, public_key), secrets.token_bytes(32), workspace.scheme)
        except PyKCS11Error as dead:
            if faults.failure(dead).reason is Reason.TOKEN_REMOVED:
                raise
        except TokenError as dead:
            if dead.failure.reason is not Reason.SIGNATURE_FALSE:
                raise
        else:
            raise
