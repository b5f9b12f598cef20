"""The town's CA with another certificate: one that ends soon, or a new key after the old one has retired."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.harness.desk.doubles import NOW
from tests.harness.desk.signing import Key
from tests.harness.desk.town import Person, Town
from tui.desk.ca.local.authority import LocalCa
from tui.desk.http.api import create_app

FAR = datetime(2046, 1, 1, tzinfo=UTC)


def certified(town: Town, key: Key, ends: datetime, begins: datetime = NOW - timedelta(days=999)) -> bytes:
    """A certificate (PEM) of the town's CA name for this key, signed by itself."""
    name = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes()).subject
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begins, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.add_extension(identifier, critical=False).sign(key, SHA256()).public_bytes(Encoding.PEM)


def restart(town: Town, *people: Person, retired: Sequence[Path] = ()) -> None:
    """The desk starts anew with the CA's files as they now are."""
    folder = town.folder
    ca = LocalCa(folder / "ca.pem", folder / "ca.key", folder / "issued", town.clock, retired)
    town.desk = replace(town.desk, ca=ca)
    town.client = type(town.client)(create_app(town.desk))
    for person in people:
        person.client = town.client


def ends_on(town: Town, ends: datetime, *people: Person) -> None:
    """From now on the CA's certificate ends then."""
    (town.folder / "ca.pem").write_bytes(certified(town, town.ca_key, ends))
    restart(town, *people)


def rekey(town: Town, *, listed: bool = True) -> Path:
    """The CA gets a new key under its old name; its former certificate, which the settings list or not."""
    retired = town.folder / "retired.pem"
    retired.write_bytes((town.folder / "ca.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    (town.folder / "ca.pem").write_bytes(certified(town, key, FAR, NOW - timedelta(days=999)))
    (town.folder / "ca.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (town.folder / "ca.key").chmod(0o600)
    town.ca_key = key
    restart(town, retired=[retired] if listed else [])
    return retired
