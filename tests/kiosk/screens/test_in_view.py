"""What matters is in view in every window: the field at hand with its note, the ladder, the word at the door."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.harness import people
from tests.harness.kiosk.further import FURTHER, show
from tests.harness.kiosk.gallery import HOME
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import certificate, token
from tui.core.certificate import refer
from tui.core.failure import Failure, Reason
from tui.core.token import Readers, Snapshot
from tui.journey.state import State, Step
from tui.kiosk.text import _, use_language
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.large_words import large
from tui.kiosk.widgets.token_drawing import TokenDrawing

CHANGING = FURTHER["change-pin"]
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


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tries", [3, 1])
async def test_all_of_another_pin_is_in_view_after_a_wrong_one(language: str, tries: int) -> None:
    use_language(language)
    for size in (80, 24), (100, 32), (120, 40):
        async with staged(replace(CHANGING, failure=Failure(Reason.WRONG_PIN, tries_left=tries)), size) as stage:
            assert all(is_whole(stage, field) for field in stage.screen.query(Field)), size


@pytest.mark.parametrize("size", [(80, 24), (100, 32), (120, 40)])
async def test_a_form_that_is_wrong_has_no_more_pages(size: tuple[int, int]) -> None:
    async with staged(State(), size) as stage:
        for name in ("form-blank", "form-wrong"):
            await show(stage, name)
            assert stage.screen.query_one(Body).page[1] == 3, name


LONG = "广东省深圳市南山区粤海街道高新技术产业园区某某建筑装饰设计工程咨询管理服务股份有限公司"


@pytest.mark.parametrize("size", [(80, 24), (100, 32)])
async def test_a_long_name_is_told_whole_and_goes_on_under_itself(size: tuple[int, int]) -> None:
    holder = certificate("8841", 20, common_name=LONG)
    held = token(holder, serial="S1")
    async with staged(people.state(Step.CHOOSING, snapshot=Snapshot((held,)), chosen=None), size) as stage:
        rows = stage.text.splitlines()
        first = next(at for at, row in enumerate(rows) if LONG[:8] in row)
        below = rows[first + 1]
        assert cell_len(rows[first][: rows[first].index(LONG[:8])]) == len(below) - len(below.lstrip())
        await stage.show(people.state(Step.FORM, snapshot=Snapshot((held,)), chosen=refer(held, holder)))
        assert LONG in "".join(stage.text.split())
        assert "…" not in stage.text


@pytest.mark.parametrize("size", [(100, 32), (120, 40)])
async def test_a_wrong_pin_moves_no_sheet_and_its_words_stand_apart(size: tuple[int, int]) -> None:
    async with staged(State(), size) as stage:
        await show(stage, "request-pin")
        place = stage.screen.query_one("#heading").region.y
        for name in ("pin-wrong", "pin-last", "pin-locked"):
            await show(stage, name)
            assert stage.screen.query_one("#heading").region.y == place, name
        for name in ("pin-wrong", "pin-last"):
            await show(stage, name)
            banner, tries = (stage.screen.query_one(part) for part in ("FailureBanner", "#tries"))
            assert tries.content_region.y == banner.region.bottom + 1, name


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
