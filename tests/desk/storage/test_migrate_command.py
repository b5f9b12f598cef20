"""`desk migrate` makes and brings up databases; `desk serve` makes none, and refuses what is lost, old or broken."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.desk.storage.test_migrations import add_as_the_first_version_did, move
from tests.harness.desk.desk_file import write_desk_file
from tests.rig.postgres import database
from tui.core.exits import Exit
from tui.desk.commands import evidence, migrate, serve
from tui.desk.settings import load
from tui.desk.settings_reader import SettingsError
from tui.desk.storage.database import open_database
from tui.desk.storage.schema import NEWEST_REVISION, revision

Told = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The desk.toml of a new installation."""
    desk_toml = write_desk_file(tmp_path)
    if request.param == "sqlite":
        yield desk_toml
        return
    with database(request.getfixturevalue("cluster")) as url:
        desk_toml.write_text(desk_toml.read_text().replace("[desk]", f'[desk]\ndatabase = "{url}"', 1))
        yield desk_toml


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """The one line on standard error."""

    def line() -> str:
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        return said

    return line


def engine_of(file: Path) -> sa.Engine:
    settings = load(file)
    return open_database(settings.database, settings.data_key)


def test_serve_makes_nothing_and_says_what_does(file: Path, told: Told) -> None:
    before = set(file.parent.iterdir())
    assert serve(file) == Exit.DESK
    assert f"ca-kiosk desk migrate --config {file}" in told()
    assert set(file.parent.iterdir()) == before
    assert migrate(file) == Exit.DONE
    assert f"- -> {NEWEST_REVISION}" in told()
    engine = engine_of(file)
    assert revision(engine) == NEWEST_REVISION
    engine.dispose()
    assert evidence(file, "YW1") == Exit.REFUSED
    assert "no evidence" in told()


def test_an_older_database_is_refused_and_brought_up_on_command(file: Path, told: Told) -> None:
    engine = engine_of(file)
    move(engine, command.upgrade, "0006")
    add_as_the_first_version_did(engine)
    assert serve(file) == Exit.DESK
    assert "desk migrate" in told()
    assert revision(engine) == "0006"
    assert migrate(file) == Exit.DONE
    assert f"0006 -> {NEWEST_REVISION}" in told()
    engine.dispose()


def test_a_newer_database_is_left_alone(file: Path, told: Told) -> None:
    assert migrate(file) == Exit.DONE
    told()
    engine = engine_of(file)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (serve, migrate):
        assert act(file) == Exit.DESK
        assert "update this program" in told()
    assert revision(engine) == "9999"
    engine.dispose()


def test_another_data_key_is_told_and_changes_nothing(file: Path, told: Told) -> None:
    engine = open_database(load(file).database, bytes(range(32)))
    move(engine, command.upgrade, "0006")
    add_as_the_first_version_did(engine)
    other = file.parent / "data.key"
    other.write_text("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
    assert migrate(file) == Exit.USAGE
    assert "data_key_file" in told()
    assert revision(engine) == "0006"
    engine.dispose()


def test_another_data_key_is_told_of_a_database_that_is_up_to_date(file: Path, told: Told) -> None:
    key = file.parent / "data.key"
    key.write_text(b64encode(bytes(32)).decode())
    engine = engine_of(file)
    move(engine, command.upgrade, "0006")
    add_as_the_first_version_did(engine)
    for _ in range(2):
        assert migrate(file) == Exit.DONE
        assert "ready" in told()
    key.write_text(b64encode(bytes(range(32))).decode())
    assert migrate(file) == Exit.USAGE
    assert "data_key_file" in told()
    engine.dispose()


@pytest.mark.parametrize("left", ["no file", "an empty file"])
def test_a_lost_database_beside_issued_certificates_does_not_begin_anew(tmp_path: Path, told: Told, left: str) -> None:
    file = write_desk_file(tmp_path)
    issued = tmp_path / "ca/issued"
    issued.mkdir(parents=True)
    (issued / "YW1.der").write_bytes(b"certificate")
    if left == "an empty file":
        (tmp_path / "desk.db").touch()
    for act in (serve, migrate):
        assert act(file) == Exit.DESK
        assert "backup" in told()


def test_a_damaged_file_is_refused(tmp_path: Path, told: Told) -> None:
    file = write_desk_file(tmp_path)
    assert migrate(file) == Exit.DONE
    told()
    path = tmp_path / "desk.db"
    whole = bytearray(path.read_bytes())
    page = int.from_bytes(whole[16:18])
    for number in range(2, len(whole) // page):  # all but the header and the schema
        whole[number * page : number * page + 100] = os.urandom(100)
    path.write_bytes(whole)
    for act in (serve, migrate):
        assert act(file) == Exit.DESK
        assert "desk.database" in told()


def test_what_is_no_database_is_refused(tmp_path: Path, told: Told) -> None:
    file = write_desk_file(tmp_path)
    (tmp_path / "desk.db").write_bytes(b"not a database" * 1000)
    for act in (serve, migrate):
        assert act(file) == Exit.DESK
        assert "damaged" in told()


@pytest.mark.parametrize("name", ["data.key", "merchant.pfx", "password"])
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620])
def test_a_secret_that_is_open_to_others_is_refused_by_its_file(tmp_path: Path, name: str, mode: int) -> None:
    file = write_desk_file(tmp_path)
    load(file)
    (tmp_path / name).chmod(mode)
    with pytest.raises(SettingsError, match=rf"{name} .*\({mode:04o}\): chmod 6[04]0"):
        load(file)


def test_public_files_may_be_read_by_all_and_missing_keys_are_told_by_their_readers(tmp_path: Path) -> None:
    file = write_desk_file(tmp_path)
    (tmp_path / "trust.pem").chmod(0o644)
    load(file)
    for key in ("tls/desk.key", "ca/ca.key"):
        (tmp_path / key).parent.mkdir()
        (tmp_path / key).touch(mode=0o644)
        (tmp_path / key).chmod(0o644)
        with pytest.raises(SettingsError, match="open to others"):
            load(file)
        (tmp_path / key).chmod(0o600)
    load(file)


def test_settings_with_a_database_s_password_are_a_secret_themselves(tmp_path: Path) -> None:
    file = write_desk_file(tmp_path)
    file.write_text(file.read_text().replace("[desk]", '[desk]\ndatabase = "postgresql+psycopg://u:p@h/d"', 1))
    file.chmod(0o644)
    with pytest.raises(SettingsError, match=r"desk\.database: .*desk\.toml"):
        load(file)
    file.chmod(0o600)
    load(file)
