"""What a server or a proxy says unasked on a kept connection is nobody's answer."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from tests.harness.deskclient.desk_double import make_tls
from tui.deskclient.server import Server
from tui.deskclient.transport import Request, Transport
from tui.deskclient.trust import trust

PATIENCE = 20.0
UNASKED = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"


class Talker:
    """Answers each request with its number; after the first answer it says more, with it or once it may."""

    def __init__(self, with_it: bytes, later: bytes) -> None:
        self._with_it, self._later = with_it, later
        self.may_say_more = asyncio.Event()
        self.asked = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the client closes it."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                first = self.asked == 1
                answer = f"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{self.asked}"
                writer.write(answer.encode() + (self._with_it if first else b""))
                if first:
                    await self.may_say_more.wait()
                    writer.write(self._later)
        writer.close()


@pytest.mark.parametrize(("with_it", "later"), [(UNASKED, b""), (b"", UNASKED)])
async def test_what_nobody_asked_for_is_not_taken_for_the_next_answer(
    tmp_path: Path, with_it: bytes, later: bytes
) -> None:
    ca_file, certificate, key = make_tls(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    talker = Talker(with_it, later)
    async with await asyncio.start_server(talker.talk, "127.0.0.1", ssl=context) as server:
        address = Server.of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        transport, request = Transport(address, trust(ca_file)), Request("GET", "", {})
        assert (await transport.ask(request, PATIENCE)).body == b"1"
        talker.may_say_more.set()
        while later and not transport._idle[0]._reader._buffer:  # type: ignore[attr-defined]  # noqa: ASYNC110 - no event
            await asyncio.sleep(0)
        assert (await transport.ask(request, PATIENCE)).body == b"2"
        await transport.close()
