"""How long a person may stay away from the keys who has waited for something else first."""

import time

import pytest

from tests.harness import people
from tests.harness.journey.walk import PAYING
from tests.harness.kiosk.stage import staged
from tui.journey.events import TimedOut
from tui.journey.state import Busy, State, Step
from tui.kiosk.screens.dialogue import IdleWarning
from tui.kiosk.watchdog import IdleClock
from tui.kiosk.widgets.countdown import Countdown


@pytest.mark.parametrize(
    ("waited", "then"),
    [
        (people.state(Step.QR), people.state(Step.INSTALL_PIN)),
        (people.state(Step.CHANGE_PIN, busy=Busy.CHANGING_PIN), people.state(Step.CHANGE_PIN, pin_changed=True)),
    ],
    ids=["for the money", "for the token"],
)
async def test_who_has_waited_without_a_key_has_the_whole_time_of_what_comes_then(waited: State, then: State) -> None:
    async with staged(State()) as stage:
        now = 0.0
        stage.app.idle = IdleClock(120, lambda: now)
        await stage.show(waited)
        now = 500
        await stage.app._look_for_somebody()
        await stage.show(then)
        now = 600
        await stage.app._look_for_somebody()
        assert await stage.events() == []
        assert stage.app.screen is stage.screen
        now = 606
        await stage.app._look_for_somebody()
        assert isinstance(stage.app.screen, IdleWarning)


async def test_the_key_that_wakes_a_machine_after_an_hour_is_not_the_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = 0.0
    told = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: told(clock) + slept * (clock == time.CLOCK_BOOTTIME))
    async with staged(people.state(Step.FORM)) as stage:
        stage.app.idle = IdleClock(120)
        assert TimedOut() not in await stage.press("a")
        slept = 3600.0
        assert TimedOut() in await stage.press("a")


async def test_a_code_has_no_time_left_when_the_machine_slept_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = 0.0
    told = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: told(clock) + slept * (clock == time.CLOCK_BOOTTIME))
    async with staged(people.state(Step.QR, application=PAYING)) as stage:
        countdown = stage.screen.query_one(Countdown)
        assert countdown.left > 0
        slept = 3600.0
        assert countdown.left == 0
