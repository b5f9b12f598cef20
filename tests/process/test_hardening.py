"""What the processes of the program leave on the disk: no core dump, and no file that others may read."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.kiosk.stage import StillRuntime
from tui.kiosk.app import KioskApp

_ROTATE = """
import logging, sys
from pathlib import Path
from tui.process.hardening import harden
harden()
from tui.process.logbook import MEGABYTE, open_logbook
open_logbook(Path(sys.argv[1]))
assert "logging.handlers" not in sys.modules
Path(sys.argv[1]).write_text("-" * MEGABYTE)
logging.getLogger("tui").info("too much")
"""


_TOLD = """
import atexit, ctypes, os, resource, sys
from pathlib import Path
def told():
    dumpable = ctypes.CDLL(None).prctl(3)  # PR_GET_DUMPABLE
    Path(sys.argv[1]).write_text(f"{resource.getrlimit(resource.RLIMIT_CORE)} {oct(os.umask(0))} {dumpable}")
atexit.register(told)
"""


@pytest.mark.parametrize(
    "program",
    [
        "from tui.cli.main import main; main(['renew', '--config', '/none', '--answers', 'y', '--pin-file', 'z'])",
        "from types import SimpleNamespace; from tui.token.host import main; "
        "main.os = SimpleNamespace(_exit=sys.exit); main.main()",
    ],
    ids=["a command", "the driver's process"],
)
def test_every_process_is_hardened_and_hidden_before_it_begins(tmp_path: Path, program: str) -> None:
    found = tmp_path / "found"
    words = [sys.executable, "-c", _TOLD + program, str(found)]
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60, umask=0o022)
    assert found.read_text() == "(0, 0) 0o77 0"


async def test_the_kiosk_is_hidden_once_its_first_screen_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    runtime = StillRuntime()
    monkeypatch.setattr("tui.kiosk.app.hide", lambda: steps.append("hidden"))
    monkeypatch.setattr(runtime, "start", lambda post: steps.append("started"))
    async with KioskApp(runtime).run_test() as pilot:
        await pilot.pause()
    assert steps == ["hidden", "started"]


def test_rotated_logs_are_the_owners_alone_and_none_is_opened_before_there_is_something_to_write(
    tmp_path: Path,
) -> None:
    log = tmp_path / "kiosk.log"
    subprocess.run([sys.executable, "-c", _ROTATE, str(log)], check=True, timeout=60, umask=0o022)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"kiosk.log": 0o600, "kiosk.log.1": 0o600}
