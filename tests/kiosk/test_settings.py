"""kiosk.toml: what is read, what is made absolute, and that an error names file and key."""

import pwd
from pathlib import Path
from typing import NoReturn

import pytest

from tui.core.driver_family import DriverFamily
from tui.core.failure import Reason
from tui.kiosk.settings import (
    KioskSettings,
    Language,
    Mode,
    ModuleSettings,
    QrDrawing,
    default_log,
    find,
    language_named,
    load,
    read,
    search_path,
)
from tui.process.tables import SettingsError

WHOLE = """
[desk]
url = "https://127.0.0.1:8443"
ca_file = "tls/ca.pem"
[[token.modules]]
path = "/usr/lib/softhsm/libsofthsm2.so"
environment = { SOFTHSM2_CONF = "softhsm2.conf", LEVEL = "debug" }
[[token.modules]]
path = "vendor.so"
[kiosk]
idle_seconds = 60
log = ""
qr = "wide"
touch = true
"""
LEAST = '[desk]\nurl = "https://desk.example"\n[[token.modules]]\npath = "/lib/m.so"\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tls").mkdir()
    for name in ("tls/ca.pem", "softhsm2.conf", "vendor.so"):
        (tmp_path / name).write_text("")
    return tmp_path


def _write(place: Path, text: str) -> Path:
    path = place / "kiosk.toml"
    path.write_text(text)
    return path


def test_all_keys(place: Path) -> None:
    path = _write(place, WHOLE)
    assert read(path, {}) == KioskSettings(
        source=path,
        desk_url="https://127.0.0.1:8443",
        ca_file=place / "tls" / "ca.pem",
        modules=(
            ModuleSettings(
                Path("/usr/lib/softhsm/libsofthsm2.so"),
                (("SOFTHSM2_CONF", str(place / "softhsm2.conf")), ("LEVEL", "debug")),
            ),
            ModuleSettings(place / "vendor.so"),
        ),
        idle_seconds=60,
        log=None,
        qr=QrDrawing.WIDE,
        touch=True,
    )


@pytest.mark.parametrize("drawing", list(QrDrawing))
def test_every_drawing_has_its_word(place: Path, drawing: QrDrawing) -> None:
    written = WHOLE.replace('qr = "wide"', f'qr = "{drawing.name.lower()}"')
    assert read(_write(place, written), {}).qr is drawing


def test_the_mode_of_the_environment_goes_before_the_files(place: Path) -> None:
    path = _write(place, LEAST + '[kiosk]\nmode = "ssh"\n')
    assert read(path, {}).mode is Mode.SSH
    assert read(path, {"CA_KIOSK_MODE": "counter"}).mode is Mode.COUNTER
    with pytest.raises(SettingsError, match=r"环境变量 CA_KIOSK_MODE .* / environment variable CA_KIOSK_MODE "):
        read(path, {"CA_KIOSK_MODE": "kiosk"})


def test_defaults(place: Path) -> None:
    settings = read(_write(place, LEAST), {"XDG_STATE_HOME": "/var/state", "LOCALAPPDATA": "/var/state"})
    assert (settings.ca_file, settings.idle_seconds, settings.qr) == (None, 120, QrDrawing.AUTO)
    assert settings.log == Path("/var/state/ca-kiosk/kiosk.log") == default_log({"XDG_STATE_HOME": "/var/state"})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("https://desk", "http://desk"), "desk.url"),
        (("https://desk", "https://me@desk"), "desk.url"),
        (("https://desk", r"https://desk\u0000"), "desk.url"),
        (('url = "https://desk.example"', "url = 8443"), "desk.url"),
        (('url = "https://desk.example"', ""), "desk.url"),
        (("https://desk.example", "https://desk.example?x"), "desk.url"),
        (("https://desk.example", "https://desk example"), "desk.url"),
        (("[desk]", '[desk]\nca_file = "gone.pem"'), "desk.ca_file"),
        (("[desk]", f'[desk]\nca_file = "{"long" * 100}"'), "desk.ca_file"),
        (("[desk]", "[desk]\nproxy = 1"), "desk.proxy"),
        (("[desk]", "[dask]\nx = 1\n[desk]"), "dask"),
        (('path = "/lib/m.so"', ""), "token.modules[0].path"),
        (('path = "/lib/m.so"', 'path = "a"\nenvironment = { A = 1 }'), "token.modules[0].environment"),
        (('path = "/lib/m.so"', 'path = "a"\npin = "1"'), "token.modules[0].pin"),
        (('path = "/lib/m.so"', 'path = "a"\nfamily = "skf"'), "token.modules[0].family"),
        (('path = "/lib/m.so"', 'path = "a"\nfamily = "PKCS11"'), "token.modules[0].family"),
        (("[[token.modules]]\npath", "[token]\nx"), "token.x"),
        (("[desk]", "[kiosk]\nidle_seconds = true\n[desk]"), "kiosk.idle_seconds"),
        (("[desk]", "[kiosk]\nidle_seconds = 5\n[desk]"), "kiosk.idle_seconds"),
        (("[desk]", "[kiosk]\nidle_seconds = 44\n[desk]"), "kiosk.idle_seconds"),
        (("[desk]", "[kiosk]\nidle_seconds = 3601\n[desk]"), "kiosk.idle_seconds"),
        (("[desk]", '[kiosk]\nqr = "quarter"\n[desk]'), "kiosk.qr"),
        (("[desk]", "[kiosk]\nqr = 2\n[desk]"), "kiosk.qr"),
        (("[desk]", '[kiosk]\nmode = "branch"\n[desk]'), "kiosk.mode"),
        (("[desk]", '[kiosk]\noperator = "secret"\n[desk]'), "kiosk.operator"),
    ],
)
def test_an_error_names_file_and_key(place: Path, change: tuple[str, str], key: str) -> None:
    assert change[0] in LEAST
    path = _write(place, LEAST.replace(*change, 1))
    with pytest.raises(SettingsError) as caught:
        read(path, {})
    assert caught.value.failure.reason is Reason.SETTINGS_WRONG
    assert f"设置文件 {path}: {key} " in str(caught.value)
    assert f"settings file {path}: {key} " in str(caught.value)


@pytest.mark.parametrize(
    ("written", "environ", "wrong", "known"),
    [
        ('palette = "blue"', {}, "kiosk.palette", "auto | dark | light | contrast"),
        ('language = "fr"', {}, "kiosk.language", "zh | en"),
        ("", {"CA_KIOSK_LANGUAGE": "fr"}, "CA_KIOSK_LANGUAGE", "zh | en"),
        ('mode = "ssh"', {"CA_KIOSK_MODE": "shop"}, "CA_KIOSK_MODE", "office | counter | ssh"),
    ],
)
def test_a_wrong_choice_is_told_with_those_that_there_are(
    place: Path, written: str, environ: dict[str, str], wrong: str, known: str
) -> None:
    path = _write(place, f"{LEAST}[kiosk]\n{written}\n")
    with pytest.raises(SettingsError, match=wrong) as caught:
        read(path, environ)
    assert f"应为 {known} / " in str(caught.value)
    assert str(caught.value).endswith(f" must be one of {known}")


@pytest.mark.parametrize("named", ["long" * 100, "~nobody-of-this-name/m.so"])
def test_a_driver_that_no_file_can_be_is_told_by_who_loads_it(place: Path, named: str) -> None:
    path = _write(place, LEAST.replace("/lib/m.so", named))
    assert [str(module.path) for module in read(path, {}).modules] == [named]


def test_the_driver_family_is_named_and_one_without_an_adapter_is_told_so(place: Path) -> None:
    path = _write(place, LEAST + 'family = "pkcs11"\n')
    assert [module.family for module in read(path, {}).modules] == [DriverFamily.PKCS11]
    with pytest.raises(SettingsError, match=r"PKCS#11 .* only, none of SKF \(GM/T 0016\)"):
        read(_write(place, LEAST + 'family = "skf"\n'), {})


@pytest.mark.parametrize("content", [b"[desk", b"\xff\xfe", b"x = " + b"[" * 5000, b"x = " + b"9" * 5000])
def test_a_file_that_is_no_toml(place: Path, content: bytes) -> None:
    path = place / "kiosk.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="no correct TOML"):
        read(path, {})


def test_a_mark_of_the_byte_order_is_no_part_of_the_file(place: Path) -> None:
    path = place / "kiosk.toml"
    path.write_text(LEAST, encoding="utf-8-sig")
    assert read(path, {}).desk_url == "https://desk.example"


def test_the_search_path(place: Path) -> None:
    path = _write(place, LEAST)
    assert load(path, {}).source == path
    assert load(None, {"CA_KIOSK_CONFIG": str(path)}).source == path
    home = place / "config" / "ca-kiosk"
    home.mkdir(parents=True)
    (home / "kiosk.toml").write_text(LEAST)
    assert find({"XDG_CONFIG_HOME": str(place / "config")}) == home / "kiosk.toml"
    with pytest.raises(SettingsError, match="does not exist"):
        load(None, {"CA_KIOSK_CONFIG": str(place / "gone.toml")})


def test_a_user_without_a_folder_has_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_number: int) -> NoReturn:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert default_log({}) == Path("/.local/state/ca-kiosk/kiosk.log")
    assert search_path({}) == (Path("/.config/ca-kiosk/kiosk.toml"), Path("/etc/ca-kiosk/kiosk.toml"))


@pytest.mark.parametrize(
    ("written", "named", "spoken"),
    [("", "", "zh"), ("en", "", "en"), ("en", "zh", "zh"), ("zh", "en", "en"), ("", "en", "en")],
)
def test_the_environment_chooses_the_language_before_the_file(
    place: Path, written: str, named: str, spoken: str
) -> None:
    path = _write(place, LEAST + (f'[kiosk]\nlanguage = "{written}"\n' if written else ""))
    assert read(path, {"CA_KIOSK_LANGUAGE": named}).language is Language(spoken)


def test_a_language_that_is_not_spoken(place: Path) -> None:
    with pytest.raises(SettingsError, match=r"kiosk\.language"):
        read(_write(place, LEAST + '[kiosk]\nlanguage = "fr"\n'), {})
    with pytest.raises(SettingsError, match="CA_KIOSK_LANGUAGE"):
        language_named({"CA_KIOSK_LANGUAGE": "fr"})
