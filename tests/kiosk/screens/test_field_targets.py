"""Fields and choices stand in one rhythm, and a finger meets each in three rows where the window has them."""

from itertools import pairwise

import pytest
from textual.geometry import Offset
from textual.widget import Widget

from tests.harness import people
from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import Step
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.field import Field

every_window = pytest.mark.parametrize("size", [(100, 32), (160, 50)])


async def tap(stage: Stage, at: Offset) -> Widget | None:
    """A finger on a cell of the screen; what has the focus then."""
    stage.screen.set_focus(None)
    await Fingers(stage.app, stage.pilot).at(*at)  # type: ignore[arg-type]
    return stage.app.focused


async def into_view(stage: Stage, field: Field) -> None:
    field.scroll_visible(animate=False)
    await stage.pilot.pause()
    await stage.pilot.pause()


@every_window
@pytest.mark.parametrize("step", [Step.SIGN_IN, Step.FORM, Step.METHOD])
async def test_a_field_is_met_in_three_rows_at_its_label_and_at_its_entry(step: Step, size: tuple[int, int]) -> None:
    async with staged(people.state(step), size) as stage:
        stage.app.hands.on_keys = True  # no keyboard comes between two taps
        for field in stage.screen.query(Field):
            await into_view(stage, field)
            assert field.region.height >= 3
            assert field.entry.region.y == field.region.y + 1
            for x in (field.region.x + 1, field.entry.region.x + 8):
                for y in range(field.region.y, field.region.y + 3):
                    assert await tap(stage, Offset(x, y)) is field.entry, (field, x, y)


@every_window
async def test_each_option_is_met_in_three_rows(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.METHOD), size) as stage:
        field = stage.screen.query_one("#field-method", Field)
        choice = stage.screen.query_one("#method", Choice)
        await into_view(stage, field)
        for at, (value, _) in enumerate(choice._options):
            for y in range(3):
                choice.pick((at + 1) % len(choice._options))
                await tap(stage, Offset(choice.region.x + 2, field.region.y + 3 * at + y))
                assert choice.value is value, (at, y)


@every_window
async def test_the_arrows_of_a_folded_choice_are_as_wide_and_as_high_as_a_finger(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.METHOD), size) as stage:
        field, choice = stage.screen.query_one("#field-buyer", Field), stage.screen.query_one("#buyer", Choice)
        await into_view(stage, field)
        for y in range(field.region.y, field.region.y + 3):
            for x in range(5):
                before = choice.value
                await tap(stage, Offset(choice.region.x + x, y))
                assert choice.value is not before


@pytest.mark.parametrize("size", [(80, 24), (100, 32)])
async def test_what_is_wrong_stands_in_the_hints_row_and_moves_nothing(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.SIGN_IN), size) as stage:
        before = [field.region for field in stage.screen.query(Field)]
        rows = [second.y - first.y for first, second in pairwise(before)]
        assert rows == [3 if size == (100, 32) else 2]
        for field in stage.screen.query(Field):
            field.fail("required")
        await stage.pilot.pause()
        assert [field.region.height for field in stage.screen.query(Field)] == [region.height for region in before]
        assert stage.text.count("! ") == 2
