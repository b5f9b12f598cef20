"""Certificate mode (公钥证书): the certificates that Alipay hands out for an application, and their serials."""

from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificatePublicKeyTypes,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tui.desk.crypto.rsa_keys import load_private, load_public

APP_CERTIFICATE = "appCertPublicKey.crt"
ALIPAY_CERTIFICATE = "alipayCertPublicKey_RSA2.crt"
ROOT_CERTIFICATES = "alipayRootCert.crt"
RSA_SIGNATURES = "1.2.840.113549.1.1"
"""Signature algorithms of PKCS#1; the root file's entries with another one do not count."""


def make_alipay_certificates(directory: Path, app_id: str) -> None:
    """Write the three files of certificate mode for the keys that ``make_alipay_keys`` made."""
    rsa_root, ecc_root, middle = (_key(), ec.generate_private_key(ec.SECP256R1()), _key())
    root_name, middle_name = _name("Sandbox Authority R1"), _name("Sandbox Authority Class 2 R1")
    ecc_name = _name("Sandbox Authority E1")
    roots = [
        _issue(root_name, rsa_root.public_key(), root_name, rsa_root),
        _issue(ecc_name, ecc_root.public_key(), ecc_name, ecc_root),
        _issue(middle_name, middle.public_key(), root_name, rsa_root),
    ]
    app = load_public((directory / "app_public.pem").read_bytes())
    alipay = load_private((directory / "alipay_private.pem").read_bytes()).public_key()
    files = {
        APP_CERTIFICATE: [_issue(_name(app_id), app, middle_name, middle)],
        ALIPAY_CERTIFICATE: [_issue(_name("Alipay Sandbox"), alipay, middle_name, middle), roots[2]],
        ROOT_CERTIFICATES: roots,
    }
    for name, chain in files.items():
        (directory / name).write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))


def serial(file: Path) -> str:
    """``app_cert_sn`` or ``alipay_cert_sn``: of the first certificate in the file."""
    return _serial(x509.load_pem_x509_certificates(file.read_bytes())[0])


def root_serials(file: Path) -> str:
    """``alipay_root_cert_sn``: of all certificates with an RSA signature, joined in the file's order."""
    known = x509.load_pem_x509_certificates(file.read_bytes())
    return "_".join(
        _serial(one) for one in known if one.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES)
    )


def _serial(certificate: x509.Certificate) -> str:
    text = f"{certificate.issuer.rfc4514_string()}{certificate.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _issue(
    subject: x509.Name,
    public: CertificatePublicKeyTypes,
    issuer: x509.Name,
    key: CertificateIssuerPrivateKeyTypes,
) -> x509.Certificate:
    begin = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
        .sign(key, SHA256())
    )


def _name(common_name: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, "Kiosk Sandbox"))
    unit = (NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority")
    return x509.Name(
        [x509.NameAttribute(oid, text) for oid, text in (*parts, unit, (NameOID.COMMON_NAME, common_name))]
    )


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
