"""What the payment stand-ins' keys have in common."""

import functools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PAYEE = "数字证书服务中心（演示）"


def issue(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    *,
    not_before: datetime | None = None,
    days: int = 3650,
) -> x509.Certificate:
    """A certificate as CFCA writes them; the common name says everything."""
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


@functools.cache
def stranger() -> rsa.RSAPrivateKey:
    """A key that nobody trusts."""
    return rsa.generate_private_key(65537, 2048)


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """PKCS#8 without a password."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write(path: Path, secret: bytes) -> None:
    """A file for its owner alone."""
    path.touch(mode=0o600)
    path.write_bytes(secret)


def toml_text(value: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _name(common_name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kiosk Sandbox")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
