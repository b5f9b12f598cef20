"""Log what failed and where, without secrets, personal data or values from tracebacks."""

import logging
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.text_safety import masked, printable
from tui.process.fault import named

if TYPE_CHECKING:
    from logging.handlers import RotatingFileHandler

MEGABYTE = 1 << 20
KEPT = 3
"""Older files beside the one being written."""

ROOT = "tui"
"""The program's own loggers; libraries log headers and bodies, and no more than what they warn of is written."""


class MaskedFormatter(logging.Formatter):
    """One line a record: long numbers and mail addresses starred, control characters removed, no traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        moment = self.formatTime(record, "%Y-%m-%d %H:%M:%S%z")
        message = masked(printable(record.getMessage()))
        error = record.exc_info[1] if record.exc_info else None
        raised = f" ({named(error)})" if error else ""
        return f"{moment} {record.levelname} {record.name}: {message}{raised}"


class Logbook(logging.Handler):
    """A file that is opened by the first record: a kiosk may have none for days, and `logging.handlers` is 0.2 MiB."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @cached_property
    def _file(self) -> "RotatingFileHandler":
        from logging.handlers import RotatingFileHandler

        file = RotatingFileHandler(self._path, maxBytes=MEGABYTE, backupCount=KEPT, encoding="utf-8", delay=True)
        file.setFormatter(MaskedFormatter())
        return file

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        self._file.emit(record)

    def close(self) -> None:
        """Close the file."""
        if "_file" in vars(self):
            self._file.close()
        super().close()


def hold_back_values() -> None:
    """Log by kind and place what Python would print with its text: what ends a thread, or cannot be raised."""
    log = logging.getLogger(f"{ROOT}.python")

    def ended(fault: threading.ExceptHookArgs) -> None:
        if fault.exc_type is not SystemExit:  # which ends a thread in order
            log.error("a thread has ended", exc_info=fault.exc_value)

    def unraisable(fault: "sys.UnraisableHookArgs") -> None:
        log.error("what cannot be raised", exc_info=fault.exc_value)

    threading.excepthook, sys.unraisablehook = ended, unraisable


def log_to_stderr() -> None:
    """Write the log to standard error from now on, as a service does, and what libraries warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter())
    logging.getLogger().addHandler(handler)  # else Python's last resort writes whole tracebacks
    log = logging.getLogger(ROOT)
    log.propagate = False
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def open_logbook(path: Path | None) -> logging.Handler | None:
    """Write the log to `path` from now on; None, or a place that cannot be written, keeps no log."""
    logging.getLogger().addHandler(logging.NullHandler())  # else Python's last resort writes whole tracebacks
    log = logging.getLogger(ROOT)
    log.propagate = False
    if path is None:
        log.addHandler(logging.NullHandler())
        return None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.open("a").close()
    except OSError:
        log.addHandler(logging.NullHandler())
        return None
    handler = Logbook(path)
    logging.raiseExceptions = False  # a line that a disk does not take is lost: the report of that shows its values
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handler
