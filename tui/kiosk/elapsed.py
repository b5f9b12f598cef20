"""The time that has passed, also while the machine slept."""

import time
from typing import Final

_SLEEP_COUNTS: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)


def elapsed() -> float:
    """Seconds since an unknown moment: whoever opens a machine that slept for an hour is not who left it.

    Linux alone tells it (clock_gettime(2), CLOCK_BOOTTIME); elsewhere sleep is left out, as by `time.monotonic`.
    """
    return time.monotonic() if _SLEEP_COUNTS is None else time.clock_gettime(_SLEEP_COUNTS)
