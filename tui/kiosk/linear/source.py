"""Read lines into a buffer that never moves, so that a secret lies in one place and is overwritten there."""

import os
from contextlib import suppress

READ = 4096
"""Bytes of one read; a terminal's line is no longer (termios(3), MAX_CANON)."""


class Source:
    """The lines of a descriptor, as bytes."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._buffer = bytearray(2 * READ)
        self._length = 0

    def read(self) -> bool:
        """Take in what is there; False at the end of it."""
        if len(self._buffer) - self._length < READ:
            self.wipe()  # no person types so much without a line's end
        room = memoryview(self._buffer)[self._length : self._length + READ]
        try:
            count = os.readv(self.fd, [room])
        except OSError:
            count = 0
        self._length += count
        return count > 0

    @property
    def ready(self) -> bool:
        """Whether a whole line is here."""
        return self._buffer.find(b"\n", 0, self._length) >= 0

    def take(self) -> bytearray:
        """The first line without its end, for the caller to overwrite; nothing of it stays here."""
        end = self._buffer.find(b"\n", 0, self._length)
        line = bytearray(memoryview(self._buffer)[: max(end, 0)])
        rest = self._length - end - 1
        whole = memoryview(self._buffer)
        whole[:rest] = whole[end + 1 : self._length]
        whole[rest : self._length] = bytes(self._length - rest)
        self._length = rest
        while line and line[-1:] == b"\r":
            line.pop()
        return line

    def wipe(self) -> None:
        """Forget what is here."""
        self._buffer[: self._length] = bytes(self._length)
        self._length = 0


def wipe(line: bytearray) -> None:
    """Overwrite a line that was taken."""
    with suppress(BufferError):
        line[:] = bytes(len(line))
