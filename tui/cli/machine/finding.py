"""One thing that the machine has or lacks."""

import subprocess
from collections.abc import Sequence

from tui.core.exits import Exit
from tui.core.frozen import frozen

PATIENCE = 8.0
"""Seconds for another program's answer."""


@frozen
class Finding:
    """One line of `doctor --deep`."""

    item: str
    ok: bool | None
    """None: cannot be judged from here; the detail says why."""
    detail: str
    fix: str = ""
    """What to do, in the language of the kiosk; empty when all is well."""
    code: Exit = Exit.USAGE
    """What the command ends with when this is the first thing that is not well."""


def answer(words: Sequence[str]) -> str | None:
    """What another program says on its standard output; None where it is missing, fails or does not end."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
