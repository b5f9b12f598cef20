"""The readers that are in, and the clients that wait for others to come or these to go.

pcscd's way with a USB key that is gone: a command under way says SCARD_E_READER_UNAVAILABLE, and then the connection's
handle is unknown (SCARD_E_INVALID_VALUE). SCARD_W_REMOVED_CARD is for readers that outlive their card.
A name says nothing of the port: the next key of the model gets the first free number, so it may bear the last one's.
The event counter stays 0, since it counts cards that come and go without their reader.
Not imitated: a card that nobody has used for some seconds is switched off.
"""

import threading
from collections.abc import Callable

from tests.rig.card.port import Card
from tests.rig.pcsc.messages import EVENTS, MAX_READERS, READER, Code
from tests.rig.pcsc.reader import Reader, Refused

MODEL = "USB Key"


class Readers:
    """All readers; every method may be called from any thread."""

    def __init__(self) -> None:
        self.state = threading.Condition()
        """Held to look at or change any reader's state; notified of every change that somebody may wait for."""
        self._table: list[Reader | None] = [None] * MAX_READERS
        self.waiting: dict[int, Callable[[Code], None]] = {}
        """Contexts that wait for a change, and how to tell them of it."""
        self._returning: dict[str, threading.Timer] = {}
        self._events = 1
        self.before_a_wait: Callable[[], None] | None = None
        """What happens once, just before a client begins to wait."""

    def plug(self, port: str, card: Card) -> None:
        """A key is put into a free port; clients that wait are woken."""
        self._return_no_more(port)
        with self.state:
            assert self.at(port) is None, f"{port} is taken"
            self._insert(port, card)

    def pull(self, port: str) -> None:
        """A key is pulled, if one is in; a command under way has failed when this returns."""
        self._return_no_more(port)
        with self.state:
            reader = self.at(port)
            if reader is not None:
                self._drop(reader)
        if reader is not None:
            reader.card.power_off()
            with reader.working:
                pass

    def fall_out(self, reader: Reader, returns_after: float | None) -> None:
        """The card itself chose the moment to be pulled, unless somebody has pulled it."""
        with self.state:
            if reader.gone:
                return
            self._drop(reader)
            reader.card.power_off()
            if returns_after is not None:
                timer = threading.Timer(returns_after, self._come_back, (reader,))
                timer.daemon = True
                self._returning[reader.port] = timer
                timer.start()

    def _come_back(self, reader: Reader) -> None:
        with self.state:
            if self._returning.pop(reader.port, None) is not None:
                self._insert(reader.port, reader.card)

    def close(self) -> None:
        """Pull all keys and let nobody wait."""
        with self.state:
            ports = {reader.port for reader in self._table if reader is not None} | self._returning.keys()
        for port in ports:
            self.pull(port)

    def _return_no_more(self, port: str) -> None:
        with self.state:
            timer = self._returning.pop(port, None)
        if timer is not None:
            timer.cancel()

    def at(self, port: str) -> Reader | None:
        """The reader in this port; with `state` held."""
        return next((reader for reader in self._table if reader is not None and reader.port == port), None)

    def _insert(self, port: str, card: Card) -> None:
        number = self._table.index(None)
        self._table[number] = Reader(port, f"{MODEL} {number:02X} 00", card, card.power_on())
        self._wake()

    def _drop(self, reader: Reader) -> None:
        reader.gone = True
        reader.events.clear()
        self._table[self._table.index(reader)] = None
        self._wake()

    def _wake(self) -> None:
        self._events += 1
        for tell in self.waiting.values():
            tell(Code.SUCCESS)
        self.waiting.clear()
        self.state.notify_all()

    def described(self) -> bytes:
        """The table of readers."""
        with self.state:
            return self._described()

    def _described(self) -> bytes:
        empty = bytes(READER.size)
        return b"".join(empty if reader is None else reader.described() for reader in self._table)

    def show_events(self, show: Callable[[bytes], None]) -> None:
        """Show how often readers have come or gone."""
        with self.state:
            show(EVENTS.pack(self._events, Code.SUCCESS))

    def wait(self, client: int, show: Callable[[bytes], None], tell: Callable[[Code], None]) -> None:
        """Show the table and tell the client, once, when it changes."""
        hand, self.before_a_wait = self.before_a_wait, None
        if hand is not None:
            hand()
        with self.state:
            self.waiting[client] = tell
            show(self._described())
            self.state.notify_all()

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Return when it is so, or False after so long."""
        with self.state:
            return self.state.wait_for(condition, seconds)

    def stop_waiting(self, client: int, code: Code) -> bool:
        """Tell the client this instead; False if it does not wait (any more)."""
        with self.state:
            tell = self.waiting.pop(client, None)
            if tell is not None:
                tell(code)
            return tell is not None

    def forget(self, client: int) -> None:
        """The client is dead."""
        with self.state:
            self.waiting.pop(client, None)

    def named(self, name: str) -> Reader | None:
        """The reader of this name; with `state` held."""
        return next((reader for reader in self._table if reader is not None and reader.name == name), None)

    def of(self, handle: int) -> Reader:
        """The reader that a connection leads to; raise INVALID_VALUE when it is gone; with `state` held."""
        for reader in self._table:
            if reader is not None and handle in reader.events:
                return reader
        raise Refused(Code.INVALID_VALUE)
