"""Processor time of whole process trees, those that have ended among them."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def seconds(root: int) -> float:
    """User and system time that this process, all below it and all that they have waited for have used so far."""
    total, left = 0, [root]
    while left:
        process = Path("/proc", str(left.pop()))
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            left += [
                int(child) for task in (process / "task").iterdir() for child in (task / "children").read_text().split()
            ]
        except (FileNotFoundError, ProcessLookupError):  # it has just ended: its parent has its time
            continue
        total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime of proc_pid_stat(5)
    return total / _TICK
