"""One way out: what is done, and whether a process ends by it."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tests.harness.kiosk.counter import CounterKiosk

Act = Callable[[CounterKiosk], None]
FIRST = "数字证书在线续期"
"""Heads the first screen."""
_TRIES, _PATIENCE = 3, 20.0
"""How often a key is pressed, and how many seconds each is waited for on a busy machine."""


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


def away(kiosk: CounterKiosk, keys: bytes) -> None:
    """From the first screen to another; again only where the first try came while the page was still drawn."""
    _pressed_until(kiosk, keys, lambda: FIRST not in kiosk.screen.text)


def back(kiosk: CounterKiosk, key: bytes) -> None:
    """To the first screen, which another program shows."""
    before = kiosk.program
    _pressed_until(kiosk, key, lambda: FIRST in kiosk.screen.text)
    kiosk.until_another(before)
    kiosk.until(FIRST)


def _pressed_until(kiosk: CounterKiosk, keys: bytes, done: Callable[[], bool]) -> None:
    for _again in range(_TRIES):
        kiosk.settle()
        kiosk.type(keys)
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            if done():
                return
            kiosk.read(0.1)
    raise AssertionError(f"nothing answers {keys!r}: {kiosk.screen.text}")
