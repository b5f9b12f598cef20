"""Paths as words on a command line name them."""

from pathlib import Path


def absolute(path: Path) -> Path:
    """From the working directory.

    :raises FileNotFoundError: it is relative, and the working directory was removed; the error names the path.
    """
    try:
        return path.absolute()
    except FileNotFoundError as error:
        raise FileNotFoundError(error.errno, error.strerror, str(path)) from error
