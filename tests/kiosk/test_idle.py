"""How long a person may stay away from the keys who has waited for something else first."""

import pytest

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import Busy, State, Step
from tui.kiosk.screens.dialogue import IdleWarning
from tui.kiosk.watchdog import IdleClock


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
