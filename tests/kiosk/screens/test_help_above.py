"""F1 answers above a question too, and the question is still there after it; a person who is there again needs none."""

from tests.harness import people
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import Step
from tui.kiosk.watchdog import IdleClock


def shown(stage: Stage) -> str:
    """The screen on top."""
    return type(stage.app.screen).__name__


async def test_help_lies_above_a_question_and_leads_back_to_it() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        seen = []
        for key in ("f10", "f1", "escape", "escape"):
            await stage.pilot.press(key)
            seen.append(shown(stage))
        assert seen == ["Confirm", "HelpScreen", "Confirm", "FormScreen"]


async def test_the_idle_warning_goes_by_f1_as_by_any_key() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        now = 0.0
        stage.app.idle = IdleClock(120, lambda: now)
        now = 350
        stage.app.call_later(stage.app._look_for_somebody)
        await stage.pilot.pause()
        assert shown(stage) == "IdleWarning"
        await stage.press("f1")
        assert shown(stage) == "FormScreen"
