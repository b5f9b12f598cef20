"""Serve one HTTP/1.1 connection, with a deadline and a size limit on everything that the peer sends."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tui.core.failure import Reason
from tui.deskclient.wire import PROBLEM_TYPE, Problem

HELD = "held"
"""In the state of a request's scope: true while its answer waits for news, and the kiosk would lose nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may take."""

    connections: int = 1000
    """Open at once, from all addresses."""
    per_address: int = 100
    handshake: float = 10.0
    """Seconds for TLS."""
    head: float = 10.0
    """Seconds from the first chance to speak to the end of the header."""
    body: float = 30.0
    """Seconds for the body."""
    answer: float = 30.0
    """Seconds for taking what waits to be sent, once that is too much."""
    head_bytes: int = 16 * 1024
    """Request line and header fields; an honest request has some five hundred."""


class Connection(HttpToolsProtocol):
    """uvicorn's protocol for one request at a time, with deadlines for header, body and answer; limits the header."""

    def __init__(self, *, limits: Limits, on_lost: Callable[[], None], **uvicorns: Any) -> None:
        """`on_lost` is called once the connection is gone."""
        super().__init__(**uvicorns)
        self._limits = limits
        self._on_lost = on_lost
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._receiving = self._in_head = True
        self._head = 0

    @property
    def receiving(self) -> bool:
        """Whether the peer still owes a request: from its connection on, and from each request's first byte."""
        return self._receiving

    @property
    def unread(self) -> bool:
        """Whether the peer does not take what it is answered."""
        return self._unread is not None

    @property
    def answering(self) -> bool:
        """Whether a whole request waits for its answer."""
        return not self._receiving and self.cycle is not None and not self.cycle.response_complete

    @property
    def held(self) -> bool:
        """Whether the answer waits for news only: whoever is sent away meanwhile asks again."""
        return self.answering and bool(self.cycle.scope["state"].get(HELD))

    def end(self) -> None:
        """End it at once."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The handshake is done."""
        super().connection_made(transport)
        self._expect(self._limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._expect(None)
        self._stop_waiting()
        super().connection_lost(exc)
        self._on_lost()

    def pause_writing(self) -> None:
        """Too much waits to be sent."""
        super().pause_writing()
        self._unread = self.loop.call_later(self._limits.answer, self.end)

    def resume_writing(self) -> None:
        """The peer reads."""
        self._stop_waiting()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what it cannot read is answered once and not told to the log, which anybody could fill.

        A connection kept for later stays so: an empty line before a request (RFC 9112 2.2) begins none.
        """
        if self._in_head:
            self._head += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # answered as if it had not asked (RFC 9110 7.8)
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            if self._in_head and self._head > self._limits.head_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins.

        :raises HttpParserError: the last one is not answered; no kiosk sends several at once (RFC 9112 9.3.2).
        """
        if self.answering:
            raise httptools.HttpParserError("a request before the last is answered")
        self._unset_keepalive_if_required()
        super().on_message_begin()
        if not self._receiving:
            self._expect(self._limits.head)
        self._receiving = self._in_head = True

    def on_headers_complete(self) -> None:
        """The header is there."""
        self._in_head, self._head = False, 0
        fields = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) + fields > self._limits.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        self._expect(self._limits.body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body, unless the header was refused."""
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._expect(None)
        self._receiving = False
        if self.cycle is not None:
            super().on_message_complete()

    def _expect(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._late, seconds)

    def _late(self, seconds: float) -> None:
        if self.flow is not None and self.flow.read_paused:  # it is ourselves who do not listen
            self._expect(seconds)
        else:
            self.end()

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _refuse(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        if self.answering:  # it would be taken for the answer to the request before
            self.end()
            return
        body = msgspec.json.encode(Problem("the request is not understood", status, Reason.KIOSK_FAULT.value))
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {PROBLEM_TYPE}\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
