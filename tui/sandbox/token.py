"""Make keys and certificates in a PKCS#11 token, in this process: never in one that draws a screen."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import PyKCS11
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PyKCS11 import PyKCS11Error, PyKCS11Lib, Session

KeyKind = Literal["rsa2048", "ec256"]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
_P256 = bytes.fromhex("06082a8648ce3d030107")
"""DER of the OID prime256v1 (SEC 2, 2.4.2)."""


class TokenRefused(Exception):  # noqa: N818 — what happened
    """The token cannot be used; the text names the CKR_ code or what was not found."""


@contextmanager
def opened(module: Path, pin: str | None, *, label: str | None = None, slot: int | None = None) -> Iterator[Session]:
    """A session with the token of this label or slot (with neither: the only one), logged in when a PIN is given.

    :raises TokenRefused: module, token or PIN do not serve, or a later call in the block failed.
    """
    try:
        library = load(module)
        session = library.openSession(_slot(library, label, slot), PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)
        try:
            if pin is not None:
                session.login(pin)
            yield session
        finally:
            session.closeSession()
    except PyKCS11Error as error:
        raise TokenRefused(str(error)) from error


def load(module: Path) -> PyKCS11Lib:
    """The module, initialised.

    :raises PyKCS11Error: it cannot be loaded.
    """
    library = PyKCS11Lib()
    library.load(str(module))
    return library


def generate(session: Session, kind: KeyKind, label: str) -> tuple[bytes, PublicKey]:
    """A key pair made in the token, never to leave it; gives its CKA_ID and the public key.

    :raises PyKCS11Error: the token refused.
    """
    key_id = secrets.token_bytes(8)
    common = [
        (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_RSA if kind == "rsa2048" else PyKCS11.CKK_EC),
        (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
        (PyKCS11.CKA_ID, key_id),
        (PyKCS11.CKA_LABEL, label),
    ]
    public: list[tuple[int, Any]] = [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PUBLIC_KEY),
        *common,
        (PyKCS11.CKA_PRIVATE, PyKCS11.CK_FALSE),
        (PyKCS11.CKA_VERIFY, PyKCS11.CK_TRUE),
    ]
    private: list[tuple[int, Any]] = [
        (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
        *common,
        (PyKCS11.CKA_PRIVATE, PyKCS11.CK_TRUE),
        (PyKCS11.CKA_SENSITIVE, PyKCS11.CK_TRUE),
        (PyKCS11.CKA_EXTRACTABLE, PyKCS11.CK_FALSE),
        (PyKCS11.CKA_SIGN, PyKCS11.CK_TRUE),
    ]
    if kind == "rsa2048":
        public += [(PyKCS11.CKA_MODULUS_BITS, 2048), (PyKCS11.CKA_PUBLIC_EXPONENT, (1, 0, 1))]
        mechanism = PyKCS11.MechanismRSAGENERATEKEYPAIR
    else:
        public.append((PyKCS11.CKA_EC_PARAMS, _P256))
        mechanism = PyKCS11.MechanismECGENERATEKEYPAIR
    handle, _ = session.generateKeyPair(public, private, mechanism)
    return key_id, _read_public(session, handle, kind)


def write_certificate(session: Session, certificate: bytes, subject: bytes, key_id: bytes, label: str) -> None:
    """Put a certificate (DER) beside its key pair.

    :raises PyKCS11Error: the token refused.
    """
    session.createObject(
        [
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
            (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
            (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
            (PyKCS11.CKA_PRIVATE, PyKCS11.CK_FALSE),
            (PyKCS11.CKA_ID, key_id),
            (PyKCS11.CKA_LABEL, label),
            (PyKCS11.CKA_SUBJECT, subject),
            (PyKCS11.CKA_VALUE, certificate),
        ]
    )


def certificates(session: Session) -> list[bytes]:
    """DER of every certificate on the token."""
    handles = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)])
    return [_attribute(session, handle, PyKCS11.CKA_VALUE) for handle in handles]


def init_softhsm(directory: Path, label: str, pin: str) -> Path:
    """An initialised SoftHSM2 token below `directory` (what exists is kept), and the module that serves it.

    Sets SOFTHSM2_CONF of this process to `directory`/softhsm2.conf; nothing else may have loaded SoftHSM2 before.

    :raises TokenRefused: SoftHSM2 is not installed or refused.
    """
    tokens, settings = directory / "softhsm", directory / "softhsm2.conf"
    tokens.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"directories.tokendir = {tokens.absolute()}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    module = next((path for path in SOFTHSM_MODULES if path.exists()), None)
    if module is None:
        raise TokenRefused("SoftHSM2 is not installed (Debian: apt-get install softhsm2)")
    try:
        library = load(module)
        if all(_label(library, slot) != label for slot in library.getSlotList(tokenPresent=True)):
            free = library.getSlotList(tokenPresent=True)[-1]
            library.initToken(free, pin, label)
            slot = next(slot for slot in library.getSlotList(tokenPresent=True) if _label(library, slot) == label)
            session = library.openSession(slot, PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)
            session.login(pin, PyKCS11.CKU_SO)
            session.initPin(pin)
            session.logout()
            session.closeSession()
    except PyKCS11Error as error:
        raise TokenRefused(str(error)) from error
    return module


SOFTHSM_MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
)


def _slot(library: PyKCS11Lib, label: str | None, slot: int | None) -> int:
    fitting = [
        number
        for number in library.getSlotList(tokenPresent=True)
        if library.getTokenInfo(number).flags & PyKCS11.CKF_TOKEN_INITIALIZED
        and (slot is None or number == slot)
        and (label is None or _label(library, number) == label)
    ]
    if len(fitting) != 1:
        wanted = f"slot {slot}" if slot is not None else f"label {label!r}" if label else "no label given"
        raise TokenRefused(f"{len(fitting)} tokens fit ({wanted})")
    return int(fitting[0])


def _label(library: PyKCS11Lib, slot: int) -> str:
    return str(library.getTokenInfo(slot).label).rstrip(" \0")


def _read_public(session: Session, handle: Any, kind: KeyKind) -> PublicKey:
    if kind == "rsa2048":
        modulus = int.from_bytes(_attribute(session, handle, PyKCS11.CKA_MODULUS), "big")
        exponent = int.from_bytes(_attribute(session, handle, PyKCS11.CKA_PUBLIC_EXPONENT), "big")
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    point = asn1.decode_der(bytes, _attribute(session, handle, PyKCS11.CKA_EC_POINT))
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _attribute(session: Session, handle: Any, attribute: int) -> bytes:
    return bytes(session.getAttributeValue(handle, [attribute])[0])
