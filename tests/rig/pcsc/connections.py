"""Connections to cards: what clients ask of one reader."""

import itertools
from contextlib import suppress

from tests.rig.card.port import Removed
from tests.rig.pcsc import messages
from tests.rig.pcsc.messages import Code, Disposition, Protocol, Share
from tests.rig.pcsc.reader import ANY_OLD, EXCLUSIVE, Reader, Refused
from tests.rig.pcsc.readers import Readers

_VIOLATION_DELAY = 0.1
"""Seconds that one who may not begin a transaction is kept before it hears so and asks again."""


class Connections:
    """Every method may be called from any thread, and raises `Refused`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._handles = itertools.count(0x10001)

    def connect(self, name: str, share: int, protocols: int) -> tuple[int, Protocol]:
        """SCardConnect: a handle and the protocol."""
        with self._readers.state:
            reader = self._readers.named(name)
            if reader is None:
                raise Refused(Code.UNKNOWN_READER)
            if reader.sharing == EXCLUSIVE:
                raise Refused(Code.SHARING_VIOLATION)
            self._readers.state.wait_for(lambda: not reader.owner or reader.gone)
            if reader.gone:
                raise Refused(Code.READER_UNAVAILABLE)
        if share != Share.DIRECT and not reader.powered:
            self._reset(reader)
        with self._readers.state:
            if reader.gone:
                raise Refused(Code.READER_UNAVAILABLE)
            if share != Share.DIRECT:
                reader.agree(protocols)
            handle = next(self._handles)
            if share != Share.EXCLUSIVE:
                reader.sharing += 1
            elif reader.sharing:
                raise Refused(Code.SHARING_VIOLATION)
            else:
                reader.sharing = EXCLUSIVE
                reader.lock(handle)
            reader.events[handle] = Code.SUCCESS
            return handle, reader.protocol

    def reconnect(self, handle: int, share: int, protocols: int, what: Disposition) -> Protocol:
        """SCardReconnect: the protocol."""
        with self._readers.state:
            reader = self._readers.of(handle)
            reader.require_no_other(handle)
        self._dispose(reader, what)
        with self._readers.state:
            self._readers.of(handle)
            if share != Share.DIRECT:
                if not reader.powered:
                    raise Refused(Code.NOT_TRANSACTED)
                reader.agree(protocols)
            if share == Share.EXCLUSIVE and reader.sharing != EXCLUSIVE:
                if reader.sharing != 1:
                    raise Refused(Code.SHARING_VIOLATION)
                reader.sharing = EXCLUSIVE
                reader.lock(handle)
            elif share != Share.EXCLUSIVE and reader.sharing == EXCLUSIVE:
                reader.sharing, reader.owner, reader.depth = 1, 0, 0
            reader.events[handle] = Code.SUCCESS
            return reader.protocol

    def disconnect(self, handle: int, what: Disposition) -> None:
        """SCardDisconnect; a key that is gone is no obstacle."""
        with self._readers.state:
            try:
                reader = self._readers.of(handle)
            except Refused:
                return
            if what is not Disposition.LEAVE:
                self._readers.state.wait_for(lambda: reader.owner in (0, handle) or reader.gone)
            if reader.owner == handle:
                reader.owner = reader.depth = 0
        with suppress(Refused):
            self._dispose(reader, what)
        with self._readers.state:
            reader.events.pop(handle, None)
            reader.sharing = max(0, reader.sharing - 1)
            self._readers.state.notify_all()

    def abandon(self, handle: int) -> None:
        """The client has gone without disconnecting: a transaction of its own ends with a reset."""
        with self._readers.state:
            try:
                reader = self._readers.of(handle)
            except Refused:
                return
            resets = reader.owner == handle and reader.events[handle] is Code.SUCCESS
        self.disconnect(handle, Disposition.RESET if resets else Disposition.LEAVE)

    def begin(self, handle: int) -> None:
        """SCardBeginTransaction; the client's library asks again after SHARING_VIOLATION."""
        with self._readers.state:
            reader = self._readers.of(handle)
            reader.require_no_event(handle)
            self._readers.state.wait_for(lambda: reader.owner in (0, handle) or reader.gone, _VIOLATION_DELAY)
            self._readers.of(handle)
            reader.lock(handle)

    def end(self, handle: int, what: Disposition) -> None:
        """SCardEndTransaction."""
        with self._readers.state:
            reader = self._readers.of(handle)
            reader.require_no_event(handle)
            if what is not Disposition.LEAVE:
                reader.require_no_other(handle)
        self._dispose(reader, what, back=True)
        with self._readers.state:
            self._readers.of(handle)
            reader.unlock(handle)
            self._readers.state.notify_all()

    def require_usable(self, handle: int) -> Reader:
        """The reader of a connection that may use it now (SCardStatus)."""
        with self._readers.state:
            reader = self._readers.of(handle)
            reader.require_no_other(handle)
            reader.require_no_event(handle)
            return reader

    def transmit(self, handle: int, protocol: int, apdu: bytes) -> bytes:
        """SCardTransmit: the card's reply."""
        reader = self.require_usable(handle)
        if protocol not in (Protocol.RAW, ANY_OLD, reader.protocol):
            raise Refused(Code.PROTO_MISMATCH)
        try:
            with reader.speaking() as card:
                return card.transmit(apdu)
        except Removed as removed:
            self._readers.fall_out(reader, removed.returns_after)
            raise Refused(Code.READER_UNAVAILABLE) from removed

    def control(self, handle: int) -> None:
        """SCardControl: a reader without PIN pad knows none; raise UNSUPPORTED_FEATURE."""
        with self._readers.state:
            self._readers.of(handle).require_no_other(handle)
        raise Refused(Code.UNSUPPORTED_FEATURE)

    def attribute(self, handle: int, attribute: int) -> bytes:
        """SCardGetAttrib: the ATR, or the reader's name with its end."""
        reader = self.require_usable(handle)
        match attribute:
            case messages.ATTR_ATR_STRING:
                return reader.atr
            case messages.ATTR_FRIENDLY_NAME | messages.ATTR_SYSTEM_NAME:
                return reader.name.encode() + b"\0"
            case _:
                raise Refused(Code.UNSUPPORTED_FEATURE)

    def _dispose(self, reader: Reader, what: Disposition, *, back: bool = False) -> None:
        """Reset the card or switch it off (and on again), and let every connection know."""
        if what not in (Disposition.RESET, Disposition.UNPOWER):
            return
        with self._readers.state:
            for handle in reader.events:
                reader.events[handle] = Code.RESET_CARD
        if what is Disposition.RESET or back:
            self._reset(reader)
        else:
            with reader.speaking() as card:
                card.power_off()
            reader.powered, reader.protocol = False, Protocol.UNDEFINED

    def _reset(self, reader: Reader) -> None:
        with reader.speaking() as card:
            atr = card.power_on()
        with self._readers.state:
            reader.powered, reader.atr, reader.protocol = True, atr, Protocol.UNDEFINED
