"""The served desk: HTTPS on one port and no other, the engine at work, an orderly end."""

import ipaddress
import re
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from tests.harness.desk.signing import Key, pem
from tests.harness.desk.town import Town, make_ca, make_settings
from tests.rig.open_files import open_files
from tui.core.order import AttemptState
from tui.desk.engine.engine import DeskEngine
from tui.desk.serve import Running, serve
from tui.desk.settings import DeskSettings
from tui.desk.settings_reader import SettingsError
from tui.desk.storage.database import open_database
from tui.desk.storage.schema import OtherVersion, migrate
from tui.process.output import unusable

LISTEN = "0A"
"""TCP_LISTEN in /proc/net/tcp."""


def make_tls(folder: Path, key: Key | None = None) -> None:
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), start, end)
    certificate = builder.add_extension(loopback, critical=False).sign(key, SHA256())
    (folder / "desk.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "desk.key").write_bytes(pem(key))


def ready_to_serve(folder: Path, **changes: str) -> DeskSettings:
    """Settings of a desk that has all its files."""
    make_ca(folder)
    make_tls(folder)
    settings = make_settings(folder, **changes)
    engine = open_database(settings.database, settings.data_key)
    migrate(engine)
    engine.dispose()
    return settings


def listening() -> set[int]:
    """Local ports on which this process listens."""
    inodes = {found[1] for link in open_files("self") if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTEN and row[9] in inodes}


def test_it_serves_on_one_port_and_ends_in_order(tmp_path: Path) -> None:
    settings = ready_to_serve(tmp_path, public_url="")
    listening_before, ready, found = listening(), threading.Event(), list[Running]()

    def on_ready(running: Running) -> None:
        found.append(running)
        ready.set()

    desk = threading.Thread(target=serve, args=(settings, on_ready))
    desk.start()
    assert ready.wait(30)
    running = found[0]
    trust = ssl.create_default_context(cafile=str(tmp_path / "desk.pem"))
    with httpx.Client(base_url=running.url, verify=trust, trust_env=False) as client:
        assert client.get("/v1/service").json()["ca_name"] == "NETCA 测试"
        assert client.get("/v1/documents/notice").status_code == 426
    port = int(running.url.rsplit(":", 1)[1])
    assert listening() - listening_before == {port}
    running.stop()
    desk.join(30)
    assert not desk.is_alive()
    assert listening() <= listening_before


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("desk.pem", None, "desk.pem"),
        ("desk.key", None, "desk.key"),
        ("desk.pem", b"no certificate", "desk.pem, "),
        ("desk.key", b"no key", "desk.key 不能用作证书和私钥 / cannot be used as certificate and key: NO_PEM"),
        ("desk.key", pem(ec.generate_private_key(ec.SECP256R1())), ": KEY_VALUES_MISMATCH"),
        ("desk.key", pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "desk.key 不能有口令 / must have no"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, file: str, content: bytes | None, told: str) -> None:
    settings = ready_to_serve(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)
    with pytest.raises((SettingsError, FileNotFoundError)) as caught:
        serve(settings)
    error = caught.value
    assert told in (unusable(error) if isinstance(error, OSError) else str(error))


def test_a_pair_too_weak_for_tls_is_told_as_that(tmp_path: Path) -> None:
    settings = ready_to_serve(tmp_path)
    make_tls(tmp_path, rsa.generate_private_key(65537, 1024))  # noqa: S505 — what OpenSSL must refuse
    with pytest.raises(SettingsError, match="EE_KEY_TOO_SMALL"):
        serve(settings)


def test_a_desk_ends_once_its_database_is_another_versions(tmp_path: Path) -> None:
    make_ca(tmp_path)
    make_tls(tmp_path)
    settings = make_settings(tmp_path, public_url="")
    engine = open_database(settings.database, settings.data_key)
    migrate(engine)

    def migrate_further(_running: Running) -> None:
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()

    found = list[str | None]()

    def run() -> None:
        try:
            serve(settings, migrate_further)
        except OtherVersion as other:
            found.append(other.found)

    desk = threading.Thread(target=run, daemon=True)
    desk.start()
    desk.join(30)
    assert found == ["9999"]


def test_the_engine_ends_what_is_due_by_itself(town: Town) -> None:
    person = town.person()
    number = person.entered().business_no
    person.pay(number)
    town.later(seconds=301)
    asked = threading.Event()
    town.alipay.on_end = asked.set
    engine = DeskEngine(town.desk)
    engine.start()
    try:
        assert asked.wait(20)
    finally:
        engine.stop()
    attempt = person.see(number).attempt
    assert attempt is not None
    assert attempt.state is AttemptState.CLOSED
