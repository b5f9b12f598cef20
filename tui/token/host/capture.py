"""Take down what lies on a token, in its own bytes: what they mean takes more to read."""

import sys
from typing import Any

import PyKCS11

from tui.token.host.attributes import each, told, values
from tui.token.host.contents import CertificateBytes, Contents, KeyBytes, PublicParts

_OF_RSA = PyKCS11.CKA_MODULUS, PyKCS11.CKA_PUBLIC_EXPONENT
_OF_EC = PyKCS11.CKA_EC_PARAMS, PyKCS11.CKA_EC_POINT


def contents(session: Any) -> Contents:
    """What the token shows in this session."""
    return Contents(
        private=tuple(_private_key(session, handle) for handle in _handles(session, PyKCS11.CKO_PRIVATE_KEY)),
        public=tuple(_public_key(session, handle) for handle in _handles(session, PyKCS11.CKO_PUBLIC_KEY)),
        certificates=tuple(
            CertificateBytes(*found)
            for found in each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL)
        ),
    )


def _handles(session: Any, kind: int) -> list[Any]:
    return list(session.findObjects([(PyKCS11.CKA_CLASS, kind)]))


def _private_key(session: Any, handle: Any) -> KeyBytes:
    key_id, kind = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_KEY_TYPE)
    return KeyBytes(key_id, private_parts(session, handle, key_type(kind)))


def _public_key(session: Any, handle: Any) -> KeyBytes:
    key_id, kind = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_KEY_TYPE)
    return KeyBytes(key_id, public_parts(session, handle, key_type(kind)))


def public_parts(session: Any, handle: Any, kind: int | None) -> PublicParts:
    """Of a CKO_PUBLIC_KEY of this CKK_ type: an attribute that it lacks would have each asked for by itself."""
    match kind:
        case PyKCS11.CKK_RSA:
            return PublicParts(*values(session, handle, *_OF_RSA))
        case PyKCS11.CKK_EC:
            return PublicParts(b"", b"", *values(session, handle, *_OF_EC))
        case _:
            return PublicParts(*values(session, handle, *_OF_RSA, *_OF_EC))


def private_parts(session: Any, handle: Any, kind: int | None) -> PublicParts:
    """Of a CKO_PRIVATE_KEY of this CKK_ type, as far as it tells its other half."""
    modulus, exponent, curve, point = b"", b"", b"", b""
    if kind != PyKCS11.CKK_EC:
        modulus, exponent = (told(session, handle, a) for a in _OF_RSA)
    if kind != PyKCS11.CKK_RSA:
        curve, point = (told(session, handle, a) for a in _OF_EC)
    info = b"" if modulus else told(session, handle, PyKCS11.CKA_PUBLIC_KEY_INFO)
    return PublicParts(modulus, exponent, curve, point, info)


def key_type(value: bytes) -> int | None:
    """CKA_KEY_TYPE decoded; None where the driver does not tell."""
    return int.from_bytes(value, sys.byteorder) if value else None
