"""The commands as other programs start them: help, exit codes, words on the right stream."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kiosk.unattended.test_answers import WHOLE
from tests.rig.stem import Stem
from tui.cli.table import COMMANDS, GROUPS
from tui.core.exits import LEGEND, Exit

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
ALL = ["", *(command.name for command in COMMANDS), *(group.name for group in GROUPS)]


def _run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *map(str, words)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _branched(program: Stem, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """As `_run`, but for the start of an interpreter."""
    code, out, err = program.run("tui.cli.main:main", map(str, words))
    return subprocess.CompletedProcess(words, code, out, err)


@pytest.mark.parametrize("command", ALL)
def test_help_is_chinese_first_and_tells_the_exit_codes(program: Stem, command: str) -> None:
    done = _branched(program, *command.split(), "--help")
    assert done.returncode == 0
    assert "退出码 / exit codes:" in done.stdout
    assert "显示帮助 / show this help" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["renew", "--config", "x"],
        ["renew", "--conf", "x", "--answers", "y", "--pin-file", "z"],
        ["renew", "--config", "x", "--answers", "y"],
        ["renew", "--config", "x", "--json"],
        ["certs", "--config", "a", "--module", "b"],
        ["sandbox"],
        ["sandbox", "pay", "--dir", "x"],
        ["sandbox", "fault", "--dir", "x", "no-such-fault"],
        ["sandbox", "fault", "--dir", "x", "reset", "--count", "0"],
        ["sandbox", "fault", "--dir", "x", "wrong-chain", "--channel", "alipay"],
        ["sandbox", "fault", "--dir", "/nowhere", "reset"],
        ["sandbox", "token", "--dir", "x", "--module", "y", "--slot", "0", "--pin-file", "z", "--cn", "x" * 65],
        [
            "sandbox",
            "token",
            "--dir",
            "x",
            "--module",
            "y",
            "--slot",
            "0",
            "--pin-file",
            "/dev/null",
            "--cn",
            "公" * 64,
        ],
        ["demo", "--speed", "0"],
        ["certs", "--config", "/nowhere/kiosk.toml"],
        ["--config", "/nowhere/kiosk.toml", "doctor"],
        ["desk", "serve", "--config", "/nowhere/desk.toml"],
        ["desk", "orders", "--config", "/nowhere/desk.toml"],
        ["desk", "orders", "--config", "x", "--frozen", "--open"],
        ["desk", "refund", "--config", "x", "YW1"],
        ["desk", "release", "--config", "x", "YW1", "--attempt", "ZF1", "--reason", "y"],
        ["desk", "release", "--config", "x", "YW1", "--attempt", "ZF1", "--credit", "--return", "--reason", "y"],
        ["desk", "reconcile", "--config", "x", "--date", "yesterday"],
        ["desk", "reconcile", "--config", "/nowhere/desk.toml"],
        ["desk", "verify", "--channel", "cash", "--kind", "answer", "--trust", "x"],
        ["desk", "verify", "--channel", "alipay", "--kind", "answer", "--trust", "/nowhere/key.pem"],
    ],
    ids=" ".join,
)
def test_usage_and_settings_end_with_2(program: Stem, words: list[str]) -> None:
    done = _branched(program, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("library", "words", "extra"),
    [
        ("sqlalchemy", ("desk", "migrate", "--config", "x"), "desk"),
        ("httpx", ("sandbox", "pay", "--dir", "x", "YW1"), "demo"),
        ("aiosmtpd", ("demo", "--linear"), "demo"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_a_missing_extra_is_named(library: str, words: tuple[str, ...], extra: str) -> None:
    without = f"import sys; sys.modules[{library!r}] = None; from tui.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert library in done.stderr
    assert f"pip install 'ca-renewal-kiosk[{extra}]'" in done.stderr


def test_ctrl_c_before_there_is_a_command_says_nothing() -> None:
    pressed = """
import sys
class Pressed:
    def find_spec(self, name, *_):
        if name == "tui.cli.run":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
from tui.cli.main import main
main()"""
    done = subprocess.run([sys.executable, "-c", pressed], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize("group", ["desk", "sandbox"])
def test_a_missing_command_is_named(group: str) -> None:
    done = _run(group)
    assert done.returncode == 2
    assert done.stderr.endswith("the following arguments are required: COMMAND\n")


def test_the_legend_tells_every_exit_code() -> None:
    told = [int(line.split()[0]) for line in LEGEND.splitlines()[1:-1]]
    assert told == list(Exit)


def test_files_with_secrets_that_are_open_to_others_are_refused(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "no.so"\n[kiosk]\nlog = ""\n')

    answers, pin = tmp_path / "answers.toml", tmp_path / "pin"
    answers.write_text(WHOLE)
    pin.write_text("246810\n")
    for bad, good in ((answers, pin), (pin, answers)):
        bad.chmod(0o644)
        good.chmod(0o600)
        done = _run("renew", "--config", config, "--answers", answers, "--pin-file", pin)
        assert (done.returncode, done.stderr.count("\n"), str(bad) in done.stderr) == (Exit.USAGE, 1, True)
        assert re.search("chmod 6[04]0", done.stderr)


@pytest.mark.parametrize("command", ["serve", "evidence"])
@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("sqlite:///missing/desk.db", "ca-kiosk desk migrate --config"),
        ("postgresql+psycopg://desk:xyzzy@127.0.0.1:1/desk", "127.0.0.1"),
    ],
)
def test_a_database_that_is_not_there_is_told_in_one_line(
    program: Stem, tmp_path: Path, command: str, database: str, said: str
) -> None:
    (tmp_path / "data.key").write_bytes(base64.b64encode(bytes(32)))
    (tmp_path / "desk.toml").write_text(
        f'[desk]\nport = 0\ncertificate = "c"\nkey = "k"\ndata_key_file = "data.key"\ndatabase = "{database}"\n'
        '[[prices]]\nmonths = 12\nfee_fen = 1\n[ca]\ncertificate = "c"\nkey = "k"\n'
    )
    for name in ("data.key", "desk.toml"):  # the latter may hold a password
        (tmp_path / name).chmod(0o600)
    order = ["YW1"] if command == "evidence" else []
    done = _branched(program, "desk", command, "--config", tmp_path / "desk.toml", *order)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "desk.database" in done.stderr
    assert said in done.stderr
    assert "xyzzy" not in done.stderr


def test_the_kiosk_needs_a_terminal() -> None:
    done = _run()
    assert done.returncode == 2
    assert "终端" in done.stderr


def test_certs_without_token_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\n")
    done = _run("certs", "--json", "--module", MODULE, SOFTHSM2_CONF=str(tmp_path / "softhsm2.conf"))
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_certs_names_a_driver_that_cannot_be_loaded(tmp_path: Path) -> None:
    done = _run("certs", "--module", tmp_path / "no.so")
    assert done.returncode == 4
    assert "E-121" in done.stdout


def test_doctor_tells_every_line_and_ends_with_the_first_fault(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "{tmp_path}/no.so"\n[kiosk]\nlog = ""\n'
    )
    done = _run("doctor", "--json", "--config", config)
    lines = {line["item"]: line for line in json.loads(done.stdout)}
    assert done.returncode == 4
    assert lines["driver"] == {
        "item": "driver",
        "ok": False,
        "detail": f"{tmp_path}/no.so",
        "reason": "driver_missing",
    }
    assert lines["desk"]["reason"] == "desk_unreachable"
    in_words = _run("doctor", "--config", config)
    assert "[✗] CA驱动" in in_words.stdout


def _state(process: int) -> str:
    """A letter of proc_pid_stat(5), behind the name."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_renewal_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    config, pin = tmp_path / "kiosk.toml", tmp_path / "pin"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "m.so"\n[kiosk]\nlog = ""\n')
    (tmp_path / "answers.toml").write_text(WHOLE)
    (tmp_path / "answers.toml").chmod(0o600)
    os.mkfifo(pin, 0o600)
    words = ["renew", "--config", config, "--answers", tmp_path / "answers.toml", "--pin-file", pin]
    process = subprocess.Popen([sys.executable, "-m", "tui", *map(str, words)], stderr=subprocess.PIPE)
    with process, pin.open("wb"):  # opens when the program is about to read the PIN
        while _state(process.pid) != "S":  # a signal just before it sleeps would be heard with the PIN's first byte
            pass
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (128 + number, b"")


def test_an_answers_error_names_its_key_and_no_value(tmp_path: Path) -> None:
    config, answers, pin = tmp_path / "kiosk.toml", tmp_path / "answers.toml", tmp_path / "pin"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "m.so"\n[kiosk]\nlog = ""\n')
    answers.write_text('account = "a"\npassword = 20202020\n[agent]\nid_type = "resident_id"\nid_number = "1101"\n')
    pin.write_text("246810\n")
    for file in (answers, pin):
        file.chmod(0o600)
    done = _run("renew", "--config", config, "--answers", answers, "--pin-file", pin)
    assert done.returncode == 2
    assert "agent.name" in done.stderr
    assert "20202020" not in done.stderr


@pytest.mark.parametrize(("called", "told"), [("main()", ""), ("main(sys.argv[1:])", "later\n")])
def test_a_plain_command_leaves_without_taking_python_apart(tmp_path: Path, called: str, told: str) -> None:
    run = f"import atexit, sys; atexit.register(print, 'later'); from tui.cli.main import main; {called}"
    words = ["certs", "--json", "--config", str(tmp_path / "none.toml")]
    done = subprocess.run([sys.executable, "-c", run, *words], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (Exit.USAGE, told)
    assert "none.toml" in done.stderr
