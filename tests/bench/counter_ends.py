"""How a counter's processes end while a person is there: `python -m tests.bench.counter_ends [EVENT ...]`, as root.

Each event happens while the filled form is shown. A program that has ended must be followed by a fresh first screen; a
supervisor by nothing at all: no process is left, and the screen is blank. After all but the loss of the token's process
nothing of the person is on the screen or in memory.
"""

import os
import signal
import sys
import tempfile
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.bench.performance.processes import tree
from tests.bench.ways_out.attempt import HELP, remains
from tests.bench.ways_out.starts import Visited
from tests.bench.ways_out.way import FIRST
from tests.harness.end_to_end.sandbox import sandbox_up
from tests.harness.kiosk.counter import F1
from tests.harness.kiosk.emulator import Emulator
from tests.rig.processes import runs

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Event:
    """What happens, and what must be true then."""

    act: Callable[[Visited], None]
    after: Callable[[Visited, tuple[int, ...]], str]


def _hosts(kiosk: Visited) -> list[int]:
    return [pid for pid in tree(kiosk.supervisor.pid) if pid not in (kiosk.supervisor.pid, kiosk.program)]


def _kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _hang_up(kiosk: Visited) -> None:
    """Nobody holds the terminal's other end any more."""
    os.close(kiosk.master)
    os.close(kiosk.terminal)
    kiosk.master, kiosk.terminal = os.openpty()
    kiosk.screen = Emulator()


# ── what must be true then ──────────────────────────────────────────────────
def _fresh(kiosk: Visited, before: tuple[int, ...]) -> str:
    """Another program on its first screen, which answers; of the one before nothing."""
    began = monotonic()
    _wait(kiosk, lambda: FIRST in kiosk.screen.text and not set(before[1:]) & set(tree(kiosk.supervisor.pid)))
    took = monotonic() - began
    assert not (kept := list(remains(kiosk))), kept
    assert not _echoes(kiosk), "keys echo"
    _f1_answers(kiosk)
    return f"a fresh first screen after {took:.1f} s"


def _asked_again(kiosk: Visited, before: tuple[int, ...]) -> str:
    """The same program with another process for the token; what was typed is covered, or there again."""
    _wait(kiosk, lambda: len(_hosts(kiosk)) == len(before) - 2 and not set(_hosts(kiosk)) & set(before))
    kiosk.settle(1.0)
    assert kiosk.program in before, "another program"
    _f1_answers(kiosk)
    return "the same program: " + kiosk.screen.text.split("\n")[3].strip()


def _same(kiosk: Visited, before: tuple[int, ...]) -> str:
    kiosk.settle(1.0)
    assert tree(kiosk.supervisor.pid) == before, "other processes"
    _f1_answers(kiosk)
    return "nothing"


def _ended(kiosk: Visited, before: tuple[int, ...]) -> str:
    """No process; of the person nothing on the screen."""
    _wait(kiosk, lambda: kiosk.supervisor.poll() is not None and not any(map(runs, before)))
    kiosk.settle()
    assert not (kept := list(remains(kiosk))), kept
    assert not kiosk.screen.text.strip(), kiosk.screen.text
    put_back = "as it was found" if _echoes(kiosk) else "raw"
    return f"exit {kiosk.supervisor.returncode}, screen blank, terminal {put_back}"


EVENTS = {
    "SIGKILL to the kiosk": Event(lambda kiosk: _kill(kiosk.program), _fresh),
    "SIGKILL to the token's process": Event(lambda kiosk: _kill(*_hosts(kiosk)), _asked_again),
    "SIGKILL to both": Event(lambda kiosk: _kill(*_hosts(kiosk), kiosk.program), _fresh),
    "SIGSEGV to the kiosk": Event(lambda kiosk: os.kill(kiosk.program, signal.SIGSEGV), _fresh),
    "SIGHUP to the supervisor": Event(lambda kiosk: kiosk.supervisor.send_signal(signal.SIGHUP), _same),
    "SIGTERM to the supervisor": Event(lambda kiosk: kiosk.supervisor.terminate(), _ended),
    "SIGKILL to the supervisor": Event(lambda kiosk: _kill(kiosk.supervisor.pid), _ended),
    "the terminal is closed": Event(_hang_up, _ended),
}


def main() -> None:
    """A table: event, what came of it; 1 where that is wrong."""
    failed = 0
    print("| event | what came of it |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as made, sandbox_up(Path(made) / "town") as sandbox:
        for number, name in enumerate(sys.argv[1:] or EVENTS):
            place = Path(made) / f"event{number}"
            place.mkdir()
            with Visited(place, sandbox) as kiosk:
                kiosk.to_form()
                assert list(remains(kiosk)), "nothing of the person is found while they are there"
                before = tree(kiosk.supervisor.pid)
                EVENTS[name].act(kiosk)
                try:
                    told = EVENTS[name].after(kiosk, before)
                except AssertionError as error:
                    told, failed = f"WRONG: {error}".replace("\n", " ")[:600], failed + 1
            print(f"| {name} | {told} |", flush=True)
    print(f"{failed} wrong")
    sys.exit(failed > 0)


def _wait(kiosk: Visited, there: Callable[[], bool]) -> None:
    end = monotonic() + _PATIENCE
    while not there():
        assert monotonic() < end, f"it does not come about: {kiosk.screen.text}"
        kiosk.read(0.05)


def _f1_answers(kiosk: Visited) -> None:
    kiosk.settle()
    kiosk.type(F1)
    kiosk.until(HELP)


def _echoes(kiosk: Visited) -> bool:
    return bool(termios.tcgetattr(kiosk.terminal)[3] & termios.ECHO)


if __name__ == "__main__":
    main()
