"""Ways out by what is around the program: the terminal's settings and size, what can be clicked, other processes."""

import os
import signal
import termios
import time
from collections.abc import Iterator
from contextlib import suppress

from wcwidth import wcswidth

from tests.bench.performance.processes import tree
from tests.bench.ways_out.way import Act, Way, away, back, click
from tests.harness.kiosk.counter import ESCAPE, F1, CounterKiosk

_WHILE = 3.0
"""Seconds that a terminal is held."""
_SIZES = (1, 1), (0, 0), (40, 9), (2000, 1000), (80, 24)


def ways() -> Iterator[Way]:
    """From every screen, but for the targets that only the first one has."""
    yield Way("resize above a dialogue", _in_a_dialogue)
    yield Way("resize while keys come", _under_keys)
    yield Way("resize 1x1 and back 300 times", _storm)
    yield Way("resize while the terminal reads nothing", _unread)
    yield Way("resize while output is held", _held)
    yield Way("keys and a break of the line", _break)
    yield Way("stty sane, SIGCONT and keys", _cooked)
    for words in ("我的证书", "环境检测", "F4", "F5"):
        yield Way(f"click on {words} and back", _clicked(words, leads=True))
    yield Way("click on 开始办理 without a token", _clicked("开始办理", leads=False))


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


def _storm(kiosk: CounterKiosk) -> None:
    for number in range(600):
        kiosk.resize(*((1, 1), (80, 24))[number % 2])
    kiosk.read(0.1)


def _unread(kiosk: CounterKiosk) -> None:
    """Each size is painted into a terminal that takes nothing, until it is full; keys wait behind."""
    for number in range(40):
        kiosk.resize(*_SIZES[number % len(_SIZES)])
        time.sleep(0.05)
        os.write(kiosk.master, b"8")
    kiosk.resize(80, 24)
    time.sleep(_WHILE)


def _held(kiosk: CounterKiosk) -> None:
    """As by ctrl+s where a terminal heeds it, and ctrl+q."""
    termios.tcflow(kiosk.terminal, termios.TCOOFF)
    for size in _SIZES:
        kiosk.resize(*size)
        os.write(kiosk.master, b"\x13888\x11")
    time.sleep(_WHILE)
    termios.tcflow(kiosk.terminal, termios.TCOON)


def _break(kiosk: CounterKiosk) -> None:
    for _time in range(3):
        termios.tcsendbreak(kiosk.master, 0)
        kiosk.type(b"\x00\xff\x00")


def _cooked(kiosk: CounterKiosk) -> None:
    """Another program leaves the terminal as a shell would have it; the kiosk goes on in its own manner."""
    mode = termios.tcgetattr(kiosk.terminal)
    mode[0] |= termios.IXON | termios.ICRNL | termios.BRKINT
    mode[3] |= termios.ISIG | termios.ICANON | termios.ECHO | termios.IEXTEN
    termios.tcsetattr(kiosk.terminal, termios.TCSANOW, mode)
    for pid in tree(kiosk.supervisor.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    kiosk.settle(1.0)


def _with_signals(key: bytes) -> Act:
    """Another program on the same terminal has its keys send signals again."""

    def act(kiosk: CounterKiosk) -> None:
        kiosk.settle()
        mode = termios.tcgetattr(kiosk.terminal)
        mode[3] |= termios.ISIG
        termios.tcsetattr(kiosk.terminal, termios.TCSANOW, mode)
        kiosk.type(key)

    return act


def _clicked(words: str, *, leads: bool) -> Act:
    def act(kiosk: CounterKiosk) -> None:
        for row, line in enumerate(kiosk.screen.text.splitlines(), 1):
            before, named, _ = line.partition(words)
            if named and leads:
                away(kiosk, click(wcswidth(before) + 1, row))
                back(kiosk, ESCAPE)
                break
            if named:
                kiosk.type(click(wcswidth(before) + 1, row))

    return act


def _stopped(kiosk: CounterKiosk) -> None:
    hosts = [pid for pid in tree(kiosk.supervisor.pid) if pid not in (kiosk.supervisor.pid, kiosk.program)]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in hosts:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        kiosk.read(1.0)
