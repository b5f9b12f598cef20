"""The log tells what failed and nothing about the person."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.process.logbook import open_logbook

log = logging.getLogger("tui.test_logbook")


@pytest.fixture(autouse=True)
def closed_again() -> Iterator[None]:
    root = logging.getLogger("tui")
    before, loud = (root.handlers[:], root.propagate, root.level), logging.raiseExceptions
    yield
    logging.raiseExceptions = loud
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


def test_libraries_are_not_written(tmp_path: Path) -> None:
    open_logbook(tmp_path / "kiosk.log")
    logging.getLogger("httpx").warning("Authorization: Bearer")
    assert (tmp_path / "kiosk.log").read_text() == ""


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
