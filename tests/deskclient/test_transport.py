"""Calls share connections: none waits for one that is long in coming where another is free."""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.harness.deskclient.desk_double import make_tls
from tui.core.failure import DeskError, Reason
from tui.deskclient import transport as transports
from tui.deskclient.server import Server
from tui.deskclient.transport import Request, Transport
from tui.deskclient.trust import trust

PATIENCE = 20.0


async def test_who_waits_for_a_connection_takes_the_one_that_is_free_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca_file, certificate, key = make_tls(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked, may_answer, opened = asyncio.Event(), asyncio.Event(), list[Server]()
    connected: Any = transports._connected

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                asked.set()
                await may_answer.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def first_alone(server: Server, tls: ssl.SSLContext) -> Any:
        opened.append(server)
        if len(opened) > 1:
            await asyncio.Event().wait()
        return await connected(server, tls)

    monkeypatch.setattr(transports, "_connected", first_alone)
    async with await asyncio.start_server(talk, "127.0.0.1", ssl=context) as server, asyncio.timeout(PATIENCE):
        address = Server.of(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        transport, request = Transport(address, trust(ca_file)), Request("GET", "", {})
        first = asyncio.create_task(transport.ask(request, PATIENCE))
        await asked.wait()
        opening = asyncio.create_task(transport.open())
        await asyncio.sleep(0)
        second = asyncio.create_task(transport.ask(request, PATIENCE))
        await asyncio.sleep(0)
        may_answer.set()
        assert [reply.status for reply in await asyncio.gather(first, second)] == [200, 200]
        assert len(opened) == 2
        opening.cancel()
        await transport.close()


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["127.0.0.1", "127.0.0.2"], Reason.DESK_UNTRUSTED),
        (["127.0.0.2", "127.0.0.1"], Reason.DESK_UNTRUSTED),
        (["127.0.0.2", "127.0.0.3"], Reason.DESK_UNREACHABLE),
    ],
)
async def test_what_tls_refuses_is_told_whatever_other_addresses_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, addresses: list[str], reason: Reason
) -> None:
    _ca_file, certificate, key = make_tls(tmp_path)
    (tmp_path / "other").mkdir()
    other_ca, *_ = make_tls(tmp_path / "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def resolved(_server: Server) -> list[str]:
        return addresses

    monkeypatch.setattr(transports, "_addresses", resolved)
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", ssl=context) as server:
        transport = Transport(Server("localhost", server.sockets[0].getsockname()[1], ""), trust(other_ca))
        with pytest.raises(DeskError) as told:
            await transport.ask(Request("GET", "", {}), PATIENCE)
    assert told.value.failure.reason is reason
