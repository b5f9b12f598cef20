"""HTTP of the stand-ins: how a call is read, and how it is answered: at once, late, never, or by a reset."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RESET = "sandbox.reset"
"""The ASGI extension under which a server offers the function that resets its connection."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BODY_LIMIT = 256 * 1024
SILENCE = 60.0
"""Seconds before a stand-in cuts a connection that it does not answer on; a caller's deadline is shorter."""
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
    """One request, read wholly."""

    path: str
    base: str
    """The stand-in's address as the caller wrote it: scheme://host:port."""
    fields: dict[str, str]
    """Query and form taken together; a body of JSON is no form."""
    charset: str = "utf-8"
    method: str = "POST"
    query: str = ""
    """As it was sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    def header(self, name: str) -> str:
        """The header's value, empty when it is not there."""
        return self.headers.get(name.lower(), "")


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


Endpoint: TypeAlias = Callable[[Call], Reply | None]


class Service:
    """An ASGI application that answers in worker threads, by method and path.

    A path that ends with `/` takes everything below it.
    """

    silence = SILENCE

    def __init__(self, endpoints: Mapping[tuple[str, str], Endpoint]) -> None:
        """Keep the endpoints."""
        self._endpoints = endpoints

    def respond(self, call: Call) -> Reply | None:
        """Answer, or None if there is no such address."""
        below = call.path[: call.path.rfind("/") + 1]
        endpoint = self._endpoints.get((call.method, call.path)) or self._endpoints.get((call.method, below))
        return endpoint(call) if endpoint else None

    def start(self) -> None:
        """The server is up."""

    def close(self) -> None:
        """The server ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry: lifespan and HTTP."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._exchange(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        for step in (self.start, self.close):
            event = (await receive())["type"]
            await asyncio.to_thread(step)
            await send({"type": f"{event}.complete"})

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        reply = await asyncio.to_thread(self._answer_to, scope, body)
        if reply.after:
            await asyncio.to_thread(reply.after.wait, EARLY_NOTICE)
        if reply.fate is Fate.SENT:
            await _send(reply, send)
            return
        if reply.fate is Fate.SILENT:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_gone(receive), self.silence)
        scope["extensions"][RESET]["cut"]()
        await _gone(receive)

    def _answer_to(self, scope: Scope, body: bytes) -> Reply:
        if len(body) > BODY_LIMIT:
            return Reply(b"too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            call = _read(scope, body)
        except ValueError:
            return Reply(b"bad request", HTTPStatus.BAD_REQUEST)
        return self.respond(call) or Reply(b"not found", HTTPStatus.NOT_FOUND)


def _read(scope: Scope, body: bytes) -> Call:
    """Take the request apart.

    :raises ValueError: query or form cannot be read.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("ascii")
    form = "" if headers.get("content-type", "").startswith(JSON) else body.decode("ascii")
    # The charset is named by the fields themselves.
    named = dict(pair for part in (query, form) for pair in parse_qsl(part, encoding="latin-1")).get("charset", "")
    charset = "gbk" if named.lower() in {"gbk", "gb2312"} else "utf-8"
    pairs = [
        pair
        for part in (query, form)
        for pair in parse_qsl(part, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=100)
    ]
    # Some clients send an absolute-form target (RFC 9112, 3.2.2), and not every server takes it apart.
    path, base = urlsplit(scope["path"]).path, f"{scope['scheme']}://{headers.get('host', '')}"
    return Call(path, base, dict(pairs), charset, scope["method"], query, headers, body)


async def _read_body(receive: Receive) -> bytes:
    """The body, or its beginning when it is too large."""
    body, more = b"", True
    while more and len(body) <= BODY_LIMIT:
        event = await receive()
        body, more = body + bytes(event.get("body", b"")), event.get("more_body", False)
    return body


async def _send(reply: Reply, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
    if reply.status != HTTPStatus.NO_CONTENT:
        headers += [(b"content-type", reply.content_type.encode()), (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
