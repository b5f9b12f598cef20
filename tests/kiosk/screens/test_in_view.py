"""What matters is in view in every window: the field at hand with its note, the ladder, the word at the door."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.further import show
from tests.harness.kiosk.gallery import HOME
from tests.harness.kiosk.stage import Stage, staged
from tui.core.failure import Failure, Reason
from tui.core.token import Readers, Snapshot
from tui.journey.state import State
from tui.kiosk.text import _, use_language
from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.large_words import large
from tui.kiosk.widgets.token_drawing import TokenDrawing

EMPTY = replace(HOME, snapshot=Snapshot())
SOUGHT = replace(HOME, snapshot=Snapshot(readers=Readers.PRESENT), failure=Failure(Reason.NO_TOKEN))


def field_at_hand(stage: Stage) -> Field:
    return next(field for field in stage.screen.query(Field) if field.has_focus_within)


def is_whole(stage: Stage, field: Field) -> bool:
    """All its rows are seen."""
    return stage.screen.find_widget(field).visible_region.height == field.outer_size.height


@pytest.mark.parametrize("size", [(80, 24), (100, 32), (120, 40)])
async def test_the_field_at_hand_is_in_view_with_its_note(size: tuple[int, int]) -> None:
    async with staged(State(), size) as stage:
        await show(stage, "form-blank")
        assert is_whole(stage, field_at_hand(stage))
        await show(stage, "form-wrong")
        assert field_at_hand(stage).wrong
        assert is_whole(stage, field_at_hand(stage))


async def test_the_ladder_is_laid_out_anew_for_another_window() -> None:
    async with staged(SOUGHT, (120, 40)) as stage:
        rows = [row for row in stage.text.splitlines() if "读卡器" in row or "CA驱动" in row]
        assert len(rows) == 1
        await stage.pilot.resize_terminal(60, 30)
        await stage.pilot.pause()
        rows = [row for row in stage.text.splitlines() if "读卡器" in row or "CA驱动" in row]
        assert len(rows) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_high_window_says_in_large_letters_what_to_do(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_language(language)
    monkeypatch.setattr(Figures, "half_blocks", True)
    words = large(_("请插入CA"), "")
    assert words is not None
    assert max(line.cell_length for line in words.split("\n")) <= 80
    async with staged(EMPTY, (120, 40)) as stage:
        assert stage.screen.query_one("#large").size.height >= 8
        assert stage.screen.query_one(TokenDrawing).size.height == 5
        await stage.pilot.resize_terminal(80, 24)
        await stage.pilot.pause()
        assert not stage.screen.query_one("#large").size.height
        assert stage.screen.query_one(TokenDrawing).size.height == 3
