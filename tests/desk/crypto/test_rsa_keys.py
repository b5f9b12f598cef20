"""Keys of the payment platforms as merchants keep them: what is no use is refused by what it is instead."""

import base64
import re
from codecs import BOM_UTF8
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509 import load_der_x509_certificate

from tests.harness.desk.signing import Key
from tui.desk.crypto.rsa_keys import key_of, load_private, load_public
from tui.sandbox.gateways.common.keys import issue

RSA, SHORT = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024)  # noqa: S505
EC = ec.generate_private_key(ec.SECP256R1())
PKCS8, PKCS1 = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
P256, SM2 = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a811ccf5501822d")
"""Names of two curves, of one length: what is made of a key that the library does not know."""


def private(
    key: Key = RSA, form: PrivateFormat = PKCS8, lock: KeySerializationEncryption | None = None
) -> tuple[bytes, bytes]:
    """In PEM and in bare base64."""
    pem, der = (key.private_bytes(one, form, lock or NoEncryption()) for one in (Encoding.PEM, Encoding.DER))
    return pem, base64.b64encode(der)


def public(key: Key = RSA, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> tuple[bytes, bytes]:
    """In PEM and in bare base64."""
    pem, der = (key.public_key().public_bytes(one, form) for one in (Encoding.PEM, Encoding.DER))
    return pem, base64.b64encode(der)


def certificate() -> tuple[bytes, bytes]:
    """In PEM and in bare base64."""
    made = issue("Shop", RSA, "Shop", RSA)
    return made.public_bytes(Encoding.PEM), base64.b64encode(made.public_bytes(Encoding.DER))


def of_sm2(bare: bytes) -> bytes:
    return base64.b64encode(base64.b64decode(bare).replace(P256, SM2))


def as_windows_saves(text: bytes) -> bytes:
    return BOM_UTF8 + text.replace(b"\n", b"\r\n") + b"\r\n"


@pytest.mark.parametrize("saved", [bytes, as_windows_saves])
def test_every_form_of_a_key_is_read_as_any_editor_saves_it(saved: Callable[[bytes], bytes]) -> None:
    for text in (*private(), *private(form=PKCS1)):
        assert load_private(saved(text)).private_numbers() == RSA.private_numbers()
    for text in (*public(), *public(form=PublicFormat.PKCS1)):
        assert load_public(saved(text)).public_numbers() == RSA.public_key().public_numbers()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        *((text, "设有口令") for text in private(lock=BestAvailableEncryption(b"x"))),
        (RSA.private_bytes(Encoding.PEM, PKCS1, BestAvailableEncryption(b"x")), "设有口令"),
        *((text, "是公钥") for text in (*public(), public(form=PublicFormat.PKCS1)[0], public(EC)[0])),
        *((text, "是证书") for text in certificate()),
        *((text, "不是 RSA") for text in (*private(EC), of_sm2(private(EC)[1]), of_sm2(public(EC)[1]))),
        (private(SHORT)[0], "只有 1024 位"),
        *((text, "读不出密钥") for text in (b"", b"key", private()[0][:300], private()[0].decode().encode("utf-16"))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_private_key_is_told_by_what_it_is(text: bytes, what: str) -> None:
    english = r"must be an RSA private key of 2048 bits or more without a passphrase, in PEM or base64"
    with pytest.raises(ValueError, match=rf"\A{what}.*，应为 2048 位以上、没有口令的 RSA 私钥.* / .*: {english}\Z"):
        load_private(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        *((text, "是私钥") for text in (*private(), *private(lock=BestAvailableEncryption(b"x")), private(EC)[0])),
        *((text, "是证书") for text in certificate()),
        *((text, "不是 RSA") for text in (*public(EC), of_sm2(public(EC)[1]))),
        (public(SHORT)[1], "只有 1024 位"),
        (b"", "读不出密钥"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_public_key_is_told_by_what_it_is(text: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=rf"\A{what}.*，应为 2048 位以上的 RSA 公钥") as refused:
        load_public(text)
    assert not re.search(r"[A-Za-z0-9+/]{20}", str(refused.value))


def test_a_certificate_of_another_algorithm_has_no_rsa_key() -> None:
    der = issue("Shop", RSA, "Shop", RSA).public_bytes(Encoding.DER)
    assert key_of(load_der_x509_certificate(der)).public_numbers() == RSA.public_key().public_numbers()
    made = issue("Shop", EC, "Root", RSA).public_bytes(Encoding.DER)  # type: ignore[arg-type]
    for other in (made, made.replace(P256, SM2)):
        with pytest.raises(ValueError, match="no RSA key"):
            key_of(load_der_x509_certificate(other))
