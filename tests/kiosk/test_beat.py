"""When the program looks at the clock: each second while a person is at work, seldom while nobody is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import State, Step
from tui.kiosk.beat import BEAT, REST, Beat
from tui.kiosk.terminal.driver import Ended
from tui.kiosk.watchdog import WARNING, IdleClock


class Looks:
    """Looks that say how long the next may wait; `failures` holds what one has raised."""

    def __init__(self, *pauses: float | Exception) -> None:
        self._pauses = list(pauses)
        self.due: list[float] = []
        self.failures: list[Exception] = []
        self.begun, self.done, self.failed_once = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def look(self) -> float:
        self.due.append(asyncio.get_running_loop().time())
        self.begun.set()
        self.told()
        pause = self._pauses.pop(0)
        if not self._pauses:
            self.done.set()
        if isinstance(pause, Exception):
            raise pause
        return pause

    def told(self) -> None:
        """At each look."""

    def failed(self, error: Exception) -> None:
        self.failures.append(error)
        self.failed_once.set()


@asynccontextmanager
async def beating(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Beat]:
    monkeypatch.setattr("tui.kiosk.beat.BEAT", 0.0)
    beat = Beat(looks.look, looks.failed)
    beat.start()
    try:
        yield beat
    finally:
        beat.stop()


async def test_each_look_says_when_the_next_one_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late one comes, the next is not later for it."""
    looks = Looks(0.02, 0.01, 3600.0)
    due: list[float] = []
    async with beating(looks, monkeypatch) as beat:
        looks.told = lambda: due.append(beat._due)  # type: ignore[method-assign]
        await looks.done.wait()
    first, second, third = due
    assert second - first >= 0.02 - 1e-9
    assert third - second >= 0.01 - 1e-9
    assert all(when <= told for when, told in zip(due, looks.due, strict=True))
    assert looks.failures == []


async def test_a_rest_can_be_ended_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    resting = Looks(3600.0, 3600.0)
    async with beating(resting, monkeypatch) as beat:
        await resting.begun.wait()
        beat.soon()
        await resting.done.wait()


async def test_what_a_look_raises_is_told_and_no_further_one_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ValueError("wrong")
    looks = Looks(error)
    async with beating(looks, monkeypatch):
        await looks.failed_once.wait()
    assert looks.failures == [error]
    assert len(looks.due) == 1


async def test_a_waiting_screen_rests_and_every_other_counts_seconds() -> None:
    async with staged(State()) as stage:
        assert BEAT < await stage.app._beat() <= REST
        await stage.press("f1")
        assert await stage.app._beat() == BEAT
        await stage.press("escape")
        assert BEAT < await stage.app._beat() <= REST
        await stage.show(people.state(Step.FORM))
        assert await stage.app._beat() == BEAT


async def test_a_step_that_begins_ends_the_rest() -> None:
    async with staged(State()) as stage:
        clock, now = stage.app._clock, asyncio.get_running_loop().time
        clock._wake()
        while clock._due - now() <= BEAT:
            await stage.pilot.pause()
        resting = clock._waking
        await stage.show(people.state(Step.FORM))
        assert resting is not None
        assert resting.done()


@pytest.mark.parametrize("turns", range(3))
async def test_a_look_that_is_due_as_the_program_ends_is_no_fault(turns: int) -> None:
    """Textual fills no dialogue of a program that ends."""
    async with staged(people.state(Step.FORM)) as stage:
        stage.app.idle = IdleClock(WARNING / 4, lambda: 0.0)
        assert 0 < stage.app.idle.left(Step.FORM) < WARNING
        stage.app._clock._wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        stage.app.on_ended(Ended(143))
    assert stage.app.return_code == 143
