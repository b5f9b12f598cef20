"""Hear what drivers see first, for a command that does not stay: an event loop would take 70 ms to import."""

import select
from collections.abc import Sequence
from time import monotonic

import msgspec

from tui.core.token import Snapshot
from tui.token import protocol
from tui.token.launch import HeadStart, Module, Process, kill
from tui.token.load import received
from tui.token.protocol import Seen

_PATIENCE = 1.0
"""Seconds that a process which is asked to end may take."""


def glance(modules: Sequence[Module], started: HeadStart, seconds: float = 1.0) -> Snapshot | None:
    """What all of them see; the processes have ended then.

    None where one has not told it in this time (all stay with `started`), or tells of a fault: `Tokens` is to be asked.
    """
    there = map(started.peek, dict.fromkeys(modules))
    processes = [process for process in there if process is not None]
    if len(processes) < len(modules) or not _all_told(processes, monotonic() + seconds):
        return None
    for module in modules:
        started.take(module)
    try:
        reports = [_first_report(process) for process in processes]
    except (EOFError, OSError, msgspec.DecodeError):
        return None
    finally:
        _end(processes)
    seen = [report.tokens for report in reports if isinstance(report, Seen)]
    return Snapshot(tuple(token for tokens in seen for token in tokens)) if len(seen) == len(reports) else None


def _all_told(processes: Sequence[Process], deadline: float) -> bool:
    """Wait until each has said something, or has ended: whether they all have by then."""
    for process in processes:
        poll = select.poll()
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        poll.register(process.stdout, select.POLLIN)
        if not poll.poll(1000 * max(0.0, deadline - monotonic())):
            return False
    return True


def _first_report(process: Process) -> protocol.Report:
    assert process.stdout is not None  # noqa: S101
    report: protocol.Report = protocol.decode_report(received(process.stdout.fileno()))
    return report


def _end(processes: Sequence[Process]) -> None:
    """Ask them to end by closing their channel, all at once; kill what does not, and what is left of their groups."""
    for process in processes:
        assert process.stdin is not None  # noqa: S101
        process.stdin.close()
    _all_told(processes, monotonic() + _PATIENCE)
    for process in processes:
        kill(process)
        with process:  # waits for its end and closes the pipes
            pass
