"""Ways out by what is around the program: the terminal's settings and size, what can be clicked, other processes."""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import suppress

from wcwidth import wcswidth

from tests.bench.performance.processes import tree
from tests.bench.ways_out.way import FIRST, Act, Way, click
from tests.harness.kiosk.counter import ESCAPE, F1, CounterKiosk

_SLOW = 2.0
"""Seconds for another screen to be drawn on a busy machine."""
_SIZES = (1, 1), (0, 0), (40, 9), (2000, 1000), (80, 24)


def ways() -> Iterator[Way]:
    """From every screen, but for the targets that only the first one has."""
    yield Way("resize above a dialogue", _in_a_dialogue)
    yield Way("resize while keys come", _under_keys)
    for words in ("我的证书", "环境检测", "开始办理", "F4", "F5"):
        yield Way(f"click on {words} and back", _clicked(words))


def terminals_signals() -> Iterator[Way]:
    """Two of them end the program."""
    for key, name in ((b"\x1a", "z"), (b"\x1c", "\\"), (b"\x03", "c")):
        yield Way(f"stty isig and ctrl+{name}", _with_signals(key), kills=name != "z")


def persons_ways() -> Iterator[Way]:
    """Where a token is in."""
    yield Way("SIGSTOP to the token's process, and SIGCONT", _stopped)


def _in_a_dialogue(kiosk: CounterKiosk) -> None:
    kiosk.type(F1)
    kiosk.until("帮助：")
    _through_sizes(kiosk)
    kiosk.until("帮助：")
    kiosk.type(ESCAPE)


def _through_sizes(kiosk: CounterKiosk) -> None:
    for size in _SIZES:
        kiosk.resize(*size)
        kiosk.read(0.1)
    kiosk.settle()


def _under_keys(kiosk: CounterKiosk) -> None:
    for number in range(60):
        kiosk.resize(*_SIZES[number % len(_SIZES)])
        kiosk.type(b"8" * 10)
    kiosk.resize(80, 24)


def _with_signals(key: bytes) -> Act:
    """Another program on the same terminal has its keys send signals again."""

    def act(kiosk: CounterKiosk) -> None:
        kiosk.settle()
        mode = termios.tcgetattr(kiosk.terminal)
        mode[3] |= termios.ISIG
        termios.tcsetattr(kiosk.terminal, termios.TCSANOW, mode)
        kiosk.type(key)

    return act


def _clicked(words: str) -> Act:
    def act(kiosk: CounterKiosk) -> None:
        for row, line in enumerate(kiosk.screen.text.splitlines(), 1):
            before, named, _ = line.partition(words)
            if named:
                kiosk.type(click(wcswidth(before) + 1, row))
                break
        kiosk.settle(_SLOW)
        program = kiosk.program
        if FIRST not in kiosk.screen.text:
            kiosk.type(ESCAPE)
            kiosk.until_another(program)
        kiosk.until(FIRST)

    return act


def _stopped(kiosk: CounterKiosk) -> None:
    hosts = [pid for pid in tree(kiosk.supervisor.pid) if pid not in (kiosk.supervisor.pid, kiosk.program)]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in hosts:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        kiosk.read(1.0)
