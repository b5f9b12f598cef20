"""A long text by its page buttons alone: where one is, and what is lit at its end."""

import pytest

from tests.harness import people
from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import Stage, staged
from tui.core.order import Document as Text
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.pages import PageNumber

LONG = Text("1", "须知", "\n\n".join(f"第{number}条" for number in range(20)), "")


def _place(stage: Stage) -> str:
    return str(stage.screen.query_one(PageNumber).content)


async def _turn(stage: Stage, fingers: Fingers) -> None:
    """Tap 下一页, which takes no second tap while it shows that it was tapped."""
    await fingers.words("下一页")
    await fingers.until(lambda: not stage.screen.query_one("#next-page").has_class("-active"))


async def test_taps_on_the_next_page_lead_to_the_act_at_the_end() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG)) as stage:
        fingers = Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]
        seen = [_place(stage)]
        while "> 同意并继续 <" not in stage.text:
            await _turn(stage, fingers)
            seen.append(_place(stage))
        assert seen == [f"第{page}页，共{len(seen)}页" for page in range(1, len(seen) + 1)]
        assert len(seen) > 2
        await fingers.words("上一页")
        assert _place(stage) == seen[-2]
        await fingers.words("同意并继续")
        assert await stage.events() == [e.NoticeAccepted()]


async def test_enter_presses_what_is_lit_and_that_is_one_button() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG)) as stage:
        lit = []
        while not await stage.press("enter"):
            [button] = stage.screen.query("ActionButton.-lit, ActionButton:focus")
            lit.append(button.id)
        assert lit[:-1] == ["next-page"] * (len(lit) - 1)
        assert lit[-1] is None
        await stage.press("tab")
        assert [str(button.label) for button in stage.screen.query(ActionButton) if button.is_lit] == ["返回"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_at_the_end_the_box_is_painted_as_lit_and_before_it_is_not(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.AGREEMENT, agreement=LONG), size) as stage:

        def is_lit() -> bool:
            cells = [cells for row in stage.screen._compositor.render_strips() for cells in row if "[ ]" in cells.text]
            return [bool(cells.style and cells.style.reverse) for cells in cells] == [True]

        while "> 下一页 <" in stage.text:
            assert not is_lit()
            await stage.press("enter")
        assert is_lit()
        assert isinstance(stage.screen.focused, Document)
        await stage.press("pageup")
        assert not is_lit()
        assert "> 下一页 <" in stage.text


async def test_who_has_not_read_to_the_end_may_go_on() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG)) as stage:
        assert await stage.press("tab", "enter") == [e.NoticeAccepted()]
    async with staged(people.state(Step.AGREEMENT, agreement=LONG)) as stage:
        await stage.press("tab", "space")
        assert await stage.press("enter") == [e.AgreementAccepted()]


async def test_at_the_end_of_the_agreement_the_box_is_next() -> None:
    async with staged(people.state(Step.AGREEMENT, agreement=LONG)) as stage:
        fingers = Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]
        while not isinstance(stage.screen.focused, Tick):
            await _turn(stage, fingers)
        assert await stage.press("space", "enter") == [e.AgreementAccepted()]


async def test_a_text_of_one_page_has_no_page_buttons() -> None:
    async with staged(people.state(Step.NOTICE)) as stage:
        assert "下一页" not in stage.text
        assert not _place(stage)


async def test_a_key_that_scrolls_by_lines_tells_the_page_too() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG)) as stage:
        await stage.press("down")
        assert _place(stage).startswith("第1页")
        await stage.press("end", "home")
        assert _place(stage).startswith("第1页")


async def test_no_line_is_left_out_between_a_page_and_the_one_before() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG)) as stage:
        document = stage.screen.query_one(Document)
        await stage.press("pagedown", *["down"] * 3)
        top = document.scroll_y
        await stage.press("pageup")
        assert 0 < document.scroll_y < top <= document.scroll_y + document.size.height


async def test_in_a_narrow_window_nothing_is_said_of_buttons_that_are_not_there() -> None:
    async with staged(people.state(Step.NOTICE, notice=LONG), (75, 24)) as stage:
        assert "下一页" not in stage.text
        assert "> 同意并继续 <" not in stage.text
        await stage.press("end")
        assert "> 同意并继续 <" in stage.text
