"""Turn an exception into a failure, also one that nobody expected."""

from tui.core.failure import Failure, KioskError, Reason
from tui.process.fault import named


def failure_of(error: BaseException) -> Failure:
    """The failure that an adapter told, or a fault of this program."""
    return error.failure if isinstance(error, KioskError) else Failure(Reason.KIOSK_FAULT, detail=named(error))
