"""Keys and certificates of the two payment stand-ins, in the very forms the real platforms hand out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from tui.desk.platforms.alipay.settings import AlipaySettings
from tui.desk.platforms.unionpay.settings import UnionPaySettings
from tui.desk.platforms.unionpay.trust import SIGNER
from tui.desk.settings_reader import FileBytes, Password, SecretBytes
from tui.sandbox.gateways.alipay.certificates import (
    ALIPAY_CERTIFICATE,
    APP_CERTIFICATE,
    ROOT_CERTIFICATES,
    make_alipay_certificates,
)

PFX_PASSWORD = b"000000"
"""The password of every .pfx UnionPay hands out for its test environment."""
PFX_ROUNDS = 2048
"""Of key derivation, as OpenSSL writes them: the password is known to all, and every start opens the file."""
PAYEE = "数字证书服务中心（演示）"
PLATFORM_NAME = f"041@8310000000083040@{SIGNER}@00016495"
"""The common name of the certificate that UnionPay signs with."""


class AlipayMerchant(msgspec.Struct, frozen=True):
    """Who the merchant is at Alipay; ``merchant.json``."""

    app_id: str
    seller_id: str
    payee: str


class UnionPayMerchant(msgspec.Struct, frozen=True):
    """Who the merchant is at UnionPay; ``merchant.json``."""

    mer_id: str
    payee: str


def make_alipay_keys(directory: Path, *, payee: str = PAYEE) -> None:
    """Write an application, as far as it is not there yet, for both modes.

    Public-key mode: ``app_private.pem``/``app_public.pem``, ``alipay_*.pem`` and ``merchant.json``; certificate mode:
    the files of ``alipay_certificates`` besides.
    """
    directory.mkdir(parents=True, exist_ok=True)
    merchant = AlipayMerchant("9021000100000001", "2088000100000001", payee)
    if not (directory / "merchant.json").exists():
        for owner in ("app", "alipay"):
            key = rsa.generate_private_key(65537, 2048)
            _write(directory / f"{owner}_private.pem", _private_pem(key))
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (directory / f"{owner}_public.pem").write_bytes(public)
        (directory / "merchant.json").write_bytes(msgspec.json.encode(merchant))
    if not (directory / ROOT_CERTIFICATES).exists():
        make_alipay_certificates(directory, merchant.app_id)


def make_unionpay_keys(directory: Path, *, payee: str = PAYEE) -> None:
    """Write a new merchant: ``merchant.pfx``/``.pem``, ``platform.pem``/``.key``, ``bundle.pem``, ``merchant.json``."""
    directory.mkdir(parents=True, exist_ok=True)
    mer_id = "777290058110048"
    keys = {name: rsa.generate_private_key(65537, 2048) for name in ("root", "middle", "platform", "merchant")}
    root = issue("Kiosk Sandbox Root CA", keys["root"], "Kiosk Sandbox Root CA", keys["root"])
    middle = issue("Kiosk Sandbox OCA1", keys["middle"], "Kiosk Sandbox Root CA", keys["root"])
    platform = issue(PLATFORM_NAME, keys["platform"], "Kiosk Sandbox OCA1", keys["middle"])
    merchant_name = f"041@Z2026-11@{mer_id}:SIGN@00000001"
    merchant = issue(merchant_name, keys["merchant"], "Kiosk Sandbox OCA1", keys["middle"])

    _write(directory / "middle.key", _private_pem(keys["middle"]))
    _write(directory / "platform.key", _private_pem(keys["platform"]))
    pfx = serialize_key_and_certificates(b"merchant", keys["merchant"], merchant, None, _pfx_encryption())
    _write(directory / "merchant.pfx", pfx)
    (directory / "merchant.pem").write_bytes(merchant.public_bytes(Encoding.PEM))
    (directory / "platform.pem").write_bytes(platform.public_bytes(Encoding.PEM))
    (directory / "bundle.pem").write_bytes(middle.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
    (directory / "merchant.json").write_bytes(msgspec.json.encode(UnionPayMerchant(mer_id, payee)))


def alipay_settings(
    directory: Path, gateway_url: str, *, ca_file: Path | None = None, certificates: bool = False
) -> AlipaySettings:
    """What the desk needs to be this merchant at ``gateway_url`` (``…/gateway.do``), in either mode."""
    merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=AlipayMerchant)

    def read(name: str, wanted: bool = True) -> FileBytes:
        return FileBytes((directory / name).read_bytes() if wanted else b"")

    return AlipaySettings(
        gateway_url=gateway_url,
        app_id=merchant.app_id,
        app_private_key=SecretBytes(read("app_private.pem")),
        alipay_public_key=read("alipay_public.pem", not certificates),
        app_certificate=read(APP_CERTIFICATE, certificates),
        alipay_certificate=read(ALIPAY_CERTIFICATE, certificates),
        alipay_root_certificate=read(ROOT_CERTIFICATES, certificates),
        seller_id=merchant.seller_id,
        payee=merchant.payee,
        ca_file=ca_file,
    )


def unionpay_settings(directory: Path, gateway_url: str, *, ca_file: Path | None = None) -> UnionPaySettings:
    """What the desk needs to be this merchant at ``gateway_url`` (``…/gateway/api``)."""
    merchant = msgspec.json.decode((directory / "merchant.json").read_bytes(), type=UnionPayMerchant)
    return UnionPaySettings(
        gateway_url=gateway_url,
        file_url=gateway_url.removesuffix("gateway/api"),
        mer_id=merchant.mer_id,
        pfx=SecretBytes((directory / "merchant.pfx").read_bytes()),
        pfx_password=Password(PFX_PASSWORD),
        trust_bundle=FileBytes((directory / "bundle.pem").read_bytes()),
        payee=merchant.payee,
        ca_file=ca_file,
    )


def issue(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    *,
    not_before: datetime | None = None,
    days: int = 3650,
) -> x509.Certificate:
    """A certificate as CFCA writes them for UnionPay; the common name says everything."""
    begin = not_before or datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(issuer_key, SHA256())
    )


def _name(common_name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kiosk Sandbox")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pfx_encryption() -> KeySerializationEncryption:
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(PFX_ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(PFX_PASSWORD)
    )


def _private_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, secret: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(secret)
