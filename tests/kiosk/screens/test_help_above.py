"""F1 answers above a question too, and the question is still there after it; a person who is there again needs none."""

import pytest
from rich.cells import cell_len

from tests.harness import people
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import Step
from tui.kiosk.screens.dialogue import Confirm
from tui.kiosk.screens.help import _keys
from tui.kiosk.text import use_language
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


@pytest.mark.parametrize(("size", "scrolls"), [((80, 24), True), ((100, 32), False), ((120, 40), False)])
async def test_help_is_as_high_as_its_words_where_the_window_is(size: tuple[int, int], scrolls: bool) -> None:
    use_language("en")
    async with staged(people.state(Step.FORM), size) as stage:
        await stage.pilot.press("f1")
        for window in ((60, 20), size):
            await stage.pilot.resize_terminal(*window)
            await stage.pilot.pause()
        text, box = stage.app.screen.query_one("#help-text"), stage.app.screen.query_one("#help")
        assert (text.max_scroll_y > 0) is scrolls
        assert stage.app.screen.query_one("ActionButton").region.bottom < box.region.bottom <= size[1] - 1


async def test_what_a_key_does_stands_in_its_column_on_every_line() -> None:
    use_language("en")
    rows = str(_keys()).split("\n")
    assert len(rows) > 5
    assert all(row[17:19] == "  " and row[19] != " " and cell_len(row) <= 63 for row in rows)


async def test_a_question_without_further_words_has_no_rows_for_them() -> None:
    async with staged(people.state(Step.WAITING)) as stage:
        for detail, rows in (("", 1), ("想一想", 3)):
            await stage.app.push_screen(Confirm("退出程序？", "退出", detail))
            await stage.pilot.pause()
            assert stage.app.screen.query_one("#dialogue-text").region.height == rows
