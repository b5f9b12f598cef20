"""Fetch the files of an issued invoice: only over HTTPS, only from named hosts, only in the expected formats."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from tui.desk.outbound import HttpsConnection, Unreachable
from tui.desk.storage.invoices import FileKind

FILE_LIMIT = 2 * 1024 * 1024
"""Bytes; an invoice of one line has some ten thousand."""
_REDIRECTS = 3
_BEGINNINGS: Mapping[FileKind, tuple[bytes, ...]] = {
    FileKind.PDF: (b"%PDF-",),
    FileKind.OFD: (b"PK\x03\x04",),  # GB/T 33190: a ZIP
    FileKind.XML: (b"<", b"\xef\xbb\xbf<"),
}


class NotFetched(Exception):  # noqa: N818 — named as the desk speaks of it
    """The file is not here; the text holds no address."""

    def __init__(self, text: str, final: bool) -> None:
        """`final` means that asking again cannot help."""
        super().__init__(text)
        self.text = text
        self.final = final


class InvoiceFiles:
    """Fetches files, usable from any thread."""

    def __init__(self, hosts: tuple[str, ...], deadline: float, ca_file: Path | None) -> None:
        """`hosts` with their ports where these are not 443."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self._connection = HttpsConnection(deadline, ca_file)

    def get(self, url: str, kind: FileKind) -> bytes:
        """The file that the link leads to.

        :raises NotFetched: another host, another type (final is only the first), too long, or not answered.
        """
        for _ in range(1 + _REDIRECTS):
            try:
                answer = self._connection.get(self._allowed(url), FILE_LIMIT)
            except Unreachable as error:
                raise NotFetched(str(error), final=False) from error
            if answer.status == 200:
                if not answer.body.startswith(_BEGINNINGS[kind]):
                    raise NotFetched(f"not a {kind.value} file", final=False)
                return answer.body
            if not (300 <= answer.status < 400 and answer.location):
                raise NotFetched(f"HTTP {answer.status}", final=False)
            url = _joined(url, answer.location)
        raise NotFetched("too many redirects", final=False)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _allowed(self, url: str) -> httpx.URL:
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise NotFetched("not a link", final=True) from error
        if parts.scheme != "https" or parts.userinfo or parts.netloc.decode("ascii") not in self._hosts:
            raise NotFetched("the link leads to a host that file_hosts does not name", final=True)
        return parts


def _joined(url: str, location: str) -> str:
    try:
        return str(httpx.URL(url).join(location))
    except httpx.InvalidURL as error:
        raise NotFetched("redirected to what is not a link", final=False) from error
