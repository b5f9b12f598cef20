"""Turn an exception that nobody expected into a failure, and log it."""

import traceback
from pathlib import Path

from tui.core.failure import Failure, KioskError, Reason


def failure_of(error: BaseException) -> Failure:
    """The failure that an adapter told, or a fault of this program."""
    return error.failure if isinstance(error, KioskError) else _fault(error)


def _fault(error: BaseException) -> Failure:
    """An unexpected exception by its type and place alone: its text and its frames may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Failure(Reason.KIOSK_FAULT, detail=type(error).__name__ + place)
