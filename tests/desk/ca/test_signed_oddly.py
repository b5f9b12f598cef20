"""Certificates of an RSA authority whose signature algorithm is written in every way that OpenSSL verifies."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.harness.desk.rules import key_of
from tests.harness.desk.signing import pem, sign_request
from tests.harness.odd_certificates import NAME, NOW, der, key_usage, odd, oid
from tui.core.x509.der import element
from tui.desk.ca.local.authority import LocalCa
from tui.token.x509 import certificates

NULL, SHA_256 = b"\5\0", "2.16.840.1.101.3.4.2.1"
RSA_SHA256, RSA_SHA512, RSA_PSS, MGF = (f"1.2.840.113549.1.1.{arc}" for arc in (11, 13, 10, 8))


def algorithm(kind: str, *parameters: bytes) -> bytes:
    return der(0x30, oid(kind), *parameters)


def pss(salt: int, *more: bytes) -> bytes:
    digest = algorithm(SHA_256, NULL)
    fields = der(0xA0, digest), der(0xA1, algorithm(MGF, digest)), der(0xA2, der(0x02, bytes((salt,))))
    return algorithm(RSA_PSS, der(0x30, *fields, *more))


Signed = tuple[bytes, PKCS1v15 | PSS, HashAlgorithm]
SIGNED: dict[str, Signed] = {
    "NULL": (algorithm(RSA_SHA256, NULL), PKCS1v15(), SHA256()),
    "no parameters": (algorithm(RSA_SHA256), PKCS1v15(), SHA256()),
    "other parameters": (algorithm(RSA_SHA256, der(0x30)), PKCS1v15(), SHA256()),
    "NULL in two octets of length": (algorithm(RSA_SHA256, b"\5\x81\0"), PKCS1v15(), SHA256()),
    "SHA-512": (algorithm(RSA_SHA512, NULL), PKCS1v15(), SHA512()),
    "PSS": (pss(32), PSS(MGF1(SHA256()), 32), SHA256()),
    "PSS with the default salt told": (pss(20), PSS(MGF1(SHA256()), 20), SHA256()),
    "PSS with the trailer told": (pss(32, der(0xA3, der(0x02, b"\1"))), PSS(MGF1(SHA256()), 32), SHA256()),
    "PSS of defaults": (algorithm(RSA_PSS, der(0x30)), PSS(MGF1(SHA1()), 20), SHA1()),  # noqa: S303 - as the standard has it
}


def authority(folder: Path, key: rsa.RSAPrivateKey) -> LocalCa:
    holder = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "国密 CA")])
    builder = x509.CertificateBuilder(
        holder, holder, key.public_key(), 1, NOW - timedelta(9), NOW + timedelta(999)
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (folder / "ca.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (folder / "ca.key").write_bytes(pem(key))
    return LocalCa(folder / "ca.pem", folder / "ca.key", folder / "issued", lambda: NOW)


@pytest.mark.parametrize("how", SIGNED)
def test_what_openssl_verifies_is_recognised_and_renewed(tmp_path: Path, how: str) -> None:
    identifier, padding, digest = SIGNED[how]
    ca_key, key = key_of("RSA-2048"), ec.generate_private_key(ec.SECP256R1())
    assert isinstance(ca_key, rsa.RSAPrivateKey)
    ca = authority(tmp_path, ca_key)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fields = [field.whole for field in element(odd(spki=spki, extensions=key_usage(b"\xc0")), 0x30).row[0].row]
    fields[2] = identifier
    tbs = der(0x30, *fields)
    old = der(0x30, tbs, identifier, der(0x03, b"\0" + ca_key.sign(tbs, padding, digest)))
    verify(tmp_path, old)
    assert certificates.read(old, b"", "", has_private_key=True).well_formed
    assert (ca.recognises(old), ca.flaw(old)) == (True, "")
    verify(tmp_path, ca.issue("1", sign_request(key, NAME, PKCS1v15()), old, NOW + timedelta(300)))


def verify(folder: Path, certificate: bytes) -> None:
    (folder / "one.der").write_bytes(certificate)
    at = str(int(NOW.timestamp()))
    command = ["openssl", "verify", "-attime", at, "-CAfile", "ca.pem", "one.der"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
