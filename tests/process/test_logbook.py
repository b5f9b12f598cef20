"""The log tells what failed and nothing about the person."""

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.process.logbook import open_logbook

log = logging.getLogger("tui.test_logbook")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def closed_again() -> Iterator[None]:
    root, libraries = logging.getLogger("tui"), logging.getLogger()
    before, loud = (root.handlers[:], root.propagate, root.level), logging.raiseExceptions
    yield
    logging.raiseExceptions = loud
    libraries.handlers[:] = [handler for handler in libraries.handlers if type(handler) is not logging.NullHandler]
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.propagate = before[1]
    root.setLevel(before[2])


def test_records_are_masked_and_tracebacks_left_out(tmp_path: Path) -> None:
    path = tmp_path / "state" / "kiosk.log"
    open_logbook(path)
    log.info("id %s mail %s \x1b[31m", "11010519491231002X", "zhang.san@example.cn")
    try:
        raise ValueError("pin 246810")
    except ValueError:
        log.exception("it failed")
    text = path.read_text()
    assert "110*************2X" in text
    assert "z***@example.cn" in text
    assert "ERROR tui.test_logbook: it failed (ValueError test_logbook.py:" in text
    assert not [word for word in ("246810", "\x1b", "Traceback", "11010519491231002X") if word in text]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kept", [True, False])
def test_libraries_are_written_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    path = tmp_path / "kiosk.log"
    path.touch()
    with monkeypatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [])  # pytest's own would take what comes
        open_logbook(path if kept else None)
        logging.getLogger("httpx").warning("Authorization: Bearer")
    assert (path.read_text(), *capsys.readouterr()) == ("", "", "")


def test_python_and_libraries_tell_no_values(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        """
import logging, threading
from tui.process.logbook import hold_back_values, log_to_stderr

def fail():
    raise ValueError("张三")

class Unfinished:
    def __del__(self):
        fail()

log_to_stderr()
hold_back_values()
threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(0), None, None)))
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Unfinished()
try:
    fail()
except ValueError:
    logging.getLogger("library").exception("it said 11010519491231002X")
    logging.getLogger("library").info("a body")
"""
    )
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, program], env=known, capture_output=True, text=True, check=True)
    assert [line.split(" ", 2)[2] for line in done.stderr.splitlines()] == [
        "ERROR tui.python: a thread has ended (ValueError program.py:6)",
        "ERROR tui.python: what cannot be raised (ValueError program.py:6)",
        "ERROR library: it said 110*************2X (ValueError program.py:6)",
    ]


def test_no_log_where_none_is_wanted_or_possible(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert open_logbook(None) is None
    assert open_logbook(tmp_path / "file" / "kiosk.log") is None
    assert open_logbook(tmp_path) is None


def test_a_line_that_cannot_be_written_is_shown_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_logbook(tmp_path / "kiosk.log")
    (tmp_path / "kiosk.log").unlink()
    (tmp_path / "kiosk.log").mkdir()
    log.info("mail %s", "zhang.san@example.cn")
    assert tuple(capsys.readouterr()) == ("", "")
