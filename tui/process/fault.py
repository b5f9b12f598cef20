"""Name an exception by its type and place alone: its text and its frames may hold secrets and personal data."""

from pathlib import Path


def named(error: BaseException) -> str:
    """The type, and the file and line that raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + place
