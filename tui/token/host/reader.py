"""Have the first look at the tokens read by a process beside the driver's, which then ends.

What reads certificates and keys takes 65 ms to import and a third of a driver process's memory, and a kiosk waits all
day. At the start it is gone once what lies on the tokens has been read; a token that comes later, or an order, has it
imported here, in a process that ends with the person's visit.
"""

import os
import select
from contextlib import suppress
from typing import Self

import msgspec

from tui.token.host.contents import Contents, Listing
from tui.token.load import framed, received

_PATIENCE = 2.0
"""Seconds that the other process waits for something to read."""

_encode = msgspec.msgpack.Encoder().encode
_contents = msgspec.msgpack.Decoder(Contents).decode
_listing = msgspec.msgpack.Decoder(Listing).decode


class Reader:
    """Asks the other process while it lives."""

    def __init__(self, pid: int, ask: int, told: int) -> None:
        self._pid, self._ask, self._told = pid, ask, told
        self._asks = pid != 0

    @classmethod
    def absent(cls) -> Self:
        """Without another process: all is read here."""
        return cls(0, -1, -1)

    @classmethod
    def start(cls, *, hurried: bool) -> Self:
        """Fork: to be called before the driver is loaded and any thread runs, for neither outlives that whole.

        `hurried`, it imports while the driver starts, else once there is something to read: of two cores a kiosk's
        screens, which are imported meanwhile, need one.
        """
        (asked, ask), (told, tell) = os.pipe(), os.pipe()
        if not (pid := os.fork()):
            try:
                for other in (0, 1, ask, told):  # stdin and stdout are the driver process's way to the program
                    os.close(other)
                _serve(asked, tell, hurried=hurried)
            finally:
                os._exit(0)
        os.close(asked)
        os.close(tell)
        return cls(pid, ask, told)

    def read(self, contents: Contents) -> Listing:
        """What they mean, read there or else here.

        What hangs there hangs this look, whose alarm ends this process, and the program then kills the whole group.
        """
        if self._asks:
            with suppress(OSError, EOFError, msgspec.DecodeError):
                _send(self._ask, _encode(contents))
                return _listing(received(self._told))
            self._asks = False
            os.close(self._ask)
            os.close(self._told)
        return _read(contents)

    def reap(self) -> None:
        """Take note of the other process's end, once it has come."""
        if self._pid:
            with suppress(ChildProcessError):  # something in the driver has waited for it
                if os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                    return
            self._pid = 0


def _serve(asked: int, tell: int, *, hurried: bool) -> None:
    if hurried:
        import tui.token.host.listing  # noqa: F401
    poll = select.poll()
    poll.register(asked, select.POLLIN)
    while poll.poll(_PATIENCE * 1000):
        _send(tell, _encode(_read(_contents(received(asked)))))


def _read(contents: Contents) -> Listing:
    from tui.token.host import listing

    return listing.read(contents)


def _send(descriptor: int, payload: bytes) -> None:
    rest = memoryview(framed(payload))
    while rest:
        rest = rest[os.write(descriptor, rest) :]
