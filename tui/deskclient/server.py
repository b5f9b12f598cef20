"""Where the desk is, from the address in the settings."""

from typing import Self
from urllib.parse import quote, urlsplit

from tui.core.failure import DeskError, Failure, Reason
from tui.core.frozen import frozen

_PORT = 443
_OF_A_PATH = "/%:@!$&'()*+,;="
"""What stays as it is, beside letters and digits (RFC 3986 3.3)."""


@frozen
class Server:
    """One HTTPS server, and where on it the desk's paths begin."""

    host: str
    """In ASCII (RFC 5891), without brackets."""
    port: int
    base: str
    """Path before the desk's own ones, without a slash at its end."""

    @classmethod
    def of(cls, url: str) -> Self:
        """The server of an `https://` address.

        :raises DeskError: SETTINGS_WRONG: nothing can be reached by it.
        """
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port or _PORT
        except ValueError as error:  # UnicodeError among them
            raise DeskError(Failure(Reason.SETTINGS_WRONG, detail=type(error).__name__)) from error
        if parts.scheme != "https" or not host:
            raise DeskError(Failure(Reason.SETTINGS_WRONG, detail="https"))
        return cls(host, port, quote(parts.path.rstrip("/"), safe=_OF_A_PATH))

    @property
    def authority(self) -> str:
        """For the Host header (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORT else f"{host}:{self.port}"
