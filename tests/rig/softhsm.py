"""SoftHSM2 tokens for tests: a directory with a key and a certificate near its end, to be unplugged and put back."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
KEY_ID = "01"
"""CKA_ID of the pair and certificate that `make_token` writes, hex."""

KeyKind = Literal["rsa2048", "rsa3072", "ec256", "ec384"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class TestCa:
    """A CA that issues what tests put on tokens."""

    __test__ = False

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @classmethod
    def load(cls, certificate: Path, key: Path) -> Self:
        """Read the PEM files of a CA that exists already, a desk's local one for instance."""
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        return cls(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)


@dataclass(frozen=True, slots=True)
class SoftToken:
    """One SoftHSM2 token in a directory of its own."""

    directory: Path
    module: Path
    environment: tuple[tuple[str, str], ...]
    """What a process must set before it loads the module."""
    certificate_der: bytes = field(repr=False)
    pin: str = field(repr=False)
    label: str

    def run(self, *command: str) -> str:
        """Run a command-line tool with this token's environment and return what it printed."""
        environment = {**os.environ, **dict(self.environment)}
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, errors="backslashreplace"
        ).stdout

    def objects(self) -> str:
        """What `pkcs11-tool` lists after login."""
        return self.run("pkcs11-tool", "--module", str(self.module), *_selected(self), "--list-objects")


def make_ca(cn: str = "测试 CA") -> TestCa:
    """A new self-signed CA with a P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return TestCa(certificate, key)


def subject(cn: str) -> x509.Name:
    """A supplier's name as Chinese CAs write it."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "广东省"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, cn),
            x509.NameAttribute(NameOID.COMMON_NAME, cn),
        ]
    )


def issue(
    ca: TestCa,
    name: x509.Name,
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    *,
    days_left: int = 20,
    not_before: datetime | None = None,
) -> bytes:
    """DER of a signing certificate that ends `days_left` days from now (negative: expired already)."""
    now = datetime.now(UTC).replace(microsecond=0)
    not_after = now + timedelta(days=days_left)
    certificate = (
        x509.CertificateBuilder(ca.certificate.subject, name, public_key, x509.random_serial_number())
        .not_valid_before(not_before or min(now, not_after) - timedelta(days=345))
        .not_valid_after(not_after)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False),
            critical=True,
        )
        .sign(ca.key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)


def make_token(
    directory: Path,
    *,
    key: KeyKind = "rsa2048",
    days_left: int = 20,
    cn: str = "测试供应商有限公司",
    ca: TestCa | None = None,
    pin: str = "123456",
    label: str = "测试供应商",
) -> SoftToken:
    """A token with one key pair and its certificate, issued by `ca` (a new one if not given)."""
    empty = init_token(directory, pin=pin, label=label)
    private = make_key(key)
    certificate = issue(ca or make_ca(), subject(cn), private.public_key(), days_left=days_left)
    put_key(empty, private, key_id=KEY_ID, label=cn)
    put_certificate(empty, certificate, key_id=KEY_ID, label=cn)
    return SoftToken(directory, empty.module, empty.environment, certificate, pin, label)


def make_key(kind: KeyKind) -> PrivateKey:
    """A new key."""
    match kind:
        case "rsa2048" | "rsa3072":
            return rsa.generate_private_key(65537, int(kind[3:]))
        case "ec256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ec384":
            return ec.generate_private_key(ec.SECP384R1())


def init_token(directory: Path, *, pin: str = "123456", label: str = "测试供应商") -> SoftToken:
    """An initialised token without objects."""
    (directory / "tokens").mkdir(parents=True)
    token = SoftToken(directory, MODULE, _configured(directory), b"", pin, label)
    token.run("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678")
    return token


def copied(token: SoftToken, directory: Path) -> SoftToken:
    """The same token in another folder, to be used there; it is made in a fraction of a new one's time."""
    shutil.copytree(token.directory / "tokens", directory / "tokens")
    return replace(token, directory=directory, environment=_configured(directory))


def _configured(directory: Path) -> tuple[tuple[str, str], ...]:
    configuration = directory / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {directory / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        "slots.removable = true\n"
    )
    return (("SOFTHSM2_CONF", str(configuration)),)


def put_key(token: SoftToken, key: PrivateKey, *, key_id: str, label: str) -> None:
    """Import a key pair."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with tempfile.NamedTemporaryFile(dir=token.directory, suffix=".pem") as file:
        file.write(pem)
        file.flush()
        token.run(
            *("softhsm2-util", "--import", file.name, "--token", token.label, "--pin", token.pin),
            *("--id", key_id, "--label", label),
        )


def put_certificate(token: SoftToken, certificate: bytes, *, key_id: str, label: str) -> None:
    """Write a certificate (any DER that OpenSC can parse)."""
    with tempfile.NamedTemporaryFile(dir=token.directory, suffix=".der") as file:
        file.write(certificate)
        file.flush()
        token.run(
            *("pkcs11-tool", "--module", str(token.module), *_selected(token)),
            *("--write-object", file.name, "--type", "cert", "--id", key_id, "--label", label),
        )


def delete_public_key(token: SoftToken, key_id: str) -> None:
    """Leave only the private half, as many tokens do."""
    token.run(
        *("pkcs11-tool", "--module", str(token.module), *_selected(token)),
        *("--delete-object", "--type", "pubkey", "--id", key_id),
    )


def pull(token: SoftToken) -> None:
    """Unplug: the token's folder goes away while whoever uses it goes on running."""
    away = token.directory / "pulled"
    away.mkdir(exist_ok=True)
    for folder in (token.directory / "tokens").iterdir():
        folder.rename(away / folder.name)


def put_back(token: SoftToken) -> None:
    """Plug in again."""
    for folder in (token.directory / "pulled").iterdir():
        folder.rename(token.directory / "tokens" / folder.name)


def _selected(token: SoftToken) -> tuple[str, ...]:
    return "--token-label", token.label, "--login", "--pin", token.pin
