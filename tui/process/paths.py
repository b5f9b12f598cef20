"""Paths as words on a command line name them, and the person's own folder."""

from pathlib import Path


def absolute(path: Path) -> Path:
    """From the working directory.

    :raises FileNotFoundError: it is relative, and the working directory was removed; the error names the path.
    """
    try:
        return path.absolute()
    except FileNotFoundError as error:
        raise FileNotFoundError(error.errno, error.strerror, str(path)) from error


def home() -> Path:
    """The person's folder; the root, as login(1) has it, for a user that HOME and the system know none of."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
