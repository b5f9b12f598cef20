"""Before anything is made or paid: would this token do all that the renewal will ask of it?

What a driver lists is no proof, so an object as large as what will be written is written, read back and deleted.
"""

import contextlib
import secrets
from typing import Any

import PyKCS11
from cryptography.hazmat.primitives.asymmetric import rsa
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason
from tui.core.policy import SignatureScheme
from tui.token.host import faults, objects, templates
from tui.token.host.keys import signing_mechanisms
from tui.token.host.public_keys import PublicKey
from tui.token.host.session import Workspace
from tui.token.host.templates import Template

LABEL = "CA-RENEWAL-PROBE"
PKCS15 = "PKCS#15"
"""CK_TOKEN_INFO.model of the tokens behind OpenSC whose directories it writes itself. It takes certificates, and a pull
while it deletes one hides all of them: none is written there to be deleted again."""
MARGIN = 512
"""Bytes by which the new certificate may be longer than the old one."""
_DATA_REFUSED = frozenset({Reason.TOKEN_UNSUPPORTED, Reason.TOKEN_FAULT, Reason.TOKEN_READ_ONLY})
"""The token may take certificates all the same: many know no data objects."""


def check(workspace: Workspace, public_key: PublicKey, scheme: SignatureScheme, *, new_pair: bool) -> None:
    """Try rights, mechanisms and room.

    :raises TokenError: TOKEN_READ_ONLY, PIN_EXPIRED, TOKEN_UNSUPPORTED, or TOKEN_FAULT where it reads back otherwise.
    :raises PyKCS11Error: as the driver says; a full token, too.
    """
    flags = workspace.driver.lib.getTokenInfo(workspace.token.slot).flags
    if flags & PyKCS11.CKF_WRITE_PROTECTED:
        raise faults.fault(Reason.TOKEN_READ_ONLY, "CKF_WRITE_PROTECTED")
    if flags & PyKCS11.CKF_USER_PIN_TO_BE_CHANGED:
        raise faults.fault(Reason.PIN_EXPIRED, "CKF_USER_PIN_TO_BE_CHANGED")
    clean(workspace.session)
    _check_mechanisms(workspace.mechanisms, public_key, scheme, new_pair=new_pair)
    if workspace.token.model != PKCS15:
        _write_copy(workspace)
    probe(workspace, len(workspace.certificate.der) + MARGIN + (_room(public_key) if new_pair else 0))


def clean(session: Any) -> None:
    """Delete probes that an interruption has left; an entry whose content is gone cannot be, and hurts nobody."""
    for kind in (PyKCS11.CKO_DATA, PyKCS11.CKO_CERTIFICATE):
        for left in session.findObjects([(PyKCS11.CKA_CLASS, kind), (PyKCS11.CKA_LABEL, LABEL)]):
            with contextlib.suppress(PyKCS11Error):
                session.destroyObject(left)


def _check_mechanisms(
    listed: frozenset[int], public_key: PublicKey, scheme: SignatureScheme, *, new_pair: bool
) -> None:
    """A list without what is needed says no; an empty one says nothing."""
    wanted = [set(signing_mechanisms(public_key, scheme))]
    if new_pair:
        wanted.append({templates.key_pair(LABEL, public_key)[2]})
    for alternatives in wanted:
        if listed and not listed & alternatives:
            raise faults.fault(Reason.TOKEN_UNSUPPORTED, " ".join(str(PyKCS11.CKM[m]) for m in sorted(alternatives)))


def _room(public_key: PublicKey) -> int:
    """Bytes that a new pair takes at most: an RSA private key is written with all its CRT parts."""
    return public_key.key_size // 8 * 6 if isinstance(public_key, rsa.RSAPublicKey) else 512


def probe(workspace: Workspace, size: int) -> None:
    """Write, read back, delete: a data object, or a copy of the certificate where the token knows no data objects.

    :raises TokenError: TOKEN_FAULT where it reads back otherwise.
    :raises PyKCS11Error: as the driver says; a full token, too.
    """
    value = secrets.token_bytes(size)
    try:
        _write(workspace, templates.data(value, LABEL), value)
    except PyKCS11Error as error:
        if faults.failure(error).reason not in _DATA_REFUSED:
            raise
        _write_copy(workspace)


def _write_copy(workspace: Workspace) -> None:
    """Write, read back and delete a copy of the certificate under a CKA_ID of its own; one that stays harms nobody."""
    der = workspace.certificate.der
    template = templates.certificate(der, secrets.token_bytes(20), LABEL)
    templates.attempted(
        templates.CERTIFICATE_LEFT_OUT, lambda left: _write(workspace, templates.without(template, left), der)
    )


def _write(workspace: Workspace, template: Template, value: bytes) -> None:
    workspace.confirm()
    session = workspace.session
    handle = session.createObject(template)
    try:
        if objects.value_of(session, handle) != value:
            raise faults.fault(Reason.TOKEN_FAULT, "probe reads back differently")
    finally:
        session.destroyObject(handle)
