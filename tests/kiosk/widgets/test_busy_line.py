"""What is under way is said on the screen that stands, and nowhere else."""

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import Busy, Step
from tui.kiosk.widgets.countdown import Pulse
from tui.kiosk.widgets.status import BusyLine


async def test_no_timer_of_a_wait_outlives_its_screen() -> None:
    async with staged(people.state(Step.CARD, busy=Busy.SAVING)) as stage:
        line = stage.screen.query_one(BusyLine)
        line._appear()
        assert line._ticks is not None
        await stage.show(people.state(Step.FORM))
        assert [line._ticks, line._timer, line.display] == [None, None, False]
        await stage.show(people.state(Step.CARD, busy=Busy.SAVING))
        assert stage.screen.query_one(BusyLine)._timer is not None


async def test_a_page_that_says_itself_how_long_one_waits_says_it_once() -> None:
    for step, busy in ((Step.REQUESTING, Busy.HANDING_IN), (Step.INSTALLING, Busy.CONFIRMING)):
        async with staged(people.state(step, busy=busy)) as stage:
            assert stage.screen.query_one(Pulse).counts
            assert stage.screen.query_one(BusyLine)._timer is None
