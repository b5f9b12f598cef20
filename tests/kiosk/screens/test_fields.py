"""Fields of text: no clipboard, arrows from one to the next, in view in small windows."""

from collections.abc import Iterator

import pytest
from textual.widget import Widget

from tests.harness import people
from tests.harness.kiosk.program import Program
from tests.harness.kiosk.stage import Stage, staged
from tui.core.application import Buyer, InvoiceForm
from tui.core.failure import Failure, Reason
from tui.journey.state import State, Step
from tui.kiosk.widgets.line import Line

CLIPBOARD = ("ctrl+a", "ctrl+shift+a", "ctrl+c", "super+c", "ctrl+x", "ctrl+insert", "shift+delete")


async def test_nothing_typed_is_cut_or_copied_and_the_next_person_pastes_nothing() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        address = stage.screen.query_one("#field-recipient-address Input", Line)
        stands = address.value
        address.focus()
        await stage.press("home", "shift+end", *CLIPBOARD)
        assert address.value == stands != ""
        assert stage.app.clipboard == ""
        await stage.show(people.state(Step.SIGN_IN, account=""))
        account = stage.screen.query_one(Line)
        account.focus()
        await stage.press("ctrl+v", "shift+insert", "ctrl+y")
        assert account.value == ""
        stage.app.copy_to_clipboard("secret")
        assert stage.app.clipboard == ""


def test_no_osc_52_is_ever_written() -> None:
    program = Program()
    try:
        program.read_until("还有20天到期")
        program.send(b"\r")
        program.read_until("登录财智云")
        program.send(b"supplier\x1b[1;2H\x03\x18\x1b[99;5u\x1b[120;5u\x16\x1bOP")
        program.read_until("帮助：")
        assert b"\x1b]52" not in program.output
    finally:
        program.close()


def in_turn(stage: Stage) -> list[Widget]:
    """What takes the focus, in its order."""
    return list(stage.screen.focus_chain)


@pytest.mark.parametrize("step", [Step.FORM, Step.METHOD, Step.SIGN_IN, Step.REQUEST_PIN])
@pytest.mark.parametrize("size", [(80, 24), (80, 12)])
async def test_up_and_down_go_from_field_to_field(step: Step, size: tuple[int, int]) -> None:
    async with staged(people.state(step), size) as stage:
        chain = in_turn(stage)
        chain[0].focus()
        await stage.pilot.pause()
        for expected in chain[1:]:
            await stage.press("down")
            assert stage.app.focused is expected
        for expected in chain[-2::-1]:
            await stage.press("up")
            assert stage.app.focused is expected


def states() -> Iterator[State]:
    """Screens with fields, most of them with a failure above, which takes rows."""
    yield people.state(Step.SIGN_IN, failure=Failure(Reason.WRONG_PASSWORD))
    yield people.state(Step.FORM, failure=Failure(Reason.FORM_INVALID, field_errors=(("agent_mobile", "required"),)))
    yield people.state(Step.REQUEST_PIN, failure=Failure(Reason.WRONG_PIN, tries_left=1))
    yield people.state(Step.METHOD, invoice=InvoiceForm("", "", Buyer.COMPANY))


IN_VIEW = [*((shown, (80, 12)) for shown in states()), (people.state(Step.FORM), (40, 10))]


async def test_the_field_at_hand_is_in_view() -> None:
    for shown, size in IN_VIEW:
        async with staged(shown, size) as stage:
            for _ in in_turn(stage):
                focused = stage.app.focused
                if focused is not None:
                    seen = stage.screen.find_widget(focused).visible_region
                    assert seen.height >= 1, (shown.step, focused)
                    assert seen.width >= 1, (shown.step, focused)
                await stage.press("tab")
            assert "窗口太小" not in stage.text


async def test_a_window_that_shrinks_keeps_the_field_at_hand_in_view() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        address = stage.screen.query_one("#field-recipient-address Input", Line)
        address.focus()
        await stage.pilot.resize_terminal(80, 12)
        await stage.events()
        await stage.pilot.pause()
        assert stage.screen.find_widget(address).visible_region.height == 1


@pytest.mark.parametrize("size", [(80, 9), (39, 24), (20, 5), (1, 1)])
async def test_a_window_too_small_says_so(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.FORM), size) as stage:
        assert stage.text.startswith("窗口太小"[: size[0] // 2])
        await stage.pilot.resize_terminal(80, 24)
        await stage.events()
        assert "窗口太小" not in stage.text
