"""What a receipt is handed over to, and why it may not arrive; the renewal is finished either way."""

from enum import StrEnum


class OutletKind(StrEnum):
    """Where a receipt can go."""

    PRINTER = "printer"
    FOLDER = "folder"
    """The operator's spool."""


class OutletTrouble(StrEnum):
    """Why a receipt did not arrive."""

    AWAY = "away"
    """The printer does not answer, or its device is not there."""
    PAPER_OUT = "paper_out"
    UNFIT = "unfit"
    """The library for printers is not installed, or the settings do not fit the printer."""
    FULL = "full"
    """The folder cannot be written."""


class OutletRefused(Exception):  # noqa: N818 - what happened
    """The receipt did not arrive; the text is for staff."""

    def __init__(self, trouble: OutletTrouble, detail: str = "") -> None:
        super().__init__(detail)
        self.trouble = trouble
