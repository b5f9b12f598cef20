"""One program that strangers see, from outside: a process, what it reports, and what it is told."""

import os
import signal
import time
from collections.abc import Sequence

from tui.kiosk.counter import wire
from tui.process.environment import environment

RESET_IN_CHILD = [number for number in signal.valid_signals() if number not in (signal.SIGKILL, signal.SIGSTOP)]


class Program:
    """Started at once; takes the terminal when it is told `SHOW`."""

    def __init__(self, command: Sequence[str]) -> None:
        self.reports, theirs = os.pipe()
        try:
            orders, self._orders = os.pipe()
        except OSError:
            os.close(self.reports)
            os.close(theirs)
            raise
        try:
            for end in (theirs, orders):
                os.set_inheritable(end, True)
            words = [*command, str(theirs), str(orders)]
            self.pid = os.posix_spawn(words[0], words, environment(), setsigdef=RESET_IN_CHILD)
        except OSError:
            self.close()
            raise
        finally:
            os.close(theirs)
            os.close(orders)
        os.set_blocking(self._orders, False)
        self.since = self.heard = time.monotonic()
        """When it entered the state that it is in, and when it last said anything."""
        self.ready = self.let_in = self.home = False
        """All is imported; it was told to take the terminal; its first screen has come back."""
        self._rest = b""

    def read(self) -> list[str]:
        """What it has reported, line by line; nothing more once it is gone."""
        try:
            got = os.read(self.reports, 4096)
        except OSError:
            got = b""
        if got:
            self.heard = time.monotonic()
        *lines, self._rest = (self._rest + got).split(b"\n")
        self._rest = self._rest[-256:]
        return [line.decode("ascii", "replace") for line in lines]

    def tell(self, order: str, words: str = "") -> None:
        """Say something to it; never waits."""
        try:
            os.write(self._orders, f"{order} {words}".strip().encode() + b"\n")
        except OSError:  # it is gone or stands still: both are noticed elsewhere
            return

    def enter(self) -> None:
        """Note that a state begins now."""
        self.since = time.monotonic()

    def end(self) -> None:
        """End without touching the terminal."""
        self.tell(wire.END)
        self.enter()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def close(self) -> None:
        """Its pipes; a program that still runs ends by that."""
        for end in (self.reports, self._orders):
            os.close(end)
