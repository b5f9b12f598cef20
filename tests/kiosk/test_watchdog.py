"""The watchdog by a clock of its own: who it tells that the event loop runs, and that it stands still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from tests.harness import people
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.counter.app import CounterApp
from tui.kiosk.counter.visit import Visit
from tui.kiosk.watchdog import Watchdog

PATIENCE = 80.0


class Looks:
    """So many looks, each as much later as is waited for; the event loop runs at the first `fed` of them."""

    def __init__(self, watchdog: Watchdog, looks: int, fed: int) -> None:
        self._watchdog, self._left, self._fed = watchdog, looks, fed
        self.now = 0.0

    def __call__(self) -> float:
        """The clock."""
        return self.now

    def wait(self, seconds: float) -> bool:
        """`Event.wait`, in no time."""
        self.now += seconds
        self._left, self._fed = self._left - 1, self._fed - 1
        if self._fed >= 0:
            self._watchdog.feed()
        return self._left < 0


def looked(watchdog: Watchdog, looks: int, fed: int) -> None:
    """Have it look so often, now."""
    passing: Any = Looks(watchdog, looks, fed)
    watchdog._clock, watchdog._ended = passing, passing
    watchdog.feed()
    watchdog.run()


def test_a_loop_that_runs_is_told_of_at_each_look() -> None:
    said: list[str] = []
    watchdog = Watchdog(PATIENCE, lambda: said.append("frozen"))
    watchdog.looked = lambda: said.append("alive")
    looked(watchdog, looks=40, fed=40)
    assert said == ["alive"] * 40


def test_one_that_stands_still_is_not_and_the_dog_barks_once_a_patience() -> None:
    said: list[str] = []
    watchdog = Watchdog(PATIENCE, lambda: said.append("frozen"))
    watchdog.looked = lambda: said.append("alive")
    looked(watchdog, looks=8 + 9 + 9, fed=0)
    assert said == ["alive"] * 8 + ["frozen"] * 2


class Runtime:
    """Does nothing, and notes that it was stopped."""

    stopped = False

    def start(self, post: Callable[[e.Event], None]) -> None:
        """Sees no token."""

    def run(self, command: c.Command) -> None:
        """Runs nothing."""

    def stop(self) -> None:
        """Noted."""
        self.stopped = True


class Supervised(Visit):
    """Keeps what is reported."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, word: str, rest: str = "") -> None:
        """Note it."""
        self.said.append(word)


@contextmanager
def standing_still(step: Step) -> Iterator[tuple[Supervised, Runtime]]:
    """A counter's app whose event loop has run for eight looks, and stood still for twenty."""
    visit, runtime = Supervised(), Runtime()
    app = CounterApp(cast(Any, runtime), visit, int(PATIENCE))
    app.state = people.state(step)
    looked(app._watchdog, looks=28, fed=8)
    yield visit, runtime


@pytest.mark.parametrize(("step", "stopped"), [(Step.WAITING, False), (Step.SIGN_IN, True)])
def test_a_counters_supervisor_hears_no_more_of_it_and_a_persons_program_ends_itself(step: Step, stopped: bool) -> None:
    with standing_still(step) as (visit, runtime):
        assert visit.said == ["alive"] * 16
        assert runtime.stopped is stopped
