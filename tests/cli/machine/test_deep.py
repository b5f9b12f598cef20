"""`doctor --deep`: what is missing on a machine is told with its fix, by the real command and by each finding."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.rig.softhsm import SoftToken, make_token
from tui.cli.machine import counter, place, reader, terminal
from tui.cli.machine.finding import Finding
from tui.core import pcsc
from tui.core.exits import Exit
from tui.kiosk.receipt.settings import PrinterSettings
from tui.kiosk.settings import Language, Mode, ModuleSettings

TREE = Path(__file__).parents[3]


def _deep(place: Path, modules: str, more: str = 'log = ""') -> tuple[int, list[dict[str, object]]]:
    config = place / "kiosk.toml"
    config.write_text(f'[desk]\nurl = "https://127.0.0.1:1"\n{modules}[kiosk]\n{more}\n')
    words = (sys.executable, "-m", "tui", "doctor", "--deep", "--json", "--config", str(config))
    environment = {**os.environ, "PCSCLITE_CSOCK_NAME": str(place / "no.socket"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=TREE, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_all_that_is_missing_is_told_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "broken.so").write_text("no library" * 100)
    modules = "".join(f'[[token.modules]]\npath = "{tmp_path}/{name}"\n' for name in ("no.so", "broken.so"))
    (tmp_path / "file").touch()
    code, lines = _deep(tmp_path, modules, f"log = '{tmp_path}/file/kiosk.log'")
    wrong = {str(line["item"]) for line in lines if line["ok"] is False}
    assert code == Exit.TOKEN
    assert {"driver_file", "pcscd", "desk_certificate", "log", "driver", "token", "desk"} <= wrong
    assert all(line["fix"] for line in lines if line["ok"] is False)
    assert not any(line["fix"] for line in lines if line["ok"] is not False)
    broken = next(line for line in lines if line["item"] == "driver_file" and "broken" in str(line["detail"]))
    assert "invalid ELF header" in str(broken["detail"])


@pytest.mark.parametrize("deep", [["--deep"], []], ids=["deep", "plain"])
def test_beside_a_ca_file_of_no_use_all_else_is_told_too(deep: list[str], tmp_path: Path) -> None:
    soft: SoftToken = make_token(tmp_path / "soft", key="ec256")
    (tmp_path / "ca.pem").write_text("no certificate")
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[desk]\nurl = "https://127.0.0.1:1"\nca_file = "ca.pem"\n[[token.modules]]\npath = "{soft.module}"\n'
        'environment = { SOFTHSM2_CONF = "soft/softhsm2.conf" }\n[kiosk]\nlog = ""\n'
    )
    words = (sys.executable, "-m", "tui", "doctor", *deep, "--json", "--config", str(config))
    done = subprocess.run(words, cwd=TREE, capture_output=True, text=True, check=False)
    lines = json.loads(done.stdout)
    desks = {"desk_certificate", "desk"} if deep else {"desk"}
    assert done.returncode == Exit.USAGE
    assert {line["item"] for line in lines if line["ok"] is False} == desks
    assert all(f"ca_file {tmp_path / 'ca.pem'}: " in line["detail"] for line in lines if line["item"] in desks)
    assert {"driver", "token", "version"} <= {line["item"] for line in lines if line["ok"]}


def test_a_driver_that_needs_no_reader_asks_for_none(tmp_path: Path) -> None:
    soft: SoftToken = make_token(tmp_path / "soft", key="ec256")
    module = f'[[token.modules]]\npath = "{soft.module}"\nenvironment = {{ SOFTHSM2_CONF = "soft/softhsm2.conf" }}\n'
    code, lines = _deep(tmp_path, module)
    assert code == Exit.DESK
    assert {line["item"]: line["ok"] for line in lines if line["ok"] is False} == {
        "desk_certificate": False,
        "desk": False,
    }
    assert not {"pcscd", "reader"} & {str(line["item"]) for line in lines}


@pytest.mark.parametrize(
    ("code", "fix"), [(pcsc.NOT_ALLOWED, "polkit"), (pcsc.NO_SERVICE, "pcscd.socket"), (1, "journalctl")]
)
def test_why_the_readers_service_gives_nothing(code: int, fix: str, tmp_path: Path) -> None:
    assert fix in reader.unreachable(code, tmp_path / "socket").fix


def test_a_forwarded_token_is_looked_for_where_the_driver_does(tmp_path: Path) -> None:
    at = tmp_path / "token"
    module = ModuleSettings(Path("/usr/lib/pkcs11/p11-kit-client.so"))
    known = {reader.ADDRESS: f"unix:path={at}"}
    assert [each.ok for each in reader.findings((module,), known) if each.item == "forwarded"] == [False]
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(at))
        listening.listen()
        assert [each.ok for each in reader.findings((module,), known) if each.item == "forwarded"] == [True]
    (left,) = (each for each in reader.findings((module,), known) if each.item == "forwarded")
    assert (at.is_socket(), left.ok) == (True, False)  # as after a line that broke


@pytest.mark.parametrize(
    ("environment", "count"),
    [
        ({"TERM": "foot", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "linux"}, 8),
        ({"TERM": "not-described"}, 8),
    ],
)
def test_colours(environment: dict[str, str], count: int) -> None:
    assert terminal.colours(environment) == count


def test_a_printer_that_is_away_and_one_that_is_there(tmp_path: Path) -> None:
    def look(named: str) -> Finding:
        return place.printer(PrinterSettings(urlsplit(named)))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        at = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        assert look(at).ok
    assert (look(at).ok, bool(look(at).fix)) == (False, True)
    assert look("usb://ffff:ffff").ok is False
    assert look(f"file://{tmp_path}/lp0").ok is False
    assert place.printer(None).ok is None


def test_a_printer_on_usb_is_known_by_its_numbers_also_while_another_device_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "1-1").mkdir()
    (tmp_path / "1-1" / "idVendor").write_text("1d6b\n")  # its other file has gone already
    (tmp_path / "1-2").mkdir()
    (tmp_path / "1-2" / "idVendor").write_text("04b8\n")
    (tmp_path / "1-2" / "idProduct").write_text("0e15\n")
    monkeypatch.setattr(place, "USB_DEVICES", tmp_path)
    assert place.printer(PrinterSettings(urlsplit("usb://04b8:0e15"))).ok
    assert place.printer(PrinterSettings(urlsplit("usb://04b8:0e16"))).ok is False


def test_the_clock_and_the_units_of_a_machine_with_systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = {"timedatectl": "no", "systemctl": "ca-kiosk@tty1.service loaded failed failed CA renewal kiosk on tty1"}
    monkeypatch.setattr(place, "answer", lambda words: said[words[0]])
    monkeypatch.setattr(place, "SYSTEMD", tmp_path)
    (unit,) = place.units()
    assert (unit.ok, unit.fix.rpartition(" ")[2]) == (False, "ca-kiosk@tty1.service")
    assert place.time_source().ok is False
    said |= {"timedatectl": "yes", "systemctl": "ca-kiosk@tty1.service loaded active running CA renewal kiosk"}
    assert [each.ok for each in place.units()] == [True]
    assert place.time_source().ok
    monkeypatch.setattr(place, "answer", lambda words: None)
    assert "timedatectl" in place.time_source().detail


ASCII = frozenset(range(0x20, 0x7F))


@pytest.mark.parametrize(
    ("font", "columns", "language", "lacks"),
    [
        (ASCII, 80, Language.CHINESE, ["cage", "setfont"]),
        (ASCII, 80, Language.ENGLISH, ["setfont"]),
        (ASCII, 128, Language.ENGLISH, []),
        (ASCII | {0x2584}, 80, Language.ENGLISH, []),
        (ASCII | {0x2584, ord("一")}, 80, Language.CHINESE, []),
    ],
)
def test_a_console_s_font_is_held_to_what_is_wanted_of_it(
    font: frozenset[int], columns: int, language: Language, lacks: list[str]
) -> None:
    found = list(terminal.console_font(font, os.terminal_size((columns, columns // 3)), language))
    told = [each.fix for each in found if each.ok is False]
    assert len(told) == len(lacks)
    assert all(word in fix for word, fix in zip(lacks, told, strict=True))


def test_ways_out_that_a_counter_s_machine_leaves_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: dict[str, str | None] = {"UnitFileState": "disabled", "CtrlAltDelBurstAction": "reboot-force"}
    said |= {"get-property": "u 6", "list-units": "getty@tty2.service loaded active running Getty"}
    (tmp_path / "sysrq").write_text("438\n")
    monkeypatch.setattr(counter, "SYSRQ", tmp_path / "sysrq")
    monkeypatch.setattr(counter, "SYSTEMD", tmp_path)
    monkeypatch.setattr(counter, "answer", lambda words: next(said[word] for word in words if word in said))

    def left_open() -> list[str]:
        return [each.fix for each in counter.findings(Mode.COUNTER) if not each.ok]

    magic, three, getty = left_open()
    assert "sysctl.conf" in magic
    assert three == "systemctl mask ctrl-alt-del.target"
    assert getty == "systemctl mask --now getty@tty2.service"
    said |= {"UnitFileState": "masked", "list-units": ""}
    (tmp_path / "sysrq").write_text("0\n")
    burst, offered = left_open()
    assert "system.conf" in burst
    assert "logind.conf" in offered
    said |= {"CtrlAltDelBurstAction": "none", "get-property": "u 0"}
    assert left_open() == []
    for silent in "get-property", "list-units":
        monkeypatch.setitem(said, silent, None)
        assert [each.ok for each in counter.findings(Mode.COUNTER)] == [True, True, None]
    assert list(counter.findings(Mode.OFFICE)) == []
