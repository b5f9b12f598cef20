"""Read key objects and what each tells of its own public key."""

from typing import Any

import PyKCS11
from cryptography.hazmat.primitives.asymmetric import rsa

from tui.core.frozen import frozen
from tui.token.host.attributes import is_empty, values
from tui.token.host.capture import key_type, private_parts, public_parts
from tui.token.host.contents import PublicParts
from tui.token.host.public_keys import CURVES, PublicKey, public_key

_OBJECT_IDENTIFIER = 0x06
_VALUE = {PyKCS11.CKK_RSA: PyKCS11.CKA_MODULUS, PyKCS11.CKK_EC: PyKCS11.CKA_EC_POINT}


@frozen
class PublicKeyObject:
    """A CKO_PUBLIC_KEY."""

    handle: Any
    key_id: bytes
    """CKA_ID, which need be neither unique nor there."""
    label: bytes
    key: PublicKey | None
    """None for other algorithms."""
    blank: bool = False
    """It is said to be of an algorithm that we know, and has neither key nor name: a pull in the middle left it."""


@frozen
class PrivateKeyObject:
    """A CKO_PRIVATE_KEY; most are invisible before login."""

    handle: Any
    key_id: bytes
    """CKA_ID, which need be neither unique nor there."""
    label: bytes
    kind: int | None
    """CKK_, None where the driver does not tell."""
    signs: bool
    """CKA_SIGN is not false."""
    modulus: int
    """0 for other keys than RSA."""
    curve: bytes
    """CKA_EC_PARAMS."""
    public_key: PublicKey | None
    """As far as the object itself tells it; SoftHSM2's EC keys tell nothing."""

    def is_of(self, key: PublicKey) -> bool | None:
        """Whether this is the private half of a public key, by what the object itself says; None where it is silent."""
        kind = PyKCS11.CKK_RSA if isinstance(key, rsa.RSAPublicKey) else PyKCS11.CKK_EC
        if self.kind not in (None, kind):
            return False
        if isinstance(key, rsa.RSAPublicKey):
            if self.modulus:
                return self.modulus == key.public_numbers().n
        elif self.curve[:1] == bytes([_OBJECT_IDENTIFIER]) and getattr(CURVES.get(self.curve), "name", "") != (
            key.curve.name
        ):
            return False
        return None if self.public_key is None else self.public_key == key


def public_keys(session: Any) -> list[PublicKeyObject]:
    """Every public key object."""
    found = []
    for handle in session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY)]):
        key_id, label, told = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL, PyKCS11.CKA_KEY_TYPE)
        kind = key_type(told)
        parts = public_parts(session, handle, kind)
        bare = parts == PublicParts() and not key_id and not label
        blank = bare and kind in _VALUE and is_empty(session, handle, _VALUE[kind])
        found.append(PublicKeyObject(handle, key_id, label, public_key(parts), blank))
    return found


def private_keys(session: Any) -> list[PrivateKeyObject]:
    """Every private key object that is visible."""
    handles = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])
    return [_private_key(session, handle) for handle in handles]


def _private_key(session: Any, handle: Any) -> PrivateKeyObject:
    general = PyKCS11.CKA_ID, PyKCS11.CKA_LABEL, PyKCS11.CKA_KEY_TYPE, PyKCS11.CKA_SIGN
    key_id, label, kind, signs = values(session, handle, *general)
    parts = private_parts(session, handle, key_type(kind))
    signing = not signs or any(signs)
    modulus = int.from_bytes(parts.modulus)
    return PrivateKeyObject(handle, key_id, label, key_type(kind), signing, modulus, parts.curve, public_key(parts))
