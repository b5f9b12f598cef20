"""Serve the small HTTP interfaces of SMS gateway and tax platform as ASGI applications."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read wholly."""

    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def header(self, name: str) -> str:
        """The header's value, empty when it is not there."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "application/json"


Endpoint: TypeAlias = Callable[[Request], Response]


class Service:
    """Routes by method and path; a path that ends with `/` takes everything below it."""

    def __init__(self, endpoints: Mapping[tuple[str, str], Endpoint]) -> None:
        """Keep the endpoints; they run in worker threads."""
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry: lifespan and HTTP."""
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": f"{(await receive())['type']}.complete"})
        elif scope["type"] == "http":
            response = await self._respond(scope, receive)
            headers = [
                (b"content-type", response.content_type.encode()),
                (b"content-length", b"%d" % len(response.body)),
            ]
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        path = scope["path"]
        below = path[: path.rfind("/") + 1]
        endpoint = self._endpoints.get((scope["method"], path)) or self._endpoints.get((scope["method"], below))
        if endpoint is None:
            return Response(b"{}", HTTPStatus.NOT_FOUND)
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + bytes(event.get("body", b"")), event.get("more_body", False)
            if len(body) > BODY_LIMIT:
                return Response(b"{}", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = Request(path, scope["query_string"].decode("latin-1"), headers, body)
        return await asyncio.to_thread(endpoint, request)
