"""The first message to a driver's process, apart from the others: it is sent before their types are imported."""

import os
import struct

import msgspec

HEADER = struct.Struct(">I")


class Load(msgspec.Struct, frozen=True, tag=True):
    """The first order: which driver, with which environment."""

    path: str
    environment: tuple[tuple[str, str], ...]


encode = msgspec.msgpack.Encoder().encode
"""Any message to its bytes."""


def framed(payload: bytes) -> bytes:
    """The payload with its length before it."""
    return HEADER.pack(len(payload)) + payload


def received(descriptor: int) -> bytes:
    """The next payload; waits for it.

    :raises EOFError: the other side has ended.
    """
    (length,) = HEADER.unpack(_exactly(descriptor, HEADER.size))
    return _exactly(descriptor, length)


def _exactly(descriptor: int, length: int) -> bytes:
    read = bytearray()
    while len(read) < length:
        if not (more := os.read(descriptor, length - len(read))):
            raise EOFError
        read += more
    return bytes(read)
