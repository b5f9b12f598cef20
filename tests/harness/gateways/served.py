"""Real servers on the loopback interface, each in a thread of its own."""

import asyncio
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from tui.desk.payments.gateway import Attempt
from tui.sandbox.gateways.common.connection import CuttableProtocol


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = threading.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await asyncio.to_thread(self.over.wait)  # uvicorn's own loop looks ten times a second

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An orderly TLS close would outlive the loop: the test is over, so cut, and let the loop see it happen.
        for connection in list(self.server_state.connections):
            if transport := getattr(connection, "transport", None):
                transport.abort()
        for _ in range(10):
            await asyncio.sleep(0)
        await super().shutdown(sockets)


@contextmanager
def served(app: Any, tls: Path | None = None) -> Iterator[str]:
    """Serve an ASGI application with uvicorn and httptools; gives its base address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=CuttableProtocol, ws="none", log_config=None, timeout_graceful_shutdown=1, ssl_certfile=tls
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.over.set()
        thread.join()


class Clock:
    """A clock that is set by hand, begun at the present moment."""

    def __init__(self) -> None:
        """Begin now, at a full second."""
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        """The time it was set to."""
        return self.now

    def forward(self, span: timedelta) -> None:
        """Move on."""
        self.now += span


@dataclass
class Merchant:
    """The desk's notice address: keeps what arrives, and answers as it is told."""

    replies: list[bytes] = field(default_factory=list)
    """Answers to give first; then ``reply`` for ever."""
    reply: bytes = b"success"
    arrived: "queue.Queue[bytes]" = field(default_factory=queue.Queue)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI entry."""
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": (await receive())["type"] + ".complete"})
            return
        body = b""
        while (event := await receive()).get("more_body") or event.get("body"):
            body += event["body"]
            if not event["more_body"]:
                break
        self.arrived.put(body)
        reply = self.replies.pop(0) if self.replies else self.reply
        status = int(reply) if reply.isdigit() else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": reply})

    def next(self) -> bytes:
        """The next notice, waiting for it."""
        return self.arrived.get(timeout=10)


def attempt(clock: Clock, notify_url: str = "", number: str = "K202611220001", fen: int = 8880) -> Attempt:
    """An attempt of five minutes."""
    return Attempt(number, fen, "续期/一年 & 印章=1", clock.now, clock.now + timedelta(minutes=5), notify_url)


def free_port() -> int:
    """A port of the loopback interface on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
