"""The card's side of vpcd's protocol, over the sockets that socket_wrapper makes of the reader's TCP ports."""

import contextlib
import itertools
import socket
import threading
from enum import IntEnum
from pathlib import Path

from tests.rig.card.port import Card, Removed

_TCP, _LOOPBACK = "T", "01"
"""How socket_wrapper names a TCP port of 127.0.0.1: these two and the port in hexadecimal."""


_LOOKS = 2
"""How often pcscd asks a card's ATR before it switches the card on."""


class _Control(IntEnum):
    OFF = 0
    ON = 1
    RESET = 2
    ATR = 4


def port_path(directory: Path, port: int) -> Path:
    """Where socket_wrapper keeps a listening TCP port."""
    return directory / f"{_TCP}{_LOOPBACK}{port:04X}"


class Slot:
    """One slot of a virtual reader: a card is in while it is connected."""

    def __init__(self, directory: Path, port: int) -> None:
        self.powered = threading.Event()
        """The reader has noticed the card that is in and switched it on."""
        self._path = port_path(directory, port)
        self._own_paths = (port_path(directory, own) for own in itertools.count(10_000 + port % 2, 2))
        self._card: Card | None = None
        self._connection: socket.socket | None = None
        self._changing = threading.Lock()
        self._returning: threading.Timer | None = None

    def plug(self, card: Card) -> None:
        """Put a card in; the reader notices within 0.4 seconds and sets `powered`."""
        self._come_back_no_more()
        with self._changing:
            assert self._card is None, "a card is in already"
            self._card = card
            self._connect(card)

    def pull(self) -> Card | None:
        """Take the card out, also in the middle of a command; gives it back."""
        self._come_back_no_more()
        with self._changing:
            card, self._card = self._card, None
            connection, self._connection = self._connection, None
            self.powered.clear()
        if connection:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if card:
            card.power_off()
        return card

    def _connect(self, card: Card) -> None:
        self._connection = connection = socket.socket(socket.AF_UNIX)
        own = next(self._own_paths)
        connection.bind(str(own))  # socket_wrapper's side reads an address out of the peer's name
        connection.connect(str(self._path))
        own.unlink()
        threading.Thread(target=self._talk, args=(connection, card), name="virtual card", daemon=True).start()

    def _talk(self, connection: socket.socket, card: Card) -> None:
        looks = 0
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            while len(header := stream.read(2)) == 2:
                size = int.from_bytes(header)
                if len(message := stream.read(size)) < max(size, 1):
                    break
                if not self.powered.is_set() and message[0] != _Control.ON:
                    looks += 1
                    if looks > _LOOKS or len(message) > 1:
                        break
                try:
                    reply = self._reply(message, card)
                except Removed as removed:
                    self._fall_out(removed)
                    return
                if reply:
                    connection.sendall(len(reply).to_bytes(2) + reply)
        self._bounce(card, connection)

    def _bounce(self, card: Card, connection: socket.socket) -> None:
        """Come in again if the reader does not switch the card on.

        It missed that the last card had gone: the driver took the new connection within the very look that would
        have found the slot empty. The end of this connection is what it notices.
        """
        with self._changing, contextlib.suppress(OSError):  # pcscd may have ended
            if self._connection is connection:
                self.powered.clear()
                self._connect(card)

    def _reply(self, message: bytes, card: Card) -> bytes:
        if len(message) > 1:
            return card.transmit(message)
        match _Control(message[0]):
            case _Control.OFF:
                card.power_off()
            case _Control.ON | _Control.RESET:
                card.power_on()
                self.powered.set()
            case _Control.ATR:
                return card.atr
        return b""

    def _fall_out(self, removed: Removed) -> None:
        card = self.pull()
        if card and removed.returns_after is not None:
            self._returning = threading.Timer(removed.returns_after, self.plug, (card,))
            self._returning.daemon = True
            self._returning.start()

    def _come_back_no_more(self) -> None:
        if self._returning:
            self._returning.cancel()
