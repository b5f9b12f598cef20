"""Whose word the desk's TLS certificate is believed on."""

import ssl
from pathlib import Path

from tui.core.failure import DeskError, Failure, Reason


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """TLS that believes this CA alone, or the system's store without one.

    :raises DeskError: SETTINGS_WRONG, the file cannot be read or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise DeskError(Failure(Reason.SETTINGS_WRONG, detail=f"ca_file {ca_file}: {error.strerror}")) from error
