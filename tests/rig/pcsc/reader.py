"""A USB key, and pcscd's rules about who may use the card in it (winscard.c, readerfactory.c)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.rig.card.port import Card
from tests.rig.pcsc.messages import READER, Code, Protocol, State

EXCLUSIVE = -1
"""`Reader.sharing` of a connection that shares with nobody."""
ANY_OLD = 0x1000
"""A protocol that old programs ask for: any."""


class Refused(Exception):  # noqa: N818 - an answer, no error
    """A command's return value, other than success."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(slots=True, eq=False)
class Reader:
    """A USB key: the reader and the card that is always in it."""

    port: str
    name: str
    card: Card
    atr: bytes
    protocol: Protocol = Protocol.UNDEFINED
    """What was agreed with the card since its last reset."""
    powered: bool = True
    sharing: int = 0
    """Number of connections, or `EXCLUSIVE`."""
    owner: int = 0
    """The handle that holds a transaction, and how often."""
    depth: int = 0
    events: dict[int, Code] = field(default_factory=dict)
    """Handle of each connection, and what it must still be told."""
    gone: bool = False
    working: threading.Lock = field(default_factory=threading.Lock)
    """Held while the card is spoken to."""

    def described(self) -> bytes:
        """The entry in the table that clients get."""
        state = State.PRESENT | (State.POWERED | State.NEGOTIABLE if self.powered else 0)
        return READER.pack(self.name.encode(), 0, state, self.sharing, self.atr, len(self.atr), self.protocol)

    def require_no_other(self, handle: int) -> None:
        """Raise SHARING_VIOLATION while another connection holds a transaction."""
        if self.owner not in (0, handle):
            raise Refused(Code.SHARING_VIOLATION)

    def require_no_event(self, handle: int) -> None:
        """Raise RESET_CARD until the connection has been renewed."""
        if self.events[handle] is not Code.SUCCESS:
            raise Refused(self.events[handle])

    def agree(self, preferred: int) -> None:
        """Settle the protocol; raise PROTO_MISMATCH."""
        if preferred & ANY_OLD:
            preferred |= Protocol.T0 | Protocol.T1
        agreed = Protocol.RAW if preferred & Protocol.RAW else self.protocol or _offered(self.atr)
        if not preferred & agreed:
            raise Refused(Code.PROTO_MISMATCH)
        self.protocol = agreed

    def lock(self, handle: int) -> None:
        """Begin a transaction."""
        self.require_no_other(handle)
        self.owner, self.depth = handle, self.depth + 1

    def unlock(self, handle: int) -> None:
        """End a transaction; a connection that shares with nobody never ends its last one."""
        self.require_no_other(handle)
        if self.depth <= (1 if self.sharing == EXCLUSIVE else 0):
            raise Refused(Code.NOT_TRANSACTED)
        self.depth -= 1
        if not self.depth:
            self.owner = 0

    @contextmanager
    def speaking(self) -> Iterator[Card]:
        """The card, for one at a time; raise READER_UNAVAILABLE once it is gone."""
        with self.working:
            if self.gone:
                raise Refused(Code.READER_UNAVAILABLE)
            yield self.card


def _offered(atr: bytes) -> Protocol:
    """The protocol of the first TD byte (ISO/IEC 7816-3 8.2.3)."""
    if not atr[1] & 0x80:
        return Protocol.T0
    return Protocol.T1 if atr[2 + (atr[1] & 0x70).bit_count()] & 0x0F == 1 else Protocol.T0
