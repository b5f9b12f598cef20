"""Objects on a SoftHSM2 token just as a test wants them, in a process of its own; and what is there, by public key."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import PyKCS11
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from tests.rig.child import Process, process
from tests.rig.softhsm import MODULE, SoftToken

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
_CURVE = bytes.fromhex("06082a8648ce3d030107")
_CLASSES = {
    "private": PyKCS11.CKO_PRIVATE_KEY,
    "public": PyKCS11.CKO_PUBLIC_KEY,
    "certificate": PyKCS11.CKO_CERTIFICATE,
}


@dataclass(frozen=True, slots=True)
class Object:
    """One object to be written."""

    kind: str
    """`private`, `public` or `certificate`."""
    value: bytes
    """DER: PKCS#8, or the certificate. A public key is written from its private one."""
    key_id: bytes
    """CKA_ID; an empty one is left out."""
    asks: bool = False
    """CKA_ALWAYS_AUTHENTICATE, which SoftHSM2 keeps to."""


@dataclass(frozen=True, slots=True)
class Layouts:
    """A process that lays objects out on one token after the other."""

    _process: Process

    def put(self, token: SoftToken, *objects: Object) -> None:
        """Write these objects in this order."""
        self._process.call(_put, token.environment, token.pin, objects)

    def held(self, token: SoftToken, *keys: bytes) -> Counter[tuple[str, int]]:
        """How many objects of each class belong to which of these keys (DER SubjectPublicKeyInfo; -1: to none)."""
        return self._process.call(_held, token.environment, token.pin, keys)


@contextmanager
def layouts() -> Iterator[Layouts]:
    """The process, to be used for any number of tokens."""
    with process(()) as started:
        yield Layouts(started)


@contextmanager
def _session(environment: tuple[tuple[str, str], ...], pin: str) -> Iterator[Any]:
    os.environ.update(environment)
    library = PyKCS11.PyKCS11Lib()
    library.load(str(MODULE))
    try:
        session = library.openSession(library.getSlotList(tokenPresent=True)[0], PyKCS11.CKF_RW_SESSION)
        session.login(pin)
        yield session
    finally:
        library.unload()


def _put(environment: tuple[tuple[str, str], ...], pin: str, objects: tuple[Object, ...]) -> None:
    with _session(environment, pin) as session:
        for each in objects:
            session.createObject(_template(each))


def _template(wanted: Object) -> list[tuple[int, Any]]:
    common = [(PyKCS11.CKA_CLASS, _CLASSES[wanted.kind]), (PyKCS11.CKA_TOKEN, True), (PyKCS11.CKA_LABEL, "as imported")]
    common += [(PyKCS11.CKA_ID, wanted.key_id)] if wanted.key_id else []
    if wanted.kind == "certificate":
        subject = x509.load_der_x509_certificate(wanted.value).subject.public_bytes()
        kind = (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509)
        return [*common, kind, (PyKCS11.CKA_SUBJECT, subject), (PyKCS11.CKA_VALUE, wanted.value)]
    key = serialization.load_der_private_key(wanted.value, None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return [*common, *(_public(key.public_key()) if wanted.kind == "public" else _private(key, asks=wanted.asks))]


def _public(key: PublicKey) -> list[tuple[int, Any]]:
    common = [(PyKCS11.CKA_PRIVATE, False), (PyKCS11.CKA_VERIFY, True)]
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        modulus, exponent = _bytes(numbers.n), _bytes(numbers.e)
        kind = (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_RSA)
        return [*common, kind, (PyKCS11.CKA_MODULUS, modulus), (PyKCS11.CKA_PUBLIC_EXPONENT, exponent)]
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    kind = (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC)
    return [*common, kind, (PyKCS11.CKA_EC_PARAMS, _CURVE), (PyKCS11.CKA_EC_POINT, bytes((4, len(point))) + point)]


def _private(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, asks: bool) -> list[tuple[int, Any]]:
    common = [
        *((kind, True) for kind in (PyKCS11.CKA_PRIVATE, PyKCS11.CKA_SENSITIVE, PyKCS11.CKA_SIGN, PyKCS11.CKA_DECRYPT)),
        (PyKCS11.CKA_ALWAYS_AUTHENTICATE, asks),
    ]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        value = _bytes(key.private_numbers().private_value)
        kind = (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC)
        return [*common, kind, (PyKCS11.CKA_EC_PARAMS, _CURVE), (PyKCS11.CKA_VALUE, value)]
    numbers = key.private_numbers()
    parts = {
        PyKCS11.CKA_MODULUS: numbers.public_numbers.n,
        PyKCS11.CKA_PUBLIC_EXPONENT: numbers.public_numbers.e,
        PyKCS11.CKA_PRIVATE_EXPONENT: numbers.d,
        PyKCS11.CKA_PRIME_1: numbers.p,
        PyKCS11.CKA_PRIME_2: numbers.q,
        PyKCS11.CKA_EXPONENT_1: numbers.dmp1,
        PyKCS11.CKA_EXPONENT_2: numbers.dmq1,
        PyKCS11.CKA_COEFFICIENT: numbers.iqmp,
    }
    return [*common, (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_RSA), *((kind, _bytes(n)) for kind, n in parts.items())]


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)


def _held(environment: tuple[tuple[str, str], ...], pin: str, keys: tuple[bytes, ...]) -> Counter[tuple[str, int]]:
    known = [serialization.load_der_public_key(key) for key in keys]
    with _session(environment, pin) as session:
        return Counter(
            (kind, next((i for i, key in enumerate(known) if _is_of(session, handle, kind, key)), -1))
            for kind, number in _CLASSES.items()
            for handle in session.findObjects([(PyKCS11.CKA_CLASS, number)])
        )


def _is_of(session: Any, handle: Any, kind: str, key: Any) -> bool:
    """Whether an object belongs to a public key; a private one must sign."""
    value, modulus, point = (
        bytes(part or b"")
        for part in session.getAttributeValue(
            handle, (PyKCS11.CKA_VALUE, PyKCS11.CKA_MODULUS, PyKCS11.CKA_EC_POINT), allAsBinary=True
        )
    )
    if kind == "certificate":
        return bool(x509.load_der_x509_certificate(value).public_key() == key)
    if isinstance(key, rsa.RSAPublicKey):
        return bool(int.from_bytes(modulus) == key.public_numbers().n)
    if kind == "public":
        encoded = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return bool(point[-len(encoded) :] == encoded)
    return not modulus and _signs(session, handle, key)


def _signs(session: Any, handle: Any, key: ec.EllipticCurvePublicKey) -> bool:
    digest = bytes(range(32))
    raw = bytes(session.sign(handle, digest, PyKCS11.Mechanism(PyKCS11.CKM_ECDSA)))
    half = len(raw) // 2
    signature = utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
    with suppress(InvalidSignature):
        key.verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        return True
    return False
