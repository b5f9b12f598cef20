"""What a process has open, by its own list (proc_pid_fd(5))."""

import os
from pathlib import Path


def open_files(process: int | str) -> set[str]:
    """Paths and `socket:[INODE]`s of a process, `self` for this one; what is closed meanwhile is left out."""
    found = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(os.readlink(entry))
        except FileNotFoundError:
            continue
    return found
