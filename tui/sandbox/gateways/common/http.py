"""HTTP of the payment stand-ins: merchants' calls by GET and POST, answers that come late, never or cut off."""

import abc
import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from tui.sandbox.gateways.common.connection import RESET

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 64 * 1024
SILENCE = 60.0
"""Seconds before the platform cuts a connection that it does not answer on; a caller's deadline is shorter."""
EARLY_NOTICE = 10.0
"""Seconds that an answer waits for the merchant to have received a notice."""


class Fate(Enum):
    """What becomes of an answer."""

    SENT = "sent"
    SILENT = "silent"
    """It never comes, and the connection stays open until the caller leaves."""
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a merchant, query and form taken together."""

    path: str
    base: str
    """The platform's address as the caller wrote it: scheme://host:port."""
    fields: dict[str, str]
    charset: str = "utf-8"
    method: str = "POST"
    query: str = ""
    """As it was sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html;charset=utf-8"
    fate: Fate = Fate.SENT
    after: threading.Event | None = None
    """What the answer waits for."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides type and length."""


class HttpFace(abc.ABC):
    """An ASGI application over a platform that knows no HTTP."""

    silence = SILENCE

    @abc.abstractmethod
    def answer(self, call: Call) -> Reply | None:
        """Answer a merchant's call, or None if the platform has no such address."""

    @abc.abstractmethod
    def control(self, path: str, method: str, body: bytes) -> Reply | None:
        """Answer the wallet or the person who steers the sandbox, or None if it is neither."""

    @abc.abstractmethod
    def start(self) -> None:
        """The server is up."""

    @abc.abstractmethod
    def close(self) -> None:
        """The server ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry: lifespan and HTTP."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            reply = self._route(scope, await _read_body(receive))
            if reply.after:
                await asyncio.to_thread(reply.after.wait, EARLY_NOTICE)
            match reply.fate:
                case Fate.SENT:
                    await _send(reply, send)
                case Fate.SILENT:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(_gone(receive), self.silence)
                    await _cut(scope, receive)
                case Fate.RESET:
                    await _cut(scope, receive)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = (await receive())["type"]
            if event == "lifespan.startup":
                self.start()
            else:
                await asyncio.to_thread(self.close)
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return

    def _route(self, scope: Scope, body: bytes) -> Reply:
        # Some clients send an absolute-form target (RFC 9112, 3.2.2), and not every server takes it apart.
        path, method = urlsplit(scope["path"]).path, scope["method"]
        if reply := self.control(path, method, body):
            return reply
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        is_json = headers.get("content-type", "").startswith("application/json")
        try:
            charset, fields = _fields(scope["query_string"], b"" if is_json else body)
        except ValueError:
            return Reply(b"bad request", HTTPStatus.BAD_REQUEST)
        base, query = f"{scope['scheme']}://{headers.get('host', '')}", scope["query_string"].decode("ascii")
        call = Call(path, base, fields, charset, method, query, headers, body)
        reply = self.answer(call) if method in {"GET", "POST"} else None
        return reply or Reply(b"not found", HTTPStatus.NOT_FOUND)


def _fields(query: bytes, body: bytes) -> tuple[str, dict[str, str]]:
    """Charset and fields; the charset is named by the fields themselves."""
    parts = (query.decode("ascii"), body.decode("ascii"))
    named = dict(pair for part in parts for pair in parse_qsl(part, encoding="latin-1")).get("charset", "")
    charset = "gbk" if named.lower() in {"gbk", "gb2312"} else "utf-8"
    pairs = [
        pair
        for part in parts
        for pair in parse_qsl(part, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=100)
    ]
    return charset, dict(pairs)


async def _send(reply: Reply, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
    if reply.status != HTTPStatus.NO_CONTENT:
        headers += [(b"content-type", reply.content_type.encode()), (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(scope: Scope, receive: Receive) -> None:
    scope["extensions"][RESET]["cut"]()
    await _gone(receive)


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        event = await receive()
        body += bytes(event.get("body", b""))
        if len(body) > BODY_LIMIT or not event.get("more_body", False):
            return body[:BODY_LIMIT]
