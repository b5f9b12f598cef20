"""Attribute templates (PKCS#11 v2.40 4), and the order in which they are tried where a token refuses one.

A token that refuses a template says so with one of `REFUSALS` before anything is made. It is then asked again without
what tokens are known to set by themselves, in the order of `KEY_LEFT_OUT` and `CERTIFICATE_LEFT_OUT`.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import PyKCS11
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason
from tui.token.host import faults
from tui.token.host.public_keys import CURVES
from tui.token.x509 import certificates

T = TypeVar("T")
Template = list[tuple[int, Any]]
_EXPONENT: Final = (65537).to_bytes(3)

REFUSALS: Final = frozenset(
    {
        PyKCS11.CKR_ATTRIBUTE_READ_ONLY,
        PyKCS11.CKR_ATTRIBUTE_TYPE_INVALID,
        PyKCS11.CKR_ATTRIBUTE_VALUE_INVALID,
        PyKCS11.CKR_TEMPLATE_INCOMPLETE,
        PyKCS11.CKR_TEMPLATE_INCONSISTENT,
        PyKCS11.CKR_ARGUMENTS_BAD,
    }
)
"""A template is not to this token's liking; anything else is a failure of its own and is not tried again."""

_PROTECTION = {PyKCS11.CKA_SENSITIVE, PyKCS11.CKA_EXTRACTABLE}
_PURPOSE = {PyKCS11.CKA_SIGN, PyKCS11.CKA_VERIFY}
_PLACE = {PyKCS11.CKA_PRIVATE}
KEY_LEFT_OUT: Final = (
    frozenset[int](),
    frozenset(_PROTECTION),
    frozenset(_PROTECTION | _PURPOSE),
    frozenset(_PROTECTION | _PURPOSE | _PLACE),
    frozenset(_PROTECTION | _PURPOSE | _PLACE | {PyKCS11.CKA_LABEL}),
    frozenset(_PROTECTION | _PURPOSE | _PLACE | {PyKCS11.CKA_LABEL, PyKCS11.CKA_ID}),
)
"""What a key pair's templates leave out, try by try. A hardware token keeps its keys in whatever the template says; a
pair that is made without a name gets it right after."""
_NAMES = {PyKCS11.CKA_ISSUER, PyKCS11.CKA_SERIAL_NUMBER}
CERTIFICATE_LEFT_OUT: Final = (
    frozenset[int](),
    frozenset(_PLACE),
    frozenset(_PLACE | _NAMES),
    frozenset(_PLACE | _NAMES | {PyKCS11.CKA_LABEL}),
    frozenset(_PLACE | _NAMES | {PyKCS11.CKA_LABEL, PyKCS11.CKA_SUBJECT}),
)
"""What a certificate's template leaves out, try by try: tokens may take its names from CKA_VALUE alone."""


def attempted(attempts: Iterable[frozenset[int]], make: Callable[[frozenset[int]], T]) -> T:
    """What the first template that the token accepts makes; raise the first refusal when it accepts none."""
    refused: PyKCS11Error | None = None
    for left_out in attempts:
        try:
            return make(left_out)
        except PyKCS11Error as error:
            if error.value not in REFUSALS:
                raise
            refused = refused or error
    assert refused is not None  # noqa: S101 - there is at least one attempt
    raise refused


def without(template: Template, left_out: frozenset[int]) -> Template:
    """The template without some attributes."""
    return [(kind, value) for kind, value in template if kind not in left_out]


def key_pair(label: str, like: object) -> tuple[Template, Template, int]:
    """Public and private template for a pair of the same kind as a public key, and the CKM_ that makes it.

    Both halves get one fresh CKA_ID.

    :raises TokenError: KEY_UNSUPPORTED.
    """
    match like:
        case rsa.RSAPublicKey():
            kind, mechanism = PyKCS11.CKK_RSA, PyKCS11.CKM_RSA_PKCS_KEY_PAIR_GEN
            size = [(PyKCS11.CKA_MODULUS_BITS, like.key_size), (PyKCS11.CKA_PUBLIC_EXPONENT, _EXPONENT)]
        case ec.EllipticCurvePublicKey():
            kind, mechanism = PyKCS11.CKK_EC, PyKCS11.CKM_EC_KEY_PAIR_GEN
            curve = next(oid for oid, known in CURVES.items() if known.name == like.curve.name)
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
    return public, private, mechanism


def certificate(der: bytes, key_id: bytes, label: str | bytes) -> Template:
    """CKO_CERTIFICATE with its key's CKA_ID and label (a driver renames the private key to the certificate's).

    A key without CKA_ID leaves the certificate's to the token. A label in bytes is one that came from the token.
    """
    parts = certificates.parts(der)
    return [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
        (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
        (PyKCS11.CKA_TOKEN, True),
        (PyKCS11.CKA_PRIVATE, False),
        *([(PyKCS11.CKA_ID, key_id)] if key_id else []),
        (PyKCS11.CKA_LABEL, label),
        (PyKCS11.CKA_SUBJECT, parts.subject),
        (PyKCS11.CKA_ISSUER, parts.issuer),
        (PyKCS11.CKA_SERIAL_NUMBER, parts.serial),
        (PyKCS11.CKA_VALUE, der),
    ]


def data(value: bytes, label: str) -> Template:
    """CKO_DATA, readable without a PIN."""
    return [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_DATA),
        (PyKCS11.CKA_TOKEN, True),
        (PyKCS11.CKA_PRIVATE, False),
        (PyKCS11.CKA_APPLICATION, label),
        (PyKCS11.CKA_LABEL, label),
        (PyKCS11.CKA_VALUE, value),
    ]
