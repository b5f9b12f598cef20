"""Where the desk is, from the address in the settings."""

from typing import Self
from urllib.parse import quote, urlsplit

from tui.core.failure import DeskError, Failure, Reason
from tui.core.frozen import frozen

_PORT = 443
_LABEL = 63
"""Characters of a host's name between two dots (RFC 1035 2.3.4)."""
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
            host, port = _ascii(parts.hostname or ""), parts.port or _PORT
        except ValueError as error:  # UnicodeError among them
            raise DeskError(Failure(Reason.SETTINGS_WRONG, detail=type(error).__name__)) from error
        if parts.scheme != "https" or not host:
            raise DeskError(Failure(Reason.SETTINGS_WRONG, detail="https"))
        return cls(host, port, quote(parts.path.rstrip("/"), safe=_OF_A_PATH))

    @property
    def is_address(self) -> bool:
        """Whether the host is no name but an IPv4 or IPv6 address."""
        return ":" in self.host or self.host.replace(".", "").isdigit()

    @property
    def authority(self) -> str:
        """For the Host header (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORT else f"{host}:{self.port}"


def _ascii(host: str) -> str:
    """Of most it is the host itself; Python's codec for the others takes 0.3 MiB of tables.

    :raises UnicodeError: there can be no such host.
    """
    labels = host.split(".")
    is_plain = host.isascii() and all(0 < len(label) <= _LABEL for label in labels)
    return host if is_plain else host.encode("idna").decode()
