"""What the processes of the program leave on the disk: no core dump, and no file that others may read."""

import stat
import subprocess
import sys
from pathlib import Path

_ROTATE = """
import logging, sys
from pathlib import Path
from tui.hardening import harden
harden()
from tui.runtime.logbook import open_logbook
handler = open_logbook(Path(sys.argv[1]))
logging.getLogger("tui").info("first")
handler.doRollover()
"""


def test_every_command_is_hardened_before_it_begins(tmp_path: Path) -> None:
    told = "lambda: print(resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))"
    words = f"'renew', '--config', '{tmp_path}/x', '--answers', 'y', '--pin-file', 'z'"
    program = f"import atexit, os, resource; atexit.register({told}); from tui.cli import main; main([{words}])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60, umask=0o022
    )
    assert (done.returncode, done.stdout) == (2, "(0, 0) 0o77\n")


def test_rotated_logs_are_the_owners_alone(tmp_path: Path) -> None:
    log = tmp_path / "kiosk.log"
    subprocess.run([sys.executable, "-c", _ROTATE, str(log)], check=True, timeout=60, umask=0o022)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"kiosk.log": 0o600, "kiosk.log.1": 0o600}
