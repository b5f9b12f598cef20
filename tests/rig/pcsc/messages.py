"""The messages between libpcsclite and pcscd: native byte order, a header on requests only."""

import struct
from enum import IntEnum, IntFlag
from typing import Final

VERSIONS: Final = (4, 4), (4, 5), (4, 6)
"""Of the protocol: pcsc-lite 1.8.24 to 2.2; 2.3 and 2.4, with GET_READER_EVENTS; 2.5. Others are offered the last."""
LATE_TABLE: Final = 4, 6
"""From this version on a client that waits asks for the table's size and for the table after that."""
MAX_READERS: Final = 16
"""Entries in the table of readers; a client takes the whole table at once."""
LONGEST_APDU: Final = 4 + 3 + (1 << 16) + 3 + 2


class Command(IntEnum):
    """What a client asks for."""

    ESTABLISH_CONTEXT = 0x01
    RELEASE_CONTEXT = 0x02
    CONNECT = 0x04
    RECONNECT = 0x05
    DISCONNECT = 0x06
    BEGIN_TRANSACTION = 0x07
    END_TRANSACTION = 0x08
    TRANSMIT = 0x09
    CONTROL = 0x0A
    STATUS = 0x0B
    CANCEL = 0x0D
    GET_ATTRIB = 0x0F
    SET_ATTRIB = 0x10
    VERSION = 0x11
    GET_READERS_STATE = 0x12
    WAIT_READER_STATE_CHANGE = 0x13
    STOP_WAITING_READER_STATE_CHANGE = 0x14
    GET_READER_EVENTS = 0x15
    GET_READERS_STATE_SIZE = 0x16
    GET_READERS_STATE_ARRAY = 0x17


class Code(IntEnum):
    """SCARD_* return values, the library's own among them."""

    SUCCESS = 0
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    INSUFFICIENT_BUFFER = 0x80100008
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    PROTO_MISMATCH = 0x8010000F
    INVALID_VALUE = 0x80100011
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    UNSUPPORTED_FEATURE = 0x8010001F
    NO_READERS_AVAILABLE = 0x8010002E
    RESET_CARD = 0x80100068


class Share(IntEnum):
    """SCARD_SHARE_*."""

    EXCLUSIVE = 1
    SHARED = 2
    DIRECT = 3


class Disposition(IntEnum):
    """What becomes of the card at the end of a connection or transaction."""

    LEAVE = 0
    RESET = 1
    UNPOWER = 2
    EJECT = 3


class State(IntFlag):
    """A reader's state."""

    PRESENT = 0x04
    POWERED = 0x10
    NEGOTIABLE = 0x20


class Protocol(IntFlag):
    """SCARD_PROTOCOL_*."""

    UNDEFINED = 0
    T0 = 1
    T1 = 2
    RAW = 4


ATTR_ATR_STRING: Final = 0x00090303
ATTR_FRIENDLY_NAME: Final = 0x7FFF0003
ATTR_SYSTEM_NAME: Final = 0x7FFF0004

HEADER: Final = struct.Struct("=II")
"""Length of the body, command."""
WAIT: Final = struct.Struct("=II")
"""Time-out (unused), return value; also what wakes a waiting client."""
EVENTS: Final = struct.Struct("=II")
"""How often a reader has come or gone, counted from 1; return value."""
SIZE: Final = struct.Struct("=i")
"""Entries in the table of readers."""
READER: Final = struct.Struct("=128sIIi33s3xII")
"""Name, event counter, state, sharing, ATR, its length, protocol."""

BODIES: Final = {
    Command.ESTABLISH_CONTEXT: struct.Struct("=III"),  # scope, context, return value
    Command.RELEASE_CONTEXT: struct.Struct("=II"),  # context, return value
    Command.CONNECT: struct.Struct("=I128sIIiII"),  # context, reader, share, protocols, card, protocol, return value
    Command.RECONNECT: struct.Struct("=iIIIII"),  # card, share, protocols, disposition, protocol, return value
    Command.DISCONNECT: struct.Struct("=iII"),  # card, disposition, return value
    Command.BEGIN_TRANSACTION: struct.Struct("=iI"),  # card, return value
    Command.END_TRANSACTION: struct.Struct("=iII"),  # card, disposition, return value
    # card, protocol and length of the PCI sent, length sent, the PCI to receive, room for the reply, return value
    Command.TRANSMIT: struct.Struct("=iIIIIIII"),
    Command.CONTROL: struct.Struct("=iIIIII"),  # card, code, length sent, room for the reply, its length, return value
    Command.STATUS: struct.Struct("=iI"),  # card, return value
    Command.CANCEL: struct.Struct("=iI"),  # context, return value
    Command.GET_ATTRIB: struct.Struct("=iI264sII"),  # card, attribute, value, its length, return value
    Command.SET_ATTRIB: struct.Struct("=iI264sII"),
    Command.VERSION: struct.Struct("=iiI"),  # major, minor, return value
    Command.GET_READERS_STATE: struct.Struct(""),
    Command.WAIT_READER_STATE_CHANGE: struct.Struct(""),
    Command.STOP_WAITING_READER_STATE_CHANGE: struct.Struct(""),
    Command.GET_READER_EVENTS: struct.Struct(""),
    Command.GET_READERS_STATE_SIZE: struct.Struct(""),
    Command.GET_READERS_STATE_ARRAY: struct.Struct(""),
}
"""The body that follows a request's header; the answer has the same form, if any."""
