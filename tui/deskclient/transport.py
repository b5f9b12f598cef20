"""HTTP/1.1 over TLS on asyncio and h11 alone: a client library takes 40 ms to import, and 3 MiB."""

import asyncio
import contextlib
import socket
import ssl
from asyncio.sslproto import SSLProtocol
from dataclasses import field
from typing import Any

import h11

from tui.core.failure import DeskError, Failure, Reason
from tui.core.frozen import frozen
from tui.deskclient.faults import told
from tui.deskclient.reply import Reply
from tui.deskclient.server import Server

LIMIT = 1 << 20
"""Bytes of an answer; an application with its certificate has about ten thousand."""

_CONNECTING, _WRITING = 5.0, 10.0
"""Seconds for a new connection with its TLS, and for a request to go out."""
_KEPT = 20.0
"""Seconds that an idle connection is kept: less than the desk keeps it (30), longer than a page is read."""
_UNUSED = 5.0
"""The same of one that nothing was asked on: the desk waits less long (10) for the first request."""
_CHUNK = 1 << 16
SSLProtocol.max_size = 1 << 15
"""Bytes that each connection sets aside for what comes: two records of TLS. asyncio's own 256 KiB are for servers."""
_LONGEST_HEAD = 100 * 1024
"""Bytes of a status line with its headers."""
_FAREWELL = 1.0
"""Seconds for TLS to take its leave."""


@frozen
class Request:
    """What is asked, whole."""

    method: str
    path: str
    """Below the server's base."""
    headers: dict[str, str] = field(repr=False)
    """But for Host and Content-Length."""
    body: bytes = field(default=b"", repr=False)


class Transport:
    """Connections to one server, each used again while it lasts; every fault is a `DeskError`."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._server, self._context = server, context
        self._idle: list[_Connection] = []
        self._asking = 0
        """Calls under way, each on a connection that it has or will have."""
        self._coming: asyncio.Future[None] | None = None
        """Done when the connection that is being opened for the next call is there, or is not to be had."""

    async def ask(self, request: Request, seconds: float) -> Reply:
        """The answer, which may not fall silent for so many seconds.

        :raises DeskError: there is none, or one that is too long.
        """
        self._asking += 1
        try:
            connection = await self._connection()
            with contextlib.ExitStack() as undo:
                undo.callback(connection.abort)
                reply = await connection.ask(request, seconds)
                undo.pop_all()
        finally:
            self._asking -= 1
        if connection.rest():
            self._idle.append(connection)
            self._come()  # whoever waits for the one that is being opened takes this one
        else:
            await connection.close()
        return reply

    async def open(self) -> None:
        """Have a connection ready beside the first call's; that none is to be had is told by the call that needs it."""
        if self._asking > 1 or self._coming is not None:
            return
        if (ready := self._kept()) is None:
            self._coming = asyncio.get_running_loop().create_future()
            try:
                ready = await _connected(self._server, self._context)
            except DeskError:
                return
            finally:
                self._come()
        self._idle.append(ready)

    async def close(self) -> None:
        """Close the idle connections."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    def _come(self) -> None:
        """Nobody waits any more for the connection that is being opened."""
        if self._coming is not None:
            self._coming.set_result(None)
            self._coming = None

    async def _connection(self) -> "_Connection":
        """One that is there or on its way, or else a new one."""
        if (kept := self._kept()) is None and self._coming is not None:
            await asyncio.shield(self._coming)
            kept = self._kept()
        return kept or await _connected(self._server, self._context)

    def _kept(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable():
                return connection
            connection.abort()
        return None


class _Connection:
    """One connection and the HTTP spoken on it."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._kept_until = asyncio.get_running_loop().time() + _UNUSED

    def is_usable(self) -> bool:
        """Whether a request may go this way: neither side has closed it, and nothing came unasked."""
        now = asyncio.get_running_loop().time()
        # What a server or proxy has said since its last answer would be taken for the next one.
        is_quiet = not (self._reader.at_eof() or self._reader._buffer)  # type: ignore[attr-defined]
        return is_quiet and not self._writer.is_closing() and now < self._kept_until

    async def ask(self, request: Request, seconds: float) -> Reply:
        """Send a request whole, then read its answer.

        :raises DeskError: see `Transport.ask`.
        """
        with told():
            await self._send(request)
            head = await self._head(seconds)
            body = bytearray()
            while isinstance(event := await self._event(seconds), h11.Data):
                body += event.data
                if len(body) > LIMIT:
                    raise DeskError(Failure(Reason.DESK_FAULT, detail=f"answer of more than {LIMIT} bytes"))
        return Reply(head.status_code, _by_name(head), bytes(body))

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

    async def _send(self, request: Request) -> None:
        headers = {"Host": self._server.authority, **request.headers}
        if request.body or request.method in ("POST", "PUT"):
            headers["Content-Length"] = str(len(request.body))
        target = f"{self._server.base}/{request.path}"
        head = h11.Request(method=request.method, target=target, headers=[*headers.items()])
        body = [h11.Data(data=request.body)] if request.body else []
        sent = b"".join(self._http.send(event) or b"" for event in (head, *body, h11.EndOfMessage()))
        with contextlib.suppress(ConnectionError):  # it may have answered before it hung up
            async with asyncio.timeout(_WRITING):
                self._writer.write(sent)
                await self._writer.drain()

    async def _head(self, seconds: float) -> h11.Response:
        while not isinstance(event := await self._event(seconds), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("no answer")
        return event

    async def _event(self, seconds: float) -> h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(seconds):
                self._http.receive_data(await self._reader.read(_CHUNK))
        if not isinstance(event, h11.Event):  # h11.PAUSED: the server speaks on after its answer
            raise h11.RemoteProtocolError("more than one answer")
        if isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("no answer")
        return event


async def _connected(server: Server, context: ssl.SSLContext) -> _Connection:
    with told(late=Reason.DESK_UNREACHABLE):
        async with asyncio.timeout(_CONNECTING):
            return _Connection(server, *await _streams(server, context))


async def _streams(server: Server, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the first of the server's addresses that takes a connection; what its TLS refuses, no other address mends.

    Names are in bytes: text is taken to Python's IDNA codec, 0.3 MiB of tables, though `Server` has encoded it.
    """
    name: Any = server.host.encode("ascii")  # asyncio hands it to `ssl`, which takes either
    *others, last = await _addresses(server)
    for address in others:
        try:
            return await asyncio.open_connection(address, server.port, ssl=context, server_hostname=name)
        except ssl.SSLError:
            raise
        except OSError:
            continue
    return await asyncio.open_connection(last, server.port, ssl=context, server_hostname=name)


async def _addresses(server: Server) -> list[str]:
    if server.is_address:
        return [server.host]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(server.host.encode("ascii"), server.port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _by_name(head: h11.Response) -> dict[str, str]:
    """Each header by its name in small letters; one that comes twice is a list (RFC 9110 5.2)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
