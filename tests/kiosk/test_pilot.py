"""The tests' pilot goes on once all is done, however long that takes on a busy machine."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from textual.app import App

from tests.harness.kiosk.idle import held
from tests.harness.kiosk.painted import painted
from tui.journey.state import State


class AtWork(App[None]):
    """Has something to do, of which each part takes seconds."""

    late = 0.0
    """Seconds by which the loop's clock is ahead."""
    left = 5

    async def work(self) -> None:
        """One part, then the next."""
        await asyncio.sleep(0)  # for others
        self.late += 5.0
        self.left -= 1
        if self.left:
            self.call_later(self.work)


async def test_seconds_of_work_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app, loop = AtWork(), asyncio.get_running_loop()
    clock = loop.time
    async with app.run_test() as pilot:
        monkeypatch.setattr(loop, "time", lambda: clock() + app.late)
        app.call_later(app.work)
        await pilot.pause()
        assert app.left == 0


async def test_a_worker_that_only_waits_is_waited_for_unless_the_test_holds_it() -> None:
    app, let = AtWork(), asyncio.Event()
    async with app.run_test() as pilot:
        worker = app.run_worker(let.wait(), group="held")
        with held("held"):
            await pilot.pause()
            assert not worker.is_finished
        asyncio.get_running_loop().call_later(0.1, let.set)
        await pilot.pause()
        assert worker.is_finished


async def test_no_minute_begins_while_bytes_are_counted() -> None:
    async with painted(State()) as stage:
        stage.screen.tick(datetime.now(UTC) + timedelta(minutes=1))
        assert await stage.settle() == ""
