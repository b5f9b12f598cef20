"""A program in a pseudo-terminal of 80x24: every byte is stamped when it arrives, and may be looked at later."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import ClassVar, Self

from tests.bench.performance.processes import clean_environment, tree
from tests.bench.performance.screen import COLUMNS, ROWS, Screen

PATIENCE = 60.0
"""Seconds after which a screen that does not come has failed."""
_ANSWER = 3.0
"""Seconds for a key to be answered by anything at all."""
_LAST = 5.0
"""Seconds for a program to end."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one read gave."""

    at: float
    """Seconds since the start of the program."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Echo:
    """What keys brought about."""

    seconds: float
    """From the keys to the first byte."""
    size: int
    """Bytes until all was quiet."""


class Terminal:
    """The terminal answers no query, as tmux 3.3a and st do; so nothing is synchronised."""

    _open: ClassVar[dict[int, "Terminal"]] = {}
    """By the descriptor that is read."""

    def __init__(self, words: Sequence[str | Path], environment: Mapping[str, str] = {}) -> None:
        """Start the program; the clock begins just before."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, ROWS * 16, COLUMNS * 8))
        os.set_blocking(self.master, False)
        self.chunks: list[Chunk] = []
        self._screen, self._replayed = Screen(), 0
        self.began = monotonic()
        self.process = subprocess.Popen(
            [str(word) for word in words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**clean_environment(), **environment},
            start_new_session=True,
        )
        os.close(slave)
        self._open[self.master] = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, as a closed window does where SIGTERM is not enough."""
        below = tree(self.process.pid)
        self.process.terminate()
        end = self.now + _LAST
        while self.process.poll() is None and self.now < end:
            self.read(0.02)
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        del self._open[self.master]
        os.close(self.master)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return monotonic() - self.began

    @property
    def size(self) -> int:
        """Bytes so far."""
        return sum(len(chunk.data) for chunk in self.chunks)

    @property
    def pids(self) -> tuple[int, ...]:
        """The program and what it started."""
        return tree(self.process.pid)

    def read(self, seconds: float) -> bool:
        """Take what is there or comes within this time; whether something did.

        All other terminals are read meanwhile: a program that cannot write comes to a stand.
        """
        before, end = len(self.chunks), self.now + seconds
        while len(self.chunks) == before:
            for master in select.select([*self._open], [], [], max(0.0, end - self.now))[0]:
                self._open[master]._take()
            if self.now >= end:
                break
        return len(self.chunks) > before

    def _take(self) -> None:
        """Stamp and keep what is there."""
        with suppress(BlockingIOError, OSError):  # OSError: nobody has the other end open any more
            while data := os.read(self.master, 1 << 16):
                self.chunks.append(Chunk(self.now, data))

    def send(self, data: bytes) -> None:
        """Press keys."""
        os.write(self.master, data)

    def watch(self, seconds: float) -> None:
        """Read for so long."""
        end = self.now + seconds
        while (left := end - self.now) > 0:
            self.read(left)

    def rest(self, quiet: float, limit: float = 4.0) -> None:
        """Read until nothing came for so long, counted from now on; at most until the limit."""
        begun = last = self.now
        while (now := self.now) - last < quiet and now - begun < limit:
            if self.read(quiet - (now - last)):
                last = self.chunks[-1].at

    def press(self, keys: bytes, quiet: float) -> Echo | None:
        """Send keys and read until what they brought about is over; None where nothing was painted."""
        self.read(0)
        before, at = len(self.chunks), self.now
        self.send(keys)
        if not self.read(_ANSWER):
            return None
        self.rest(quiet)
        came = self.chunks[before:]
        return Echo(came[0].at - at, sum(len(chunk.data) for chunk in came))

    @property
    def screen(self) -> Screen:
        """What stands there now; only a look at it costs time, so that none is lost while the program works."""
        for chunk in self.chunks[self._replayed :]:
            self._screen.feed(chunk.data)
        self._replayed = len(self.chunks)
        return self._screen

    def until(self, *words: str, gone: bool = False, quiet: float = 0.02) -> None:
        """Read until all of these stand on the screen, or no longer do.

        :raises TimeoutError: they do not; the text tells what does.
        """
        end = self.now + PATIENCE
        while self.screen.shows(words) is gone:
            if self.now > end or (self.process.poll() is not None and not self.read(0)):
                raise TimeoutError(f"{'still' if gone else 'no'} {words} in\n{self.screen.text}")
            self.read(quiet)

    def first(self, seen: Callable[[Screen], bool]) -> float:
        """Milliseconds from the start of the program until the screen was so for the first time.

        :raises LookupError: it never was.
        """
        return first_seen(self.chunks, seen)


def first_seen(chunks: Sequence[Chunk], seen: Callable[[Screen], bool]) -> float:
    """The stamp in milliseconds of the first chunk after which the screen is so.

    :raises LookupError: there is none.
    """
    screen = Screen()
    for chunk in chunks:
        screen.feed(chunk.data)
        if seen(screen):
            return 1000 * chunk.at
    raise LookupError(screen.text)
