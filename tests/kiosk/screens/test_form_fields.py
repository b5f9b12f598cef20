"""The fields of the form: what a keyboard or a clipboard brings stands there and is told when it cannot be taken."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import FORM, OFFER, state
from tui.core.application import ApplicationForm, IdType
from tui.core.failure import Failure, Reason
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.terminal.keyboard import Input as Keyboard
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.field import TextField


def field(stage: Stage, name: str) -> TextField:
    """The field of this name."""
    return stage.screen.query_one(f"#field-{name.replace('_', '-')}", TextField)


@pytest.mark.parametrize("pasted", [False, True])
async def test_a_han_character_that_python_does_not_know_is_typed_and_shown(pasted: bool) -> None:
    data = "\U0002ebf0明".encode()
    async with staged(state(Step.FORM, form=replace(FORM, agent_name=""))) as stage:
        for message in Keyboard().feed(b"\x1b[200~" + data + b"\x1b[201~" if pasted else data):
            stage.app.post_message(message)
        await stage.press("f3")
        assert field(stage, "agent_name").value == "\U0002ebf0明"
        assert "\U0002ebf0明" in stage.text.replace("\x00", "")


async def test_a_character_that_cannot_be_taken_stands_there_and_is_told() -> None:
    async with staged(state(Step.FORM, form=replace(FORM, agent_name="张"))) as stage:
        field(stage, "agent_name").entry.focus()
        for message in Keyboard().feed("\ue5e5\t".encode()):
            stage.app.post_message(message)
        await stage.events()
        assert field(stage, "agent_name").value == "张\ue5e5"
        assert "含有无法使用的字符" in stage.text


async def test_a_message_goes_when_its_value_is_copied_from_the_agent() -> None:
    wrong = replace(FORM, recipient_name="12", recipient_mobile="89524338", recipient_address="广州")
    async with staged(state(Step.FORM, form=wrong)) as stage:
        named = ("recipient_name", "recipient_mobile", "recipient_address")
        errors = tuple(zip(named, ("name_format", "phone_format", "address_short"), strict=True))
        await stage.show(state(Step.FORM, form=wrong, failure=Failure(Reason.FORM_INVALID, field_errors=errors)))
        assert [field(stage, name).wrong for name in named] == [True] * 3
        stage.screen.query_one("#copy").focus()
        await stage.press("enter")
        assert [field(stage, name).wrong for name in named] == [False, False, True]


async def test_what_is_copied_wrong_keeps_a_message() -> None:
    wrong = replace(FORM, agent_name="", recipient_name="12")
    async with staged(state(Step.FORM, form=wrong)) as stage:
        refused = Failure(Reason.FORM_INVALID, field_errors=(("recipient_name", "name_format"),))
        await stage.show(state(Step.FORM, form=wrong, failure=refused))
        stage.screen.query_one("#copy").focus()
        await stage.press("enter")
        assert field(stage, "recipient_name").wrong
        assert "必须填写" in stage.text


async def test_a_message_at_the_number_goes_with_the_type_that_it_was_about() -> None:
    async with staged(state(Step.FORM, form=ApplicationForm(id_number="E12345678"), offer=OFFER)) as stage:
        stage.screen.query_one("#field-id-number Input", Input).focus()
        await stage.press("tab")
        assert "身份证号码应为18位" in stage.text
        choice = stage.screen.query_one("#id-type", Choice)
        choice.focus()
        for _turn in IdType:
            await stage.press("right")
            if choice.value is IdType.PASSPORT:
                break
        assert choice.value is IdType.PASSPORT
        assert not field(stage, "id_number").wrong


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_form_says_that_more_follows_and_is_paged_by_taps_alone(size: tuple[int, int]) -> None:
    async with staged(state(Step.FORM), size) as stage:
        fingers = Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]
        submit, body = stage.screen.query_one("#submit"), stage.screen.query_one(Body)
        pages = body.page[1]
        assert pages > 1
        for page in range(1, pages):
            assert f"第{page}页，共{pages}页" in stage.text
            assert submit.has_class("-later")
            await fingers.widget(stage.screen.query_one("#next-page"))
            await stage.events()
        assert f"第{pages}页，共{pages}页" in stage.text
        assert "地址" in stage.text
        assert not submit.has_class("-later")
        await fingers.words("返回")
        assert e.BackPressed() in await stage.events()


async def test_after_a_wrong_field_the_page_is_the_one_with_its_message() -> None:
    wrong = Failure(Reason.FORM_INVALID, field_errors=(("recipient_address", "required"),))
    async with staged(state(Step.FORM)) as stage:
        assert "第1页" in stage.text
        await stage.show(state(Step.FORM, failure=wrong))
        await stage.events()
        assert stage.app.focused is field(stage, "recipient_address").entry
        assert "! " in stage.text
        assert "第1页" not in stage.text
