"""HTTP/1.1 over one TLS connection as the kiosk speaks it, at a small part of an HTTP client's cost."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    milliseconds: float
    """Until it was whole; opening the connection counts."""


class Wire:
    """One kiosk's connection, opened when it is needed."""

    def __init__(self, url: str, tls: ssl.SSLContext) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._tls = tls
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One exchange.

        :raises OSError: no answer, as EOFError.
        """
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        begun = time.monotonic()
        try:
            status, told, answer = await self._exchange(request.encode() + body)
        except (OSError, EOFError):
            self.close()
            raise
        return Answer(status, told, answer, 1000 * (time.monotonic() - begun))

    def close(self) -> None:
        """Give the connection back."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._streams is not None and self._streams[0].at_eof():
            self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        status = int(head[0].split()[1])
        length = 0 if status == 304 else int(told.get("content-length", "0"))
        answer = await reader.readexactly(length)
        if told.get("connection", "").lower() == "close":
            self.close()
        return status, told, answer
