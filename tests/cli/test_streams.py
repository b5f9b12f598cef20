"""Commands whose streams are closed, full or nobody's: the documented code, one sentence, never an internal fault."""

import os
import pty
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

import tui
from tests.rig.stem import Stem
from tui.core.exits import Exit

LOST = "不能写入标准输出 / standard output cannot be written"
NOWHERE = f"{LOST}: No space left on device"
MODULE = ["--module", "/nowhere/driver.so"]
VERIFY = ["desk", "verify", "--channel", "alipay", "--kind", "notice", "--trust"]


def _run(program: Stem, tmp_path: Path, words: list[str], *, out: str = "", err: str = "") -> tuple[int, str, str]:
    """Exit code and what was written to standard output and error; each to another file where one is named."""
    kept = [tmp_path / "out", tmp_path / "err"]
    with ExitStack() as files:
        streams: list[IO[bytes]] = [files.enter_context(open(os.devnull, "rb"))]
        streams += [files.enter_context(open(name or file, "wb")) for name, file in zip((out, err), kept, strict=True)]
        code = program.branch("tui.cli.main:main", streams, words).wait(60)
    told, said = (file.read_text() if file.exists() else "" for file in kept)
    return code, told, said


def _closed(stream: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    """The command with a stream closed, as the shell writes it; on its standard input stands a password."""
    command = ["sh", "-c", f'exec "$@" {stream}', "sh", sys.executable, "-m", "tui", *words]
    return subprocess.run(command, input="12345678\n", capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("words", [["--help"], ["certs", *MODULE], ["certs", "--json", *MODULE]], ids=" ".join)
def test_a_full_disk_is_told_in_one_sentence(program: Stem, tmp_path: Path, words: list[str]) -> None:
    code, _told, said = _run(program, tmp_path, words, out="/dev/full")
    assert (code, said) == (Exit.USAGE, f"{NOWHERE}\n")


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_a_full_disk_is_told_where_nothing_is_held_back(word: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "tui", word]
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (Exit.USAGE, f"{NOWHERE}\n")


@pytest.mark.parametrize("words", [["--help"], ["certs", "--json", *MODULE]], ids=" ".join)
def test_what_a_disk_takes_in_part_alone_is_told_where_nothing_is_held_back(tmp_path: Path, words: list[str]) -> None:
    limited = ["prlimit", "--fsize=2", sys.executable, "-m", "tui", *words]  # bytes
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with open(tmp_path / "out", "wb") as out:
        done = subprocess.run(limited, env=environment, stdout=out, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (Exit.USAGE, f"{LOST}: File too large\n")


@pytest.mark.parametrize(
    "words", [["operator-password"], ["certs", "--json", *MODULE], ["certs", "--watch", *MODULE], ["--help"]]
)
def test_a_closed_standard_output_is_told_by_what_has_a_result(words: list[str]) -> None:
    done = _closed(">&-", words)
    assert (done.returncode, done.stderr) == (Exit.USAGE, f"{LOST}: Bad file descriptor\n")


def test_a_closed_standard_output_changes_nothing_where_there_is_no_result() -> None:
    done = _closed(">&-", ["certs", "--config", "/nowhere"])
    assert done.returncode == Exit.USAGE
    assert LOST not in done.stderr


def test_a_watch_tells_it_too(program: Stem, tmp_path: Path) -> None:
    code, _told, said = _run(program, tmp_path, ["certs", "--watch", *MODULE], out="/dev/full")
    assert (code, said) == (Exit.USAGE, f"{NOWHERE}\n")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["certs", "--config", "/nowhere"], ["operator-password"]], ids=" ".join
)
def test_what_cannot_be_said_changes_no_code(program: Stem, tmp_path: Path, words: list[str]) -> None:
    assert _run(program, tmp_path, words, err="/dev/full") == (Exit.USAGE, "", "")


def test_who_stops_reading_ends_a_command_as_sigpipe_would() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as out:
        command = [sys.executable, "-m", "tui", "certs", "--json", *MODULE]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_that_is_gone_ends_a_command_as_sighup_would() -> None:
    terminal, ours = pty.openpty()
    os.close(terminal)
    with open(ours, "wb", buffering=0) as gone:
        command = [sys.executable, "-m", "tui", "--help"]
        done = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (129, b"")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["certs", "--module", "driver.so"], Exit.TOKEN),
        (["certs", "--json", "--module", "driver.so"], Exit.TOKEN),
        (["certs", "show", "--module", "driver.so"], Exit.TOKEN),
        (["token", "pin", "--module", "driver.so"], Exit.TOKEN),
        (["doctor", "--config", "kiosk.toml"], Exit.USAGE),
        (["sandbox", "up", "--dir", "here"], Exit.USAGE),
        (["demo", "--linear", "--dir", "here"], Exit.USAGE),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_nothing_is_found_from_a_working_directory_that_was_removed(
    tmp_path: Path, words: list[str], code: Exit
) -> None:
    (gone := tmp_path / "gone").mkdir()
    command = ["sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', str(gone), sys.executable, "-m", "tui", *words]
    known = {**os.environ, "PYTHONPATH": str(Path(tui.__file__).parents[1])}
    done = subprocess.run(
        command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert words[-1] in done.stderr if code == Exit.USAGE else "E-121" in done.stderr


def test_without_standard_input_there_is_nothing_to_read() -> None:
    done = _closed("<&-", ["operator-password"])
    assert (done.returncode, done.stderr) == (Exit.USAGE, "至少8个字符 / at least 8 characters\n")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["certs", "show", *MODULE],
        ["demo", "--linear", "--pictures", "/proc/here"],
        ["desk", "orders", "--config", "/nowhere/desk.toml"],
        ["desk", "orders", "--config", "/"],
        ["desk", "orders", "--config", os.devnull],
        [*VERIFY, "/nowhere/key.pem"],
        ["sandbox", "pay", "--dir", "/nowhere", "YW1"],
        ["sandbox", "fault", "--dir", "/nowhere", "clear"],
        ["sandbox", "token", "--dir", "/", "--module", "/nowhere/driver.so", "--slot", "0", "--pin-file", os.devnull],
        ["renew", "--answers", "/", "--pin-file", "/"],
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_told_in_two_languages(program: Stem, tmp_path: Path, words: list[str]) -> None:
    code, told, said = _run(program, tmp_path, words)
    assert (code in (Exit.USAGE, Exit.TOKEN), told) == (True, "")
    assert "Errno" not in said
    assert re.search("[\u4e00-\u9fff]{2}", said), said
    if code != Exit.TOKEN:  # that is told in the person's own
        assert re.search("[a-z]+ [a-z]+", said), said


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["nonsense"], "argument [COMMAND]: invalid choice: 'nonsense' (choose from "),
        (["certs", "show", "extra"], "usage: ca-kiosk certs show "),
        (["certs", "--json", "--watch"], "not allowed with argument --json"),
        (["certs", "export", "x.txt"], "结尾 / must end in .pem, "),
        (["demo", "--speed", "0"], "应大于0，最多1000 / must be above 0, at most 1000"),
        (["desk", "reconcile", "--config", "x", "--date", "tomorrow"], "应为 YYYY-MM-DD / must be YYYY-MM-DD"),
        (["sandbox", "fault", "--dir", "x", "nope"], "argument NAME: invalid choice: 'nope' (choose from "),
        (["sandbox", "fault", "--dir", "x", "reset", "--count", "x"], "应为整数 / must be a whole number"),
        (["sandbox", "fault", "--dir", "x", "reset", "--count", "0"], "应不小于1 / must be at least 1"),
        (["sandbox", "fault", "--dir", "x", "a6", "--channel", "alipay"], "只有 unionpay / is played by unionpay"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_word_that_is_wrong_is_told_with_what_would_be_right(
    program: Stem, tmp_path: Path, words: list[str], right: str
) -> None:
    code, told, said = _run(program, tmp_path, words)
    assert (code, told, right in said) == (Exit.USAGE, "", True), said
