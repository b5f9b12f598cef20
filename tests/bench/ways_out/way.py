"""One way out: what is done, and whether a process ends by it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.kiosk.counter import CounterKiosk

Act = Callable[[CounterKiosk], None]
FIRST = "数字证书在线续期"
"""Heads the first screen."""


@dataclass(frozen=True, slots=True)
class Way:
    """One attempt."""

    name: str
    act: Act
    kills: bool = False
    """A process ends by it: a fresh first screen is right."""


def sent(name: str, *data: bytes) -> Way:
    """Bytes from the terminal, each of these in a write of its own."""

    def act(kiosk: CounterKiosk) -> None:
        for each in data:
            kiosk.type(each)
            kiosk.read(0.02)

    return Way(name, act)


def click(column: int, row: int) -> bytes:
    """Press and release of the left button."""
    return b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (column, row, column, row)
