"""The program that strangers see, as the supervisor above it knows it: what it reports and the orders it heeds."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.core.failure import Failure
from tui.journey.state import State, Step
from tui.kiosk.counter import wire

if TYPE_CHECKING:
    from tui.kiosk.counter.app import CounterApp


class Visit:
    """One program's life, from `READY` to the next return of its first screen."""

    def __init__(self, reports: int, orders: int) -> None:
        self._reports, self._orders = reports, orders
        for end in (reports, orders):
            os.set_inheritable(end, False)
        os.set_blocking(reports, False)
        self._rest = b""
        self._answered: Callable[[dict[str, int], float], None] | None = None
        self._day, self._until = "", 0.0
        self._over = False
        self.comforts = ""
        """Known once it is shown: what the program before has left for the person who is still there."""

    # ── reports ─────────────────────────────────────────────────────────────
    def say(self, word: str, rest: str = "") -> None:
        """Report."""
        with suppress(OSError):  # the supervisor is gone: its end is noticed where orders are read
            os.write(self._reports, f"{word} {rest}".strip().encode() + b"\n")

    def say_home(self, comforts: str) -> None:
        """The first screen has come back; `comforts` is for the program that comes."""
        self.say(wire.HOME, comforts)

    def say_alive(self) -> None:
        """This process runs."""
        self.say(wire.ALIVE)

    def moved(self, before: State, after: State) -> None:
        """For the day's numbers."""
        if after.step is not before.step:
            if before.step is Step.WAITING and after.step in (Step.SIGN_IN, Step.CHOOSING):
                self.say(wire.BEGUN)
            elif after.step is Step.DONE and before.step is Step.INSTALLING:
                self.say(wire.FINISHED)
        failure: Failure | None = after.failure
        if failure is not None and failure != before.failure:
            self.say(wire.FAILED, failure.reason.value)

    def ask(self, answered: Callable[[dict[str, int], float], None]) -> None:
        """Have the day's numbers told, and when the operator's password may be tried (monotonic clock)."""
        self._answered = answered
        self.say(wire.ASK)

    # ── orders ──────────────────────────────────────────────────────────────
    def wait_to_be_shown(self) -> bool:
        """All is imported; wait for the terminal. False when the counter ends meanwhile."""
        self.say(wire.READY)
        while True:
            for line in self._read():
                word, _, rest = line.partition(" ")
                if word == wire.SHOW:
                    self.comforts = rest
                    return True
                if line == wire.END:
                    return False
            if self._over:
                return False

    def attend(self, app: "CounterApp") -> None:
        """The first page has been drawn: heed orders from now on."""
        asyncio.get_running_loop().add_reader(self._orders, self._heed, app)
        self.say(wire.PAINTED)

    def _heed(self, app: "CounterApp") -> None:
        for line in self._read():
            word, _, rest = line.partition(" ")
            match word:
                case wire.MUTE:
                    app.fall_silent()
                    self.say(wire.MUTED)
                case wire.END:
                    app.end_unseen()
                case wire.DAY:
                    self._day = rest
                case wire.TRIES:
                    self._until = float(rest)
                case wire.ANSWERED if self._answered is not None:
                    counts = (pair.partition("=") for pair in self._day.split())
                    answered, self._answered = self._answered, None
                    answered({kind: int(count) for kind, _, count in counts}, self._until)
        if self._over:
            asyncio.get_running_loop().remove_reader(self._orders)
            app.end_orphaned()

    def _read(self) -> list[str]:
        try:
            got = os.read(self._orders, 4096)
        except OSError:
            got = b""
        self._over = not got
        *lines, self._rest = (self._rest + got).split(b"\n")
        return [line.decode("ascii", "replace") for line in lines]
