"""Keep secrets off the disk and out of other processes' sight; every process calls this first."""

import os
import resource
import signal

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
"""prctl(2)."""


def harden() -> None:
    """No core dump, which would hold PIN and keys in the clear; files made from now on are their owner's alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)


def hide() -> None:
    """Let no other process of the same user look into this one's memory (ptrace, /proc/PID/mem).

    `ctypes` takes some milliseconds to load: a full-screen program calls this after its first paint.
    """
    _prctl(_PR_SET_DUMPABLE, 0)


def end_with_parent(parent: int) -> None:
    """Be told SIGTERM when the process that forked this one, by its main thread, is gone, however it went."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
