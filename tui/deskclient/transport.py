"""HTTP/1.1 over TLS for httpx on asyncio and h11 alone: httpx's own transport imports twice as much as httpx."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterator

import h11
import httpx

_KEPT = 20.0
"""Seconds that an idle connection is kept: less than the desk keeps it (30), longer than a page is read."""
_CHUNK = 1 << 16
_LONGEST_HEAD = 100 * 1024
"""Bytes of a status line with its headers."""
_FAREWELL = 1.0
"""Seconds for TLS to take its leave."""


class Transport(httpx.AsyncBaseTransport):
    """Connections to one server, each used again while it lasts; every fault is one of httpx's exceptions."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and read the answer's head; its body is read, or given up, by whoever has the response."""
        if request.url.scheme != "https":
            raise httpx.UnsupportedProtocol(f"no scheme of this transport: {request.url.scheme}")
        seconds = request.extensions.get("timeout", {})
        connection = self._kept(request.url) or await _connected(request.url, self._context, seconds.get("connect"))
        with contextlib.ExitStack() as undo:
            undo.callback(connection.abort)
            head = await connection.ask(request, seconds.get("read"))
            undo.pop_all()
        return httpx.Response(head.status_code, headers=list(head.headers), stream=_Body(connection, self._idle.append))

    async def aclose(self) -> None:
        """Close the idle connections."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    def _kept(self, url: httpx.URL) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable(url):
                return connection
            connection.abort()
        return None


class _Connection:
    """One connection and the HTTP spoken on it."""

    def __init__(self, url: httpx.URL, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = _server(url), reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._seconds: float | None = None
        self._kept_until = 0.0

    def is_usable(self, url: httpx.URL) -> bool:
        """Whether a request to this server may go this way: neither side has closed it, and nothing came unasked."""
        now = asyncio.get_running_loop().time()
        # What a server or proxy has said since its last answer would be taken for the next one.
        is_quiet = not (self._reader.at_eof() or self._reader._buffer)  # type: ignore[attr-defined]
        is_open = is_quiet and not self._writer.is_closing()
        return is_open and self._server == _server(url) and now < self._kept_until

    async def ask(self, request: httpx.Request, seconds: float | None) -> h11.Response:
        """Send a request whole, then wait for the head of its answer."""
        self._seconds = seconds
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - as an asynchronous client makes it
        with _told(httpx.WriteTimeout, httpx.WriteError):
            self._send(h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw))
            async for part in request.stream:
                self._send(h11.Data(data=part))
            self._send(h11.EndOfMessage())
            with contextlib.suppress(ConnectionError):  # it may have answered before it hung up
                async with asyncio.timeout(seconds):
                    await self._writer.drain()
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event

    async def body(self) -> AsyncIterator[bytes]:
        """The answer's body as it comes."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    def rest(self) -> bool:
        """After a whole answer and nothing behind it: whether another request may follow."""
        is_over = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if not is_over or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._kept_until = asyncio.get_running_loop().time() + _KEPT
        return True

    def abort(self) -> None:
        """Let go of it at once."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Let go of it in order, in bounded time."""
        self._writer.close()
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._writer.wait_closed()
        except OSError:  # TimeoutError and ssl.SSLError among them
            self.abort()

    def _send(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data and not self._writer.is_closing():
            self._writer.write(data)

    async def _event(self) -> h11.Event:
        with _told(httpx.ReadTimeout, httpx.ReadError):
            while (event := self._http.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(self._seconds):
                    self._http.receive_data(await self._reader.read(_CHUNK))
        if not isinstance(event, h11.Event):  # h11.PAUSED: the server speaks on after its answer
            raise httpx.RemoteProtocolError("more than one answer")
        if isinstance(event, h11.ConnectionClosed):
            raise httpx.RemoteProtocolError("no answer")
        return event


class _Body(httpx.AsyncByteStream):
    """An answer's body; read to its end it gives the connection back, else the connection is given up."""

    def __init__(self, connection: _Connection, keep: Callable[[_Connection], None]) -> None:
        self._connection: _Connection | None = connection
        self._keep = keep

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert self._connection is not None  # noqa: S101 - httpx reads no closed stream
        async for part in self._connection.body():
            yield part
        if self._connection is not None and self._connection.rest():
            self._keep(self._connection)
            self._connection = None

    async def aclose(self) -> None:
        """Called by httpx in every case."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _server(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii"), url.port or 443


async def _connected(url: httpx.URL, context: ssl.SSLContext, seconds: float | None) -> _Connection:
    host, port = _server(url)
    with _told(httpx.ConnectTimeout, httpx.ConnectError):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    return _Connection(url, reader, writer)


@contextlib.contextmanager
def _told(late: type[httpx.TimeoutException], failed: type[httpx.NetworkError]) -> Iterator[None]:
    """Faults of network and protocol in httpx's words, which `tui.deskclient.faults` maps."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error)) from error
    except h11.RemoteProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
