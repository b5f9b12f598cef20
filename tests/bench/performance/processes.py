"""What a program and the processes below it use, from /proc (proc(5))."""

import os
from collections.abc import Iterator
from pathlib import Path


def tree(root: int) -> tuple[int, ...]:
    """The process and all below it."""
    found = [root]
    for pid in found:
        found += _children(pid)
    return tuple(found)


def _children(pid: int) -> Iterator[int]:
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
        return


def processor(pids: tuple[int, ...]) -> float:
    """Seconds of processor time of all their threads so far, to the nanosecond (schedstat's first number)."""
    return sum(int((task / "schedstat").read_text().split()[0]) for pid in pids for task in _tasks(pid)) / 1e9


def _tasks(pid: int) -> Iterator[Path]:
    try:
        yield from Path(f"/proc/{pid}/task").iterdir()
    except FileNotFoundError:
        return


def proportional(pids: tuple[int, ...]) -> float:
    """MiB that are theirs, each shared page by its share (PSS); another user's need root."""
    return _rolled_up(pids, "Pss")


def anonymous(pids: tuple[int, ...]) -> float:
    """MiB of these that come from no file: what others do with the same libraries does not change it."""
    return _rolled_up(pids, "Pss_Anon")


def _rolled_up(pids: tuple[int, ...], name: str) -> float:
    lines = (line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def clean_environment() -> dict[str, str]:
    """What a measured program is given: 24-bit colours, UTF-8, and leave to use compiled modules."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
