"""Accept connections, limit how many are open, and close the least useful when there is no room.

uvicorn limits what an accepted request may do; a peer that never sends one is held by nothing, and asyncio's own loop
answers a full file table with a line of the log for each connection that waits. So the desk accepts by itself.
"""

import asyncio
import errno
import logging
import resource
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic

from tui.desk.http.connection import Connection, Limits

_LOG = logging.getLogger(__name__)
_PAUSE = 1.0
"""Seconds until the next try after an accept that failed."""
_QUIET = 60.0
"""Seconds between two lines of the log about the same trouble."""
_OTHER_FILES = 200
"""Descriptors for the database, the platforms, the CA and everything else that is not a peer."""
_WANTED_FILES = 65_536


def raise_file_limit() -> int:
    """Raise the soft limit of open files as far as it may be, and tell it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft if soft != resource.RLIM_INFINITY else wanted


def within(limits: Limits, files: int) -> Limits:
    """The limits that leave files enough for everything else."""
    return replace(limits, connections=max(1, min(limits.connections, max(files // 2, files - _OTHER_FILES))))


@dataclass(eq=False, slots=True)
class _Visit:
    """One peer, from its arrival on."""

    address: str
    peer: socket.socket
    connection: Connection | None = None
    """Once TLS stands."""

    @property
    def rank(self) -> int:
        """Who leaves first: owes a request or does not read, keeps a connection for later, waits for news; 3 stays."""
        if self.connection is None or self.connection.receiving or self.connection.unread:
            return 0
        if not self.connection.answering:
            return 1
        return 2 if self.connection.held else 3

    def end(self) -> None:
        """Show it out."""
        if self.connection is not None:
            self.connection.end()
        else:
            # The handshake meets the end of the stream; asyncio leaks a socket whose handshake is cancelled too early.
            with suppress(OSError):
                self.peer.shutdown(socket.SHUT_RDWR)


class _Complaints:
    """Errors for the log, each at most once a minute, however often it comes."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[float, int]] = {}
        """When each was written, and how often it has come since."""

    def tell(self, trouble: str) -> None:
        """Write it, unless it was written just now."""
        now = monotonic()
        at, unsaid = self._told.get(trouble, (-_QUIET, 0))
        if now - at >= _QUIET:
            _LOG.error("%s (%d times)", trouble, unsaid + 1)
            self._told[trouble] = now, 0
        else:
            self._told[trouble] = at, unsaid + 1


class Door:
    """Accepts peers, within the limits; uvicorn ends it as it ends its own servers."""

    def __init__(
        self, listener: socket.socket, tls: ssl.SSLContext, make: Callable[..., Connection], limits: Limits
    ) -> None:
        """`make` builds the protocol of one connection."""
        self._listener, self._tls, self._make, self._limits = listener, tls, make, limits
        self._visits: dict[_Visit, None] = {}
        self._complaints = _Complaints()
        self._accepting: asyncio.Task[None] | None = None
        self._greetings: set[asyncio.Task[None]] = set()
        """The loop itself holds tasks by weak references only."""

    def open(self) -> None:
        """Accept from now on, in the running loop."""
        self._listener.setblocking(False)
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    def close(self) -> None:
        """Accept nobody any more; who owes a request or does not read is sent away, nobody would wait for it."""
        if self._accepting is not None:
            self._accepting.cancel()
        for visit in [visit for visit in self._visits if visit.rank == 0]:
            visit.end()

    async def wait_closed(self) -> None:
        """Wait until nobody is being accepted."""
        if going := [task for task in (self._accepting, *self._greetings) if task is not None]:
            await asyncio.wait(going)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                peer, address = await loop.sock_accept(self._listener)
            except ConnectionAbortedError:
                continue
            except OSError as error:  # no file left, or an error of the network that accept(2) passes on
                name = errno.errorcode.get(error.errno or 0, str(error.errno))
                self._complaints.tell(f"cannot accept connections: {name}")
                self._make_room(list(self._visits))
                await asyncio.sleep(_PAUSE)
                continue
            self._welcome(peer, str(address[0]))

    def _welcome(self, peer: socket.socket, address: str) -> None:
        same = [visit for visit in self._visits if visit.address == address]
        crowded = len(same) >= self._limits.per_address
        full = crowded or len(self._visits) >= self._limits.connections
        if full and not self._make_room(same if crowded else list(self._visits)):
            peer.close()
            whose = f"{len(same)} of its address" if crowded else f"{len(self._visits)}"
            self._complaints.tell(f"a connection was turned away: all {whose} are being answered")
            return
        # asyncio does so by itself only for sockets made with IPPROTO_TCP: each small answer would wait for an ACK.
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visit = _Visit(address, peer)
        self._visits[visit] = None
        greeting = asyncio.get_running_loop().create_task(self._greet(visit))
        self._greetings.add(greeting)
        greeting.add_done_callback(self._greetings.discard)

    async def _greet(self, visit: _Visit) -> None:
        """TLS; afterwards the connection lives by itself."""

        def made() -> Connection:
            return self._make(limits=self._limits, on_lost=lambda: self._visits.pop(visit, None))

        try:
            _, connection = await asyncio.get_running_loop().connect_accepted_socket(
                made,
                visit.peer,
                ssl=self._tls,
                ssl_handshake_timeout=self._limits.handshake,
                ssl_shutdown_timeout=_PAUSE,
            )
        except OSError:  # of TLS too, and of its deadline
            self._visits.pop(visit, None)
        else:
            visit.connection = connection

    def _make_room(self, visits: list[_Visit]) -> bool:
        """Send away the oldest that comes first by rank; False if all are being answered."""
        leaving = min(visits, key=lambda visit: visit.rank, default=None)
        if leaving is None or leaving.rank == 3:
            return False
        self._visits.pop(leaving, None)
        leaving.end()
        return True
