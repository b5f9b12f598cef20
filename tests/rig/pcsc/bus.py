"""The bus that USB keys are put into: a daemon in threads of this process, on a socket in a folder of its own."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from tests.rig.card.port import Card
from tests.rig.pcsc.client import Client
from tests.rig.pcsc.connections import Connections
from tests.rig.pcsc.readers import Readers

_OPENSC = """\
app default {
  card_drivers = myeid;
  framework pkcs15 {
    use_file_caching = no;
  }
}
"""


class Bus:
    """Any number of ports up to 16; at first no key is in.

    No method waits for clients, so a test's event loop is never held up but for what the card itself computes.
    """

    def __init__(self) -> None:
        self.directory = Path(mkdtemp(prefix="pcsc"))  # short: a socket's path holds 107 bytes
        self.environment = (
            ("PCSCLITE_CSOCK_NAME", str(self.directory / "socket")),
            ("OPENSC_CONF", str(self.directory / "opensc.conf")),
        )
        """What a process must set before it loads OpenSC."""
        (self.directory / "opensc.conf").write_text(_OPENSC)
        self._readers = Readers()
        self._connections = Connections(self._readers)
        self._clients: dict[Client, threading.Thread] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.directory / "socket"))
        self._listener.listen()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Pull all keys, end all connections, remove the folder."""
        self._readers.close()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for client, thread in list(self._clients.items()):
            client.drop()
            thread.join()
        shutil.rmtree(self.directory)

    def plug(self, port: str, card: Card) -> None:
        """Put a key into a free port; clients that wait for readers are woken before this returns."""
        self._readers.plug(port, card)

    def pull(self, port: str) -> None:
        """Pull the key out of a port, also in the middle of a command, which has failed when this returns."""
        self._readers.pull(port)

    def await_waiting(self, clients: int, seconds: float) -> None:
        """Return when so many clients wait for readers to come or go."""
        assert self._readers.wait_for(lambda: len(self._readers.waiting) >= clients, seconds), "no client waits"

    def before_a_wait(self, hand: Callable[[], None]) -> None:
        """Let a hand move once, when a client has said that it will wait and is not yet waiting."""
        self._readers.before_a_wait = hand

    def await_reader(self, port: str, seconds: float) -> None:
        """Return when a key that left by itself is back."""
        assert self._readers.wait_for(lambda: self._readers.at(port) is not None, seconds), f"nothing in {port}"

    @contextmanager
    def holding(self, card: Card, port: str = "front") -> Iterator[Card]:
        """A key that is in until the end of a `with`."""
        self.plug(port, card)
        try:
            yield card
        finally:
            self.pull(port)

    def run(self, *command: str) -> str:
        """Run a command-line tool against this bus and return what it printed.

        :raises CalledProcessError: it failed.
        """
        environment = {**os.environ, **dict(self.environment)}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = Client(self._listener.accept()[0], self._readers, self._connections)
                thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
                self._clients[client] = thread
                thread.start()

    def _serve(self, client: Client) -> None:
        client.serve()
        self._clients.pop(client, None)
