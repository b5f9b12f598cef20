"""Make the sandbox's two CAs: one for TLS on loopback, one that issues people's certificates."""

import ipaddress
import os
import tempfile
import warnings
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificateIssuerPublicKeyTypes,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_NAME = "NETCA 演示 CA"
_CA_YEARS = timedelta(days=20 * 365)


def make_tls(directory: Path) -> None:
    """Fill `directory` with `ca.pem`, `ca.key` and `server.pem`, `server.key` (chain included); what exists is kept."""
    if (directory / "server.pem").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = name(common_name="Kiosk Sandbox TLS CA")
    ca = authority(ca_name, ca_key)
    server = (
        _builder(name(common_name="localhost"), ca_name, key.public_key(), timedelta(days=825))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, SHA256())
    )
    write(directory / "ca.key", private_pem(ca_key))
    write(directory / "ca.pem", ca.public_bytes(Encoding.PEM))
    write(directory / "server.key", private_pem(key))
    write(directory / "server.pem", server.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM))


def make_ca(directory: Path) -> None:
    """Fill `directory` with the issuing CA: `ca.pem` and `ca.key` (RSA-2048); what exists is kept."""
    if (directory / "ca.pem").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    subject = name(
        country="CN", organisation="NETCA Certificate Authority", unit="演示环境，无法律效力", common_name=CA_NAME
    )
    write(directory / "ca.key", private_pem(key))
    write(directory / "ca.pem", authority(subject, key).public_bytes(Encoding.PEM))


def authority(subject: x509.Name, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A self-signed CA certificate (RFC 5280, 4.2.1.9)."""
    return (
        _builder(subject, subject, key.public_key(), _CA_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(certificate_signing=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def lengths_in_characters() -> AbstractContextManager[object]:
    """`cryptography` warns of long names by UTF-8's octets; RFC 5280's bounds (appendix A.1) are in characters."""
    return warnings.catch_warnings(action="ignore", category=UserWarning)


def name(
    *,
    common_name: str,
    country: str = "",
    province: str = "",
    locality: str = "",
    organisation: str = "",
    unit: str = "",
) -> x509.Name:
    """A distinguished name in the order C, ST, L, O, OU, CN; empty parts are left out."""
    parts = (
        (NameOID.COUNTRY_NAME, country),
        (NameOID.STATE_OR_PROVINCE_NAME, province),
        (NameOID.LOCALITY_NAME, locality),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, common_name),
    )
    with lengths_in_characters():
        return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in parts if value])


def key_usage(
    *, digital_signature: bool = False, non_repudiation: bool = False, certificate_signing: bool = False
) -> x509.KeyUsage:
    """RFC 5280, 4.2.1.3."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=non_repudiation,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificate_signing,
        crl_sign=certificate_signing,
        encipher_only=False,
        decipher_only=False,
    )


def private_pem(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """PKCS#8 without password: the sandbox's secrets protect nothing real."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write(path: Path, content: bytes) -> None:
    """Write in one act, readable by this user alone."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(draft, path)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificateIssuerPublicKeyTypes, life: timedelta
) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + life)
    )
