"""The first message to a driver's process, apart from the others: it is sent before any library is imported."""

import os
import struct
from typing import Self

from tui.core.frozen import frozen

HEADER = struct.Struct(">I")


@frozen
class Load:
    """The first order: which driver, with which environment."""

    path: str
    environment: tuple[tuple[str, str], ...]

    def encoded(self) -> bytes:
        """Its strings between zero bytes, which neither a path nor an environment can hold (execve(2), environ(7))."""
        pairs = (part for pair in self.environment for part in pair)
        return "\0".join((self.path, *pairs)).encode("utf-8", "surrogateescape")

    @classmethod
    def decoded(cls, payload: bytes | bytearray) -> Self:
        """What `encoded` made of it."""
        path, *parts = payload.decode("utf-8", "surrogateescape").split("\0")
        return cls(path, tuple(zip(parts[::2], parts[1::2], strict=True)))


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
