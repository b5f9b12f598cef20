"""Keep secrets off the disk and out of other processes' sight; every process calls this first."""

import os
import resource

_PR_SET_DUMPABLE = 4
"""prctl(2)."""


def harden() -> None:
    """No core dump, which would hold PIN and keys in the clear; files made from now on are their owner's alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)


def hide() -> None:
    """Let no other process of the same user look into this one's memory (ptrace, /proc/PID/mem).

    `ctypes` takes some milliseconds to load: a full-screen program calls this after its first paint.
    """
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
