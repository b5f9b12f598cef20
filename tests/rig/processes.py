"""Whether a process has ended, told by its descriptor (pidfd_open(2)): an event, for strangers' children too."""

import os
import select
from contextlib import suppress


def ended(pid: int, seconds: float | None = None) -> bool:
    """Whether it ends within this time, or ever where none is given; one that nobody has reaped has ended."""
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            return bool(select.select([descriptor], [], [], seconds)[0])
        finally:
            os.close(descriptor)
    return True


def runs(pid: int) -> bool:
    """Whether it still does, now."""
    return not ended(pid, 0)
