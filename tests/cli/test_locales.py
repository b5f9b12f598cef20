"""Whatever the locale, every command prints; whatever a shell hands on, no file gets TLS secrets."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LOCALES: tuple[Mapping[str, str], ...] = (
    ASCII,
    {**ASCII, "LC_ALL": "POSIX"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"},
    {"PYTHONIOENCODING": "latin-1:strict"},
    {"PYTHONIOENCODING": "gbk:strict"},
    {"LC_ALL": "xx_YY.nothing", "PYTHONUTF8": "0"},
)


def run(*words: str | Path, environment: Mapping[str, str], stdout: int = subprocess.PIPE) -> tuple[int, bytes, bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-m", "tui", *map(str, words)],
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout or b"", done.stderr


@pytest.mark.parametrize("environment", LOCALES, ids=str)
def test_help_and_errors_print_in_any_locale(environment: Mapping[str, str]) -> None:
    code, out, err = run("--help", environment=environment)
    assert (code, err) == (0, b"")
    assert b"exit codes:" in out
    code, out, err = run("certs", "--config", os.fsdecode(b"/nowhere/\xb2\xe2.toml"), environment=environment)
    assert (code, out) == (2, b"")
    assert b"Traceback" not in err
    assert err.strip()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", 2),
        ("nonsense-\u6d4b", 2),
        ("demo --speed 0", 2),
        ("certs --help", 0),
        ("doctor --help", 0),
        ("renew --help", 0),
        ("renew --config {0}/kiosk.toml --answers {0}/no --pin-file {0}/no", 2),
        ("desk serve --config {0}/\u6d4b.toml", 2),
        ("desk verify --channel alipay --kind answer --trust {0}/no.pem", 2),
        ("sandbox fault --dir {0} \u6d4b", 2),
    ],
)
def test_every_command_prints_in_ascii(words: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[desk]\n")
    told, out, err = run(*words.format(tmp_path).split(), environment=ASCII)
    assert told == code
    assert b"Traceback" not in err
    assert b"internal fault" not in err
    (out + err).decode()


def test_tokens_and_checks_are_told_in_ascii(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "no.so"\n[kiosk]\nlog = ""\n')
    code, out, _ = run("certs", "--config", config, environment=ASCII)
    assert (code, "没有找到CA驱动的文件" in out.decode()) == (4, True)
    code, out, err = run("doctor", "--config", config, environment=ASCII)
    assert (code, err) == (4, b"")
    assert "CA驱动" in out.decode()


def test_without_standard_output_nothing_crashes() -> None:
    words = 'exec "$0" -m tui "$@" >&- 2>&-'
    done = subprocess.run(["sh", "-c", words, sys.executable, "nonsense"], check=False, timeout=60)
    assert done.returncode == 2


def test_the_size_of_another_window_wraps_no_help() -> None:
    inherited = run("renew", "--help", environment={"COLUMNS": "20", "LINES": "5"})
    assert inherited == run("renew", "--help", environment={"COLUMNS": "", "LINES": ""})


def test_tls_secrets_go_to_no_file(tmp_path: Path) -> None:
    config, secrets = tmp_path / "kiosk.toml", tmp_path / "keys"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "no.so"\n[kiosk]\nlog = ""\n')
    assert run("doctor", "--config", config, environment={"SSLKEYLOGFILE": str(secrets)})[0] == 4
    assert not secrets.exists()
