"""The local CA: what it keeps, what it makes anew, and that one request has one certificate."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from tui.desk.ca.local.authority import LocalCa
from tui.desk.ca.port import CertificateAuthority, IssuingFailed
from tui.desk.crypto.tbs import TbsCertificate

NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)
OLD_END = datetime(2026, 12, 12, 15, 59, 59, tzinfo=UTC)
END = datetime(2027, 12, 12, 15, 59, 59, tzinfo=UTC)
USCC = x509.ObjectIdentifier("1.2.156.10260.4.1.4")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_RSA = rsa.generate_private_key(65537, 2048)
_EC = ec.generate_private_key(ec.SECP256R1())
_CA_USAGE = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
_OLD_KEY_PERIOD = x509.PrivateKeyUsagePeriod(NOW, None)
SUBJECT = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "广东省", _ASN1Type.BMPString),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Supplier <b>&</b> Co", _ASN1Type.T61String),
        x509.NameAttribute(NameOID.COMMON_NAME, "张三"),
    ]
)


def make_ca(directory: Path, key: Key = _EC, end: datetime = datetime(2046, 1, 1, tzinfo=UTC)) -> LocalCa:
    directory.mkdir(exist_ok=True)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA 演示")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_CA_USAGE, critical=True)
        .sign(key, SHA256())
    )
    (directory / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (directory / "ca.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return LocalCa(directory / "ca.pem", directory / "ca.key", directory / "issued", clock=lambda: NOW)


def old_certificate(key: Key = _EC, subject: x509.Name = SUBJECT) -> bytes:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA 演示")])
    return (
        x509.CertificateBuilder(issuer, subject, _RSA.public_key(), x509.random_serial_number(), NOW, OLD_END)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(_RSA.public_key()), critical=False)
        .add_extension(x509.UnrecognizedExtension(USCC, b"\x0c\x1291440300100012316L"), critical=False)
        .add_extension(
            _OLD_KEY_PERIOD,
            critical=False,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.DER)
    )


def csr(key: Key = _EC, name: str = "somebody else") -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return x509.CertificateSigningRequestBuilder(subject).sign(key, SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def ca(tmp_path: Path) -> LocalCa:
    return make_ca(tmp_path / "ca")


def test_keeps_subject_and_extensions_and_makes_the_rest_anew(ca: LocalCa) -> None:
    authority: CertificateAuthority = ca
    old = x509.load_der_x509_certificate(old_certificate())
    new = x509.load_der_x509_certificate(authority.issue("B1", csr(), old_certificate(), END))

    raw = [asn1.decode_der(TbsCertificate, c.tbs_certificate_bytes).subject.data for c in (old, new)]
    assert bytes(raw[0]) == bytes(raw[1])
    assert [e.oid for e in new.extensions] == [
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        USCC,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ]
    assert new.extensions.get_extension_for_oid(USCC) == old.extensions.get_extension_for_oid(USCC)
    assert new.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).critical
    key_id = new.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert key_id == x509.SubjectKeyIdentifier.from_public_key(_EC.public_key())
    assert new.public_key() == _EC.public_key()
    assert new.not_valid_before_utc == NOW.replace(microsecond=0)
    assert new.not_valid_after_utc == END
    assert new.serial_number != old.serial_number
    assert 0 < new.serial_number < 2**159
    assert authority.recognises(new.public_bytes(Encoding.DER))


def test_for_the_same_key_its_identifier_stays_as_it_was(ca: LocalCa) -> None:
    identifier = x509.SubjectKeyIdentifier(b"as another CA computes it")
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA 演示")])
    old = (
        x509.CertificateBuilder(issuer, SUBJECT, _RSA.public_key(), x509.random_serial_number(), NOW, OLD_END)
        .add_extension(identifier, critical=False)
        .sign(_EC, SHA256())
        .public_bytes(Encoding.DER)
    )
    kept, made = (
        x509.load_der_x509_certificate(ca.issue(number, csr(key), old, END))
        .extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        .value
        for number, key in (("B1", _RSA), ("B2", _EC))
    )
    assert kept == identifier
    assert made == x509.SubjectKeyIdentifier.from_public_key(_EC.public_key())


@pytest.mark.parametrize("ca_key", [_RSA, _EC], ids=["rsa", "ec"])
@pytest.mark.parametrize("key", [_RSA, _EC], ids=["rsa", "ec"])
def test_openssl_verifies_the_certificate(tmp_path: Path, ca_key: Key, key: Key) -> None:
    ca = make_ca(tmp_path / "ca", ca_key)
    issued = ca.issue("B1", csr(key), old_certificate(ca_key), END)
    (tmp_path / "new.der").write_bytes(issued)
    last_second = str(int(END.timestamp()) - 1)  # OpenSSL counts notAfter itself as over
    verified = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", last_second, "-CAfile", "ca/ca.pem", "new.der"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.stdout.endswith("new.der: OK\n"), verified.stderr


def test_dates_from_2050_are_generalized_time(tmp_path: Path) -> None:
    ca = make_ca(tmp_path / "ca", end=datetime(2060, 1, 1, tzinfo=UTC))
    end = datetime(2050, 1, 1, tzinfo=UTC)
    issued = x509.load_der_x509_certificate(ca.issue("B1", csr(), old_certificate(), end))
    assert issued.not_valid_after_utc == end
    assert b"\x18\x0f20500101000000Z" in issued.tbs_certificate_bytes


def test_the_same_request_gets_the_same_certificate_from_another_process_too(tmp_path: Path) -> None:
    first = make_ca(tmp_path / "ca").issue("B/1", csr(), old_certificate(), END)
    restarted = LocalCa(tmp_path / "ca/ca.pem", tmp_path / "ca/ca.key", tmp_path / "ca/issued", clock=lambda: NOW)
    assert restarted.issue("B/1", csr(), old_certificate(), END) == first
    assert restarted.issue("B/2", csr(), old_certificate(), END) != first
    assert sorted(path.name for path in (tmp_path / "ca/issued").iterdir()) == ["B%2F1.der", "B%2F2.der"]


def test_simultaneous_requests_get_one_certificate(ca: LocalCa) -> None:
    request, old = csr(), old_certificate()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: ca.issue("B1", request, old, END), range(16)))) == 1


def test_a_number_stands_for_one_key(ca: LocalCa) -> None:
    ca.issue("B1", csr(), old_certificate(), END)
    with pytest.raises(IssuingFailed, match="another key") as failed:
        ca.issue("B1", csr(_RSA), old_certificate(), END)
    assert failed.value.final


def test_refuses_what_it_must_not_sign(ca: LocalCa, tmp_path: Path) -> None:
    stranger = old_certificate(ec.generate_private_key(ec.SECP256R1()))
    der = bytearray(x509.load_pem_x509_csr(csr()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    tampered = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM)
    for request, old, end in (
        (b"junk", old_certificate(), END),
        (tampered, old_certificate(), END),
        (csr(), stranger, END),
        (csr(), b"junk", END),
        (csr(), old_certificate(), NOW - timedelta(seconds=1)),
        (csr(), old_certificate(), datetime(2046, 1, 2, tzinfo=UTC)),
    ):
        with pytest.raises(IssuingFailed) as failed:
            ca.issue("B1", request, old, end)
        assert failed.value.final
    assert list((tmp_path / "ca/issued").iterdir()) == []


def test_a_directory_that_is_gone_is_not_final(ca: LocalCa, tmp_path: Path) -> None:
    (tmp_path / "ca/issued").rmdir()
    with pytest.raises(IssuingFailed) as failed:
        ca.issue("B1", csr(), old_certificate(), END)
    assert not failed.value.final


def test_recognises_only_its_own(ca: LocalCa) -> None:
    assert ca.recognises(old_certificate())
    assert not ca.recognises(old_certificate(ec.generate_private_key(ec.SECP384R1())))
    assert not ca.recognises(b"junk")
    assert x509.load_der_x509_certificate(ca.chain[0]).subject.rfc4514_string() == "CN=CA 演示"


def test_key_and_certificate_must_be_a_pair(ca: LocalCa, tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "other.key"
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="no pair"):
        LocalCa(tmp_path / "ca/ca.pem", path, tmp_path)
