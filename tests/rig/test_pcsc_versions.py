"""What the stand-in for pcscd answers to each version of the protocol, whichever libpcsclite this machine has."""

import socket
from collections.abc import Iterator
from typing import Self

import pytest

from tests.rig.card.myeid import MyEid
from tests.rig.pcsc.bus import Bus
from tests.rig.pcsc.messages import BODIES, EVENTS, HEADER, MAX_READERS, READER, SIZE, VERSIONS, WAIT, Code, Command

TABLE = READER.size * MAX_READERS
"""Bytes."""


class Conversation:
    """A client of its own making."""

    def __init__(self, bus: Bus) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(bus.directory / "socket"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, command: Command, *fields: int) -> None:
        """Send a request."""
        body = BODIES[command].pack(*fields)
        self._socket.sendall(HEADER.pack(len(body), command) + body)

    def read(self, size: int) -> bytes:
        """What comes next."""
        return self._socket.recv(size, socket.MSG_WAITALL)

    def agree(self, *version: int) -> tuple[int, ...]:
        """Tell a version: the daemon's, and its return value."""
        self.ask(Command.VERSION, *version, 0)
        form = BODIES[Command.VERSION]
        return form.unpack(self.read(form.size))

    def events(self) -> tuple[int, ...]:
        """How often a reader has come or gone, and the return value."""
        self.ask(Command.GET_READER_EVENTS)
        return EVENTS.unpack(self.read(EVENTS.size))


@pytest.fixture
def bus() -> Iterator[Bus]:
    """An empty bus."""
    with Bus() as started:
        yield started


@pytest.fixture
def client(bus: Bus) -> Iterator[Conversation]:
    """One who talks to it."""
    with Conversation(bus) as made:
        yield made


@pytest.mark.parametrize("version", VERSIONS)
def test_the_versions_that_debian_and_ubuntu_have_are_spoken(client: Conversation, version: tuple[int, int]) -> None:
    assert client.agree(*version) == (*version, Code.SUCCESS)
    client.ask(Command.GET_READERS_STATE)
    assert client.read(TABLE) == bytes(TABLE)


@pytest.mark.parametrize("version", [(4, 3), (4, 7), (3, 5), (5, 0)])
def test_another_version_is_offered_the_newest_one_and_may_take_it(
    client: Conversation, version: tuple[int, int]
) -> None:
    assert client.agree(*version) == (*VERSIONS[-1], Code.SERVICE_STOPPED)
    assert client.agree(*VERSIONS[-1]) == (*VERSIONS[-1], Code.SUCCESS)


def test_readers_that_come_and_go_are_counted_from_one_on(bus: Bus, client: Conversation) -> None:
    client.agree(4, 5)
    assert client.events() == (1, Code.SUCCESS)
    bus.plug("front", MyEid())
    assert client.events() == (2, Code.SUCCESS)
    bus.pull("front")
    assert client.events() == (3, Code.SUCCESS)


def test_who_waits_may_ask_for_the_count_and_is_woken_once(bus: Bus, client: Conversation) -> None:
    client.agree(4, 5)
    client.ask(Command.WAIT_READER_STATE_CHANGE)
    client.read(TABLE)
    assert client.events() == (1, Code.SUCCESS)
    bus.plug("front", MyEid())
    assert WAIT.unpack(client.read(WAIT.size)) == (0, Code.SUCCESS)
    assert client.events() == (2, Code.SUCCESS)


def test_who_waits_in_the_newest_version_takes_the_table_apart(bus: Bus, client: Conversation) -> None:
    client.agree(4, 6)
    client.ask(Command.WAIT_READER_STATE_CHANGE)
    client.ask(Command.GET_READERS_STATE_SIZE)
    assert SIZE.unpack(client.read(SIZE.size)) == (MAX_READERS,)
    client.ask(Command.GET_READERS_STATE_ARRAY)
    assert client.read(TABLE) == bytes(TABLE)
    bus.plug("front", MyEid())
    assert WAIT.unpack(client.read(WAIT.size)) == (0, Code.SUCCESS)
    client.ask(Command.GET_READERS_STATE_ARRAY)
    assert client.read(TABLE).startswith(b"USB Key 00 00\0")
