"""What a program and the processes below it use, from /proc (proc(5))."""

import os
from pathlib import Path


def tree(root: int) -> tuple[int, ...]:
    """The process and all below it."""
    found = [root]
    for pid in found:
        found += [int(child) for task in _tasks(pid) for child in _read(task / "children").split()]
    return tuple(found)


def processor(pids: tuple[int, ...]) -> dict[Path, int]:
    """Nanoseconds of processor time of each of their threads so far (schedstat's first number)."""
    tasks = (task for pid in pids for task in _tasks(pid))
    return {task: int(used) for task in tasks for used in _read(task / "schedstat").split()[:1]}


def used_since(before: dict[Path, int], now: dict[Path, int]) -> float:
    """Seconds of processor time of the threads that are there now: what has ended takes nothing back."""
    return sum(used - before.get(task, 0) for task, used in now.items()) / 1e9


def proportional(pids: tuple[int, ...]) -> float:
    """MiB that are theirs, each shared page by its share (PSS); another user's need root."""
    return _rolled_up(pids, "Pss")


def anonymous(pids: tuple[int, ...]) -> float:
    """MiB of these that come from no file: what others do with the same libraries does not change it."""
    return _rolled_up(pids, "Pss_Anon")


def _rolled_up(pids: tuple[int, ...], name: str) -> float:
    lines = (line for pid in pids for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []


def _read(path: Path) -> str:
    """Nothing of a process that has ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def clean_environment() -> dict[str, str]:
    """What a measured program is given: 24-bit colours, UTF-8, and leave to use compiled modules."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
