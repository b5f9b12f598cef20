"""While one program takes another's place, and later: who is killed for its slowness, and who has the terminal."""

import signal
from time import monotonic
from typing import Any

import pytest

from tui.kiosk.counter.supervisor import TO_MUTE, Supervisor

IDLE = 60


class Process:
    """A `Program` that is told and killed in vain."""

    pid = 1

    def __init__(self, *, home: bool = False, ready: bool = False) -> None:
        self.home, self.ready, self.let_in = home, ready, False
        self.since = self.heard = monotonic()
        self.told: list[str] = []
        self.killed: list[int] = []

    def enter(self) -> None:
        """A state begins."""
        self.since = monotonic()

    def tell(self, order: str, words: str = "") -> None:
        """An order."""
        self.told.append(f"{order} {words}".strip())

    def kill(self, number: int = signal.SIGKILL) -> None:
        """A signal."""
        self.killed.append(number)

    def close(self) -> None:
        """Nothing to close."""


class Terminal:
    """A `HeldTerminal` that counts how often it is cleared under somebody."""

    recovered = 0

    def recover(self, *lines: str) -> None:
        """Cleared."""
        self.recovered += 1

    def erase_scrollback(self) -> None:
        """Nobody scrolls."""

    def taken(self) -> None:
        """Somebody has it."""


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A supervisor whose signals stay the test's own, with a program on its way out and the next one ready."""
    monkeypatch.setattr(signal, "signal", lambda *words: None)
    monkeypatch.setattr(signal, "set_wakeup_fd", lambda *words, **more: None)
    made: Any = Supervisor(Terminal(), (), IDLE, "AGAIN", ("SUSPENDED",))  # type: ignore[arg-type]
    made._shown, made._next = Process(home=True), Process(ready=True)
    return made


def test_one_that_does_not_fall_silent_is_killed(counter: Any) -> None:
    old = counter._shown
    counter._next.since -= TO_MUTE + 0.1
    counter._hurry()
    assert old.killed == [signal.SIGKILL]


def test_a_slow_first_page_costs_nobody_the_terminal(counter: Any) -> None:
    old, coming = counter._shown, counter._next
    counter._take(old, "muted", "")
    assert coming.told == ["show"]
    coming.since -= TO_MUTE + 0.1
    counter._hurry()
    assert old.killed == []
    counter._ended(old)
    assert (counter._terminal.recovered, coming.told, counter._shown) == (0, ["show"], None)
    counter._take(coming, "painted", "")
    assert counter._shown is coming


def test_what_somebody_who_stays_has_chosen_is_handed_on_once(counter: Any) -> None:
    counter._shown.home = False
    counter._take(counter._shown, "home", "en contrast")
    counter._take(counter._shown, "muted", "")
    assert counter._next.told == ["show en contrast"]
    counter._shown, counter._next = counter._next, Process(ready=True)
    counter._take(counter._shown, "muted", "")
    assert counter._next.told == ["show"]


def test_one_whose_event_loop_stands_still_on_the_first_screen_is_killed(counter: Any) -> None:
    still, counter._next = counter._shown, None
    still.home = False
    still.heard -= IDLE * 1.5 - 1
    counter._hurry()
    assert still.killed == []
    still.heard -= 1.1
    counter._hurry()
    assert still.killed == [signal.SIGKILL]
