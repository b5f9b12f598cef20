"""F9: high contrast for who cannot see the rest, until the person has gone."""

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import State, Step


async def test_f9_turns_high_contrast_on_and_off_on_every_kind_of_screen() -> None:
    async with staged(State(), (100, 32)) as stage:
        own = stage.app.theme
        assert "F9  高对比度" in stage.text
        for state in (State(), people.state(Step.FORM), people.state(Step.QR)):
            await stage.show(state)
            await stage.press("f9")
            assert stage.app.theme.startswith("kiosk-contrast")
            await stage.press("f1", "f9")
            assert stage.app.theme == own
            await stage.press("escape")


async def test_the_next_person_begins_with_the_palette_of_the_settings() -> None:
    async with staged(people.state(Step.CARD)) as stage:
        own = stage.app.theme
        await stage.press("f9")
        await stage.show(people.state(Step.FORM))
        assert stage.app.theme != own
        await stage.show(State())
        assert stage.app.theme == own


async def test_who_has_gone_from_the_first_screen_leaves_none_either() -> None:
    async with staged(State()) as stage:
        own = stage.app.theme
        await stage.press("f9")
        stage.app.idle.limit = 0
        await stage.app._look_for_somebody()
        assert stage.app.theme == own
