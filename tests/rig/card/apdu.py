"""Command and response APDUs in short form (ISO/IEC 7816-4 5.1), and BER-TLV with lengths below 256."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self


class Status(IntEnum):
    """Status words (ISO/IEC 7816-4 5.1.3)."""

    OK = 0x9000
    END_OF_FILE = 0x6282
    TRIES_LEFT = 0x63C0
    """Plus the number of tries."""
    MORE_DATA = 0x6100
    """Plus the number of bytes waiting, 0 for 256 and more."""
    WRONG_LENGTH = 0x6700
    NOT_THIS_FILE = 0x6981
    NOT_AUTHORISED = 0x6982
    PIN_BLOCKED = 0x6983
    DATA_NOT_USABLE = 0x6984
    NO_CURRENT_FILE = 0x6986
    WRONG_DATA = 0x6A80
    FILE_NOT_FOUND = 0x6A82
    NO_ROOM = 0x6A84
    WRONG_P1_P2 = 0x6A86
    DATA_NOT_FOUND = 0x6A88
    FILE_EXISTS = 0x6A89
    WRONG_OFFSET = 0x6B00
    WRONG_INSTRUCTION = 0x6D00


class Refused(Exception):  # noqa: N818 - an answer, no error
    """A command that the card answers with a status word other than 9000."""

    def __init__(self, status: int, data: bytes = b"") -> None:
        super().__init__(f"{status:04X}")
        self.reply = data + status.to_bytes(2)


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int
    """Bytes of answer asked for, 0 to 256."""

    @classmethod
    def parse(cls, apdu: bytes) -> Self:
        """Read cases 1 to 4 in short form; raise Refused(WRONG_LENGTH)."""
        if len(apdu) < 4:
            raise Refused(Status.WRONG_LENGTH)
        (cla, ins, p1, p2), body = apdu[:4], apdu[4:]
        if len(body) <= 1:
            return cls(cla, ins, p1, p2, b"", (body[0] or 256) if body else 0)
        data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
        if len(data) != body[0] or len(rest) > 1:
            raise Refused(Status.WRONG_LENGTH)
        return cls(cla, ins, p1, p2, data, (rest[0] or 256) if rest else 0)

    @property
    def chained(self) -> bool:
        """Whether more of the same command follows (5.1.1.1)."""
        return bool(self.cla & 0x10)

    def with_data(self, data: bytes) -> Self:
        """The same command with other data."""
        return replace(self, data=data)


def tlv(tag: int, value: bytes) -> bytes:
    """One BER-TLV object with a one-byte tag."""
    length = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return bytes([tag]) + length + value


def tlvs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of a template with one-byte tags and one-byte lengths; raise Refused(WRONG_DATA)."""
    while data:
        if len(data) < 2 or len(data) < 2 + data[1]:
            raise Refused(Status.WRONG_DATA)
        yield data[0], data[2 : 2 + data[1]]
        data = data[2 + data[1] :]
