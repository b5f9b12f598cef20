"""A program with TERM=linux at 80x24: the cells that its bytes leave on a console."""

import os
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import pexpect
import pyte

from tests.rig.vga import Cell, cells

SIZE = (80, 24)
PATIENCE = 30.0
"""Seconds the program may take to come up."""
STILL = 0.3
"""Seconds without a byte after which the screen stands."""


def login(**more: str) -> dict[str, str]:
    """The environment of a login on the console."""
    kept = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "NO_COLOR", "TMUX")}
    return {**kept, "TERM": "linux", "LC_ALL": "C.UTF-8", **more}


def on_pty(words: Sequence[str], ready: Path, folder: Path) -> list[list[Cell]]:
    """The screen once the program, started in `folder`, has made the file `ready`.

    :raises TimeoutError: it never did.
    """
    screen = pyte.Screen(*SIZE)
    stream = pyte.ByteStream(screen)
    environment: Any = login()
    program = pexpect.spawn(words[0], [*words[1:]], dimensions=SIZE[::-1], env=environment, cwd=str(folder))
    end = monotonic() + PATIENCE
    try:
        while True:
            was_ready = ready.exists()  # looked at first: what was written before it is read after it
            if not _read(program, stream) and was_ready:
                return list(cells(screen))
            if monotonic() > end:
                raise TimeoutError("the program did not come up")
    finally:
        program.close(force=True)


def _read(program: Any, stream: pyte.ByteStream) -> bool:
    """Whether something was written within a moment."""
    try:
        stream.feed(program.read_nonblocking(1 << 16, timeout=STILL))
    except pexpect.TIMEOUT:
        return False
    return True
