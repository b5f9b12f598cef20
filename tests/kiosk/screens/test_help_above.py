"""F1 answers above a question too, and the question is still there after it; a person who is there again needs none."""

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import Step
from tui.kiosk.screens.dialogue import Confirm, IdleWarning
from tui.kiosk.screens.help import HelpScreen


async def test_help_lies_above_a_question_and_leads_back_to_it() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        await stage.pilot.press("f10")
        assert isinstance(stage.app.screen, Confirm)
        await stage.pilot.press("f1")
        assert isinstance(stage.app.screen, HelpScreen)
        await stage.pilot.press("escape")
        assert isinstance(stage.app.screen, Confirm)
        await stage.pilot.press("escape")
        assert stage.app.screen is stage.app.step_screen


async def test_the_idle_warning_goes_by_f1_as_by_any_key() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        await stage.app.push_screen(IdleWarning())
        await stage.pilot.press("f1")
        assert stage.app.screen is stage.app.step_screen
