"""The first message to a driver's process, apart from the others: it is sent before their types are imported."""

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
