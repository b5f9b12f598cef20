"""Where the program speaks line by line, and that it then needs neither terminal nor Textual."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pexpect
import pytest


def test_a_dumb_terminal_is_spoken_to_line_by_line_without_textual(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "no.so"\n[kiosk]\nlog = ""\n')
    at_exit = "import atexit, sys; atexit.register(lambda: print('textual' in sys.modules))"
    told = f"{at_exit}; from tui.cli.main import main; main(['--config', {str(config)!r}])"
    environment: Any = {**os.environ, "TERM": "dumb"}
    spawned = pexpect.spawn(sys.executable, ["-c", told], env=environment, timeout=60)
    with closing(spawned):
        spawned.expect("逐行问答方式.*0 退出.*：".encode())
        spawned.sendline("0")
        before = spawned.after
        spawned.expect(pexpect.EOF)
        assert spawned.wait() == 0
        assert b"False" in spawned.before
        assert b"\x1b" not in before + spawned.before


@pytest.mark.parametrize("words", [["--linear"], ["renew"]], ids=" ".join)
def test_lines_end_with_their_input(words: list[str], tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[desk]\nurl = "https://127.0.0.1:1"\n[[token.modules]]\npath = "no.so"\n[kiosk]\nlog = ""\n')
    program = [sys.executable, "-m", "tui", *words, "--config", str(config)]
    done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (129, "")
    assert "ssh -t" in done.stdout
    assert "已结束。" in done.stdout
