"""Certificates near their end on a real SoftHSM2 token."""

import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import PyKCS11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from tui.desk.ca.local.authority import LocalCa
from tui.desk.renewals.accounts import create_account
from tui.desk.settings import load
from tui.desk.storage.database import open_database, reading
from tui.desk.storage.records import BindingRecord
from tui.desk.storage.schema import migrate
from tui.sandbox.authorities import lengths_in_characters
from tui.sandbox.files import ACCOUNT, PASSWORD, SERVICES, make_keys, write_settings
from tui.sandbox.provision import USCC, has_renewable, provision_token
from tui.sandbox.token import KeyKind, TokenRefused, certificates, init_softhsm, opened

LABEL, PIN = "测试 KEY", "246810"


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sandbox")
    make_keys(directory)
    write_settings(directory, {name: 50001 + at for at, name in enumerate(SERVICES)})
    engine = open_database(load(directory / "desk.toml").database)
    migrate(engine)
    create_account(engine, ACCOUNT, PASSWORD)
    engine.dispose()
    return directory


@pytest.fixture
def folder(_made: Path, tmp_path: Path) -> Path:
    """A sandbox's folder, as `sandbox up` leaves it, without its processes."""
    return Path(shutil.copytree(_made, tmp_path / "sandbox"))


@pytest.fixture
def module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module that serves a new token in the folder."""
    monkeypatch.setenv("SOFTHSM2_CONF", "")  # so that the end of the test restores it
    return init_softhsm(folder, LABEL, PIN)


@pytest.fixture
def ca(folder: Path) -> LocalCa:
    return LocalCa(folder / "ca/ca.pem", folder / "ca/ca.key", folder / "ca/issued")


def only_certificate(module: Path) -> x509.Certificate:
    with opened(module, None) as session:
        (der,) = certificates(session)
    return x509.load_der_x509_certificate(der)


def signature_by_the_token(module: Path, kind: KeyKind, message: bytes) -> bytes:
    with opened(module, PIN, label=LABEL) as session:
        (key,) = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)])
        (certificate,) = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)])
        attributes = [PyKCS11.CKA_ID, PyKCS11.CKA_LABEL]
        assert session.getAttributeValue(key, attributes) == session.getAttributeValue(certificate, attributes)
        assert session.getAttributeValue(key, [PyKCS11.CKA_EXTRACTABLE, PyKCS11.CKA_LOCAL]) == [False, True]
        if kind == "rsa2048":
            return bytes(session.sign(key, message, PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS)))
        raw = bytes(session.sign(key, sha256(message).digest(), PyKCS11.Mechanism(PyKCS11.CKM_ECDSA)))
        return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


@pytest.mark.parametrize("kind", ["rsa2048", "ec256"])
def test_key_and_certificate_are_made_for_each_other(folder: Path, module: Path, ca: LocalCa, kind: KeyKind) -> None:
    fingerprint = provision_token(folder, module, PIN, token_label=LABEL, days_left=20, cn="张三", key=kind)
    certificate = only_certificate(module)
    assert certificate.fingerprint(SHA256()).hex() == fingerprint
    assert certificate.subject.rfc4514_string().startswith("CN=张三,OU=91440300100012316L,O=")
    assert certificate.extensions.get_extension_for_oid(USCC)
    assert (certificate.not_valid_after_utc - datetime.now(UTC)).days == 20
    assert ca.recognises(certificate.public_bytes(Encoding.DER))
    signature = signature_by_the_token(module, kind, b"proof")
    match certificate.public_key():
        case rsa.RSAPublicKey() as key:
            key.verify(signature, b"proof", padding.PKCS1v15(), SHA256())
            assert key.key_size == 2048
        case ec.EllipticCurvePublicKey() as key:
            key.verify(signature, b"proof", ec.ECDSA(SHA256()))
            assert isinstance(key.curve, ec.SECP256R1)


def test_a_long_name_is_counted_in_characters(folder: Path, module: Path) -> None:
    company = "深圳市前海某某某某某某某某某某某某供应链管理科技有限公司"
    provision_token(folder, module, PIN, cn=company, key="ec256")
    with lengths_in_characters():
        (name,) = only_certificate(module).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == company


def test_the_certificate_is_the_accounts(folder: Path, module: Path) -> None:
    fingerprint = provision_token(folder, module, PIN)
    engine = open_database(load(folder / "desk.toml").database)
    with reading(engine) as db:
        assert db.unit.scalars(select(BindingRecord.account).where(BindingRecord.fingerprint == fingerprint)).all() == [
            ACCOUNT
        ]
    engine.dispose()


def test_kiosk_toml_names_each_module_once(folder: Path, module: Path) -> None:
    for _ in range(2):
        provision_token(folder, module, PIN, environment=(("SOFTHSM2_CONF", "softhsm2.conf"),), key="ec256")
    kiosk = tomllib.loads((folder / "kiosk.toml").read_text("utf-8"))
    assert kiosk["token"]["modules"] == [{"path": str(module), "environment": {"SOFTHSM2_CONF": "softhsm2.conf"}}]
    assert kiosk["desk"]["url"] == "https://127.0.0.1:50001"


def test_an_expired_certificate_can_be_had(folder: Path, module: Path) -> None:
    provision_token(folder, module, PIN, days_left=-1, key="ec256")
    assert only_certificate(module).not_valid_after_utc < datetime.now(UTC)
    assert not has_renewable(folder, module, LABEL)
    provision_token(folder, module, PIN, days_left=5, key="ec256")
    assert has_renewable(folder, module, LABEL)


def test_a_token_that_does_not_serve_is_refused(folder: Path, module: Path) -> None:
    with pytest.raises(TokenRefused, match="CKR_PIN_INCORRECT"):
        provision_token(folder, module, "000000")
    with pytest.raises(TokenRefused, match="0 tokens fit"):
        provision_token(folder, module, PIN, token_label="another")
    with pytest.raises(TokenRefused):
        provision_token(folder, folder / "no-such.so", PIN)
    assert "token" not in tomllib.loads((folder / "kiosk.toml").read_text("utf-8"))


def test_an_initialised_token_is_kept(folder: Path, module: Path) -> None:
    provision_token(folder, module, PIN, key="ec256")
    before = only_certificate(module)
    assert init_softhsm(folder, LABEL, PIN) == module
    assert only_certificate(module) == before


def test_an_independent_tool_sees_certificate_and_issuer(folder: Path, module: Path) -> None:
    provision_token(folder, module, PIN, token_label=LABEL, key="ec256")
    read = ["pkcs11-tool", "--module", str(module), "--read-object", "--type", "cert", "--output-file", "c.der"]
    label = ["--label", only_certificate(module).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value]
    subprocess.run([*read, *label], cwd=folder, check=True, capture_output=True)
    verify = ["openssl", "verify", "-x509_strict", "-CAfile", "ca/ca.pem", "c.der"]
    assert subprocess.run(verify, cwd=folder, check=True, capture_output=True, text=True).stdout == "c.der: OK\n"


def test_moved_ports_are_moved_in_what_people_wrote(folder: Path) -> None:
    kiosk = folder / "kiosk.toml"
    kiosk.write_text(kiosk.read_text("utf-8") + "idle_seconds = 50\n", "utf-8")
    ports = {name: 50002 + at for at, name in enumerate(SERVICES)}
    write_settings(folder, ports)
    assert tomllib.loads(kiosk.read_text("utf-8"))["kiosk"]["idle_seconds"] == 50
    desk = load(folder / "desk.toml")
    assert (desk.port, desk.public_url) == (ports["desk"], f"https://127.0.0.1:{ports['desk']}")
    assert desk.payments.alipay is not None
    assert desk.payments.alipay.gateway_url == f"https://127.0.0.1:{ports['alipay']}/gateway.do"
    assert desk.mail is not None
    assert desk.mail.port == ports["smtp"]
