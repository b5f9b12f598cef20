"""The supervisor of a counter in a real pty, above small programs that do as they are told by keys."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.harness.kiosk.shown_program import SLOW
from tests.rig.processes import ended
from tui.kiosk.counter.day import FREE_TRIES, Day, Tries

ROOT = Path(__file__).parents[3]
PATIENCE = 30.0
_MAIN = """\
import sys; sys.path.insert(0, sys.argv[1])
from tui.kiosk.counter import allowance, supervisor
allowance.FIRST = {to_start}
supervisor.main()"""


class Counter:
    """A supervisor in a terminal of its own."""

    def __init__(self, begins: str = "sound", idle: str = "60", to_start: float = 60.0) -> None:
        self._master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.found = termios.tcgetattr(self.slave)
        shown = (sys.executable, "-m", "tests.harness.kiosk.shown_program", begins)
        words = (sys.executable, "-I", "-S", "-X", "utf8", "-c", _MAIN.format(to_start=to_start), str(ROOT), idle)
        said = "STARTING\nSOON", "AGAIN", "SUSPENDED\nCALL"
        self.process = subprocess.Popen(
            [*words, *said, *shown],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=ROOT,
            start_new_session=True,
        )
        self.output = b""

    def type(self, keys: bytes) -> None:
        """Into the terminal."""
        os.write(self._master, keys)

    def until(self, text: bytes) -> bytes:
        """Read on to `text`; what came after the last one that was waited for, up to and with the rest of the line."""
        end = monotonic() + PATIENCE
        while not (found := text in self.output) and monotonic() < end:
            self._read()
        assert found, self.output
        before, _, self.output = self.output.partition(text)
        return before

    def shown(self) -> int:
        """The process that has painted its first page."""
        self.until(b"FIRST ")
        while b" " not in self.output:
            self._read()
        return int(self.output.partition(b" ")[0])

    def end(self) -> int:
        """How it ended."""
        while self.process.poll() is None:
            self._read()
        self._read()
        return self.process.returncode

    def hang_up(self) -> None:
        """The terminal goes away."""
        for fd in (self.slave, self._master):
            os.close(fd)
        self._master = self.slave = -1

    def close(self) -> None:
        """Nothing stays."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.slave, self._master):
            with suppress(OSError):
                os.close(fd)

    def _read(self) -> None:
        if select.select([self._master], [], [], 0.1)[0]:
            with suppress(OSError):
                self.output += os.read(self._master, 65536)


@pytest.fixture
def counter() -> Iterator[Callable[..., Counter]]:
    started: list[Counter] = []

    def start(begins: str = "sound", idle: str = "60", to_start: float = 60.0) -> Counter:
        started.append(Counter(begins, idle, to_start))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_the_first_screens_return_brings_another_process_and_keys_between_are_its_own(
    counter: Callable[..., Counter],
) -> None:
    seen = counter()
    first = seen.shown()
    seen.type(b"hab")
    second = seen.shown()
    assert second != first
    seen.until(b"KEY-a-%d" % second)
    seen.until(b"KEY-b-%d" % second)
    assert ended(first, PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_whatever_ends_a_program_a_fresh_one_comes_on_a_clean_screen(
    counter: Callable[..., Counter], number: signal.Signals
) -> None:
    seen = counter()
    first = seen.shown()
    os.kill(first, number)
    between = seen.until(b"AGAIN")
    assert b"\x1b[2J\x1b[3J" in between
    assert b"\x1b[?1049l" in between
    assert seen.shown() != first
    assert not termios.tcgetattr(seen.slave)[3] & (termios.ECHO | termios.ISIG | termios.ICANON)


def test_what_starts_is_said_until_the_first_program_has_the_terminal(counter: Callable[..., Counter]) -> None:
    seen = counter()
    seen.until(b"STARTING")
    seen.shown()
    seen.type(b"h")
    assert b"STARTING" not in seen.until(b"FIRST ")


def test_a_stopped_program_goes_on(counter: Callable[..., Counter]) -> None:
    seen = counter()
    seen.shown()
    seen.type(b"s")
    seen.until(b"WOKEN")


def test_a_program_that_says_nothing_is_replaced(counter: Callable[..., Counter]) -> None:
    seen = counter("sound", "0.4")
    first = seen.shown()
    seen.until(b"AGAIN")
    assert seen.shown() != first
    assert ended(first, PATIENCE)


def test_the_terminals_signals_do_not_end_the_supervisor(counter: Callable[..., Counter]) -> None:
    seen = counter()
    first = seen.shown()
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGHUP):
        seen.process.send_signal(number)
    seen.type(b"a")
    seen.until(b"KEY-a-%d" % first)


def test_programs_that_end_at_once_make_way_for_words(counter: Callable[..., Counter]) -> None:
    seen = counter("broken")
    seen.until(b"SUSPENDED")
    seen.until(b"CALL")


def test_a_program_too_slow_for_its_first_allowance_is_given_longer(counter: Callable[..., Counter]) -> None:
    seen = counter("slow", to_start=SLOW / 2)
    assert b"AGAIN" in seen.until(b"FIRST ")


def test_sigterm_ends_all_and_gives_the_terminal_back(counter: Callable[..., Counter]) -> None:
    seen = counter()
    first = seen.shown()
    seen.process.send_signal(signal.SIGTERM)
    assert seen.end() == 143
    assert ended(first, PATIENCE)
    assert termios.tcgetattr(seen.slave)[:4] == seen.found[:4]
    assert b"\x1b[2J\x1b[3J" in seen.output


def test_a_terminal_that_hangs_up_ends_all(counter: Callable[..., Counter]) -> None:
    seen = counter()
    first = seen.shown()
    seen.hang_up()
    assert seen.process.wait(PATIENCE) == 129
    assert ended(first, PATIENCE)


def test_a_killed_supervisor_takes_the_program_along(counter: Callable[..., Counter]) -> None:
    seen = counter()
    first = seen.shown()
    seen.process.kill()
    seen.process.wait()
    seen.type(b"h")
    assert ended(first, PATIENCE)


def test_tries_wait_longer_each_time_and_not_after_the_right_password() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES - 1):
        tries.make()
    assert tries.until == 0
    tries.make()
    first = tries.until - monotonic()
    tries.make()
    assert 0 < first < tries.until - monotonic()
    tries.forget()
    assert tries.until == 0


def test_the_days_numbers_name_kinds_alone() -> None:
    day = Day()
    for kind in ("begun", "begun", "failed.wrong_pin"):
        day.count(kind)
    assert day.line == "begun=2 failed.wrong_pin=1"
