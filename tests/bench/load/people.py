"""Who comes to the counters: an account and a certificate about to end for each, made before the clock runs."""

import subprocess
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine, text

from tests.harness.desk.signing import PSS, sign_request
from tui.core.x509.parts import dissect
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.provision import issue

_CREATE = """
from pathlib import Path
from sys import argv
from tui.desk.renewals.accounts import create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database
create_account(open_database(load(Path(argv[1])).database), argv[2], argv[3])
"""


class Person(msgspec.Struct, frozen=True):
    """One of them; keys are PKCS #8, DER."""

    account: str
    certificate: bytes
    key: bytes
    new_key: bytes
    csr: bytes


def open_account(product: Path, config: Path) -> None:
    """The sandbox's account, its password hashed as this product does it."""
    words = (product.with_name("python"), "-c", _CREATE, config, ACCOUNT, PASSWORD)
    subprocess.run(words, check=True, cwd=product.parent, stderr=subprocess.PIPE, text=True)


def invite(engine: Engine, sandbox: Path, first: int, count: int) -> list[Person]:
    """So many people, numbered from `first` on; each account has the sandbox's password."""
    people = [_person(sandbox, number) for number in range(first, first + count)]
    accounts = text(
        "INSERT INTO accounts (name, password_hash, wrong_passwords, created_at) "
        "SELECT :name, password_hash, 0, created_at FROM accounts WHERE name = :like"
    )
    bindings = text("INSERT INTO bindings (fingerprint, account) VALUES (:fingerprint, :name)")
    with engine.begin() as connection:
        connection.execute(accounts, [{"name": person.account, "like": ACCOUNT} for person in people])
        rows = [{"name": one.account, "fingerprint": sha256(one.certificate).hexdigest()} for one in people]
        connection.execute(bindings, rows)
    return people


def _person(sandbox: Path, number: int) -> Person:
    old, new = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    certificate = issue(sandbox / "ca", old.public_key(), f"张三{number}", 20).public_bytes(Encoding.DER)
    csr = sign_request(new, dissect(certificate).subject, PSS)
    return Person(f"city{number:06d}", certificate, _pkcs8(old), _pkcs8(new), csr)


def _pkcs8(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
