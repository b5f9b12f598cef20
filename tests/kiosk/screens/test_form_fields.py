"""The fields of the form: what a keyboard or a clipboard brings stands there and is told when it cannot be taken."""

from dataclasses import replace

import pytest
from textual.widgets import Input, Static

from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import FORM, INVOICE, OFFER, TERM, application, state
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.core.form.kinds import FieldError, IdType
from tui.core.order import ApplicationStatus, Offer
from tui.core.payment_method import PaymentMethod
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import Busy, Step
from tui.kiosk.terminal.keyboard import Input as Keyboard
from tui.kiosk.text.wording import field_message
from tui.kiosk.widgets.body import Body, Section
from tui.kiosk.widgets.choice import Choice
from tui.kiosk.widgets.field import TextField

SECTIONS = "基本信息", "经办人信息", "收件人信息"


def field(stage: Stage, name: str) -> TextField:
    """The field of this name."""
    return stage.screen.query_one(f"#field-{name.replace('_', '-')}", TextField)


def heading(stage: Stage) -> str:
    """What the heading says."""
    return str(stage.screen.query_one("#heading", Static).content)


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


async def test_what_the_desk_refuses_stays_told_until_it_is_changed() -> None:
    """Also where the rules here find nothing wrong with it."""
    errors = (("agent_email", "email_format"), ("id_number", "id_old"), ("term_months", "term_unknown"))
    async with staged(state(Step.FORM)) as stage:
        await stage.show(state(Step.FORM, failure=Failure(Reason.FORM_INVALID, field_errors=errors)))
        named = ("id_number", "agent_email")
        assert [field(stage, name).wrong for name in named] == [True, True]
        assert stage.app.focused is stage.screen.query_one("#term")
        note = field(stage, "id_number").query_one(".field-note", Static)
        old = f"! {field_message(FieldError.ID_OLD)}"
        for _field in range(6):
            await stage.press("tab")
            assert [field(stage, name).wrong for name in named] == [True, True]
        assert stage.app.focused is field(stage, "agent_email").entry
        await stage.press("x", "tab")
        assert [field(stage, name).wrong for name in named] == [True, False]
        stage.screen.query_one("#id-type").focus()
        assert str(note.content) == old
        await stage.press("right")
        assert str(note.content) != old
        await stage.show(state(Step.AGREEMENT))
        await stage.show(state(Step.FORM))
        assert not any(f.wrong for f in stage.screen.query(TextField))


async def test_a_message_that_hung_on_another_field_goes_when_that_is_right() -> None:
    """The title holds the number that stands, wrongly, as the tax number too."""
    typed = InvoiceForm("440300123456789", "440300-123456789公司")
    before = state(Step.METHOD, application=application(ApplicationStatus.ENTERED), invoice=typed)
    async with staged(before) as stage:
        told, _ = advance(before, e.PaymentSubmitted(PaymentMethod.ALIPAY, typed))
        await stage.show(told)
        assert field(stage, "title").wrong
        field(stage, "tax_number").fill(INVOICE.tax_number)
        field(stage, "tax_number").entry.focus()
        await stage.press("tab")
        assert not field(stage, "title").wrong


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
            await fingers.until(lambda: not stage.screen.query_one("#next-page").has_class("-active"))
        assert f"第{pages}页，共{pages}页" in stage.text
        assert "地址" in stage.text
        assert not submit.has_class("-later")
        await fingers.words("返回")
        assert e.BackPressed() in await stage.events()


async def test_after_a_wrong_field_the_page_is_the_one_with_its_message() -> None:
    wrong = Failure(Reason.FORM_INVALID, field_errors=(("recipient_address", "required"),))
    async with staged(state(Step.FORM)) as stage:
        assert "第1页" in stage.text
        await stage.act("#submit")
        await stage.show(state(Step.FORM, failure=wrong))
        await stage.events()
        assert stage.app.focused is field(stage, "recipient_address").entry
        assert "! " in stage.text
        assert "第1页" not in stage.text


@pytest.mark.parametrize("size", [(80, 24), (100, 32), (120, 40), (200, 60)])
async def test_a_form_that_comes_filled_is_read_before_a_key_submits_it(size: tuple[int, int]) -> None:
    async with staged(state(Step.AGREEMENT), size) as stage:
        for _visit in range(2):
            await stage.show(state(Step.FORM))
            submit, (page, pages) = stage.screen.query_one("#submit"), stage.screen.query_one(Body).page
            assert page == 1
            assert (pages == 1) is (size == (200, 60))
            assert stage.screen.focused is (submit if pages == 1 else stage.screen.query_one("#term"))
            assert submit.has_class("-later") is ("共" in heading(stage)) is ("下一页" in stage.text) is (pages > 1)
            assert (e.FormSubmitted(FORM) in await stage.press("enter")) is (pages == 1)
            await stage.show(state(Step.AGREEMENT))


@pytest.mark.parametrize("size", [(80, 24), (100, 32), (200, 60)])
async def test_whoever_begins_on_a_later_page_reads_which_term_is_bought_and_that_there_are_others(
    size: tuple[int, int],
) -> None:
    offer = Offer((TERM, replace(TERM, months=24, fee_fen=2 * TERM.fee_fen)))
    async with staged(state(Step.AGREEMENT), size) as stage:
        await stage.show(state(Step.FORM, form=ApplicationForm(term_months=12), offer=offer))
        one_page = stage.screen.query_one(Body).page == (1, 1)
        assert one_page is (size == (200, 60))
        assert stage.screen.focused is field(stage, "id_number").entry
        assert ("续期时间" in stage.text) is one_page
        assert ("12个月  ¥ 200.00，其他时间请按「上一页」" in stage.text) is not one_page
        stage.screen.query_one("#term").focus()
        await stage.press("right")
        stage.screen.query_one("#field-id-number Input").focus()
        await stage.pilot.pause()
        assert ("24个月  ¥ 400.00，其他时间请按「上一页」" in stage.text) is not one_page


async def test_a_page_begins_with_its_section_also_when_the_banner_goes() -> None:
    async with staged(state(Step.FORM, failure=Failure(Reason.DESK_TIMEOUT))) as stage:
        stage.screen.query_one("#submit").focus()
        for _page in range(4):
            await stage.press("pagedown")
        await stage.show(state(Step.FORM, busy=Busy.SAVING))
        await stage.pilot.pause()
        body = stage.screen.query_one(Body)
        assert stage.text.splitlines()[body.region.y].strip().startswith("收件人信息")


@pytest.mark.parametrize("size", [(80, 24), (100, 32), (120, 40)])
async def test_each_section_has_a_page_of_its_own_by_keys_and_by_what_has_the_focus(size: tuple[int, int]) -> None:
    async with staged(state(Step.FORM), size) as stage:
        body = stage.screen.query_one(Body)

        async def in_view(keys: str) -> list[str]:
            await stage.press(keys)
            await stage.pilot.pause()
            return [title for title in SECTIONS if title in stage.text]

        pages = [await in_view("pageup"), await in_view("pagedown"), await in_view("pagedown")]
        assert pages == [[title] for title in SECTIONS]
        assert body.page == (3, 3)
        stage.screen.query_one("#prices").focus()
        await stage.pilot.pause()
        assert await in_view("tab") == ["经办人信息"]
        assert body.page == (2, 3)
        assert await in_view("shift+tab") == ["基本信息"]
        stage.screen.query_one("#submit").focus()
        assert await in_view("up") == ["收件人信息"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_what_is_typed_after_a_page_was_turned_is_seen(size: tuple[int, int]) -> None:
    async with staged(state(Step.FORM, form=ApplicationForm()), size) as stage:
        body = stage.screen.query_one(Body)
        for key in ("pagedown", "pagedown", "pagedown", "pageup", "pageup", "pageup"):
            await stage.press(key)
            await stage.pilot.pause()
            turned = body.scroll_y
            assert stage.screen.focused is not None
            assert body.region.contains_region(stage.screen.focused.region), key
            await stage.press("1")
            assert body.scroll_y == turned


async def test_a_section_higher_than_the_window_is_paged_with_a_row_seen_again() -> None:
    async with staged(state(Step.FORM), (60, 20)) as stage:
        body = stage.screen.query_one(Body)
        height, (basics, agent, recipient) = body.size.height, body.query_children(Section)
        assert basics.size.height == height < agent.size.height < 2 * height
        starts = (0, height, agent.virtual_region.bottom - height, recipient.virtual_region.y)
        assert body.page == (1, len(starts))
        for page, start in enumerate(starts[1:], 2):
            await stage.press("pagedown")
            assert (body.scroll_y, body.page) == (start, (page, len(starts)))
            assert f"第{page}页，共4页" in heading(stage)
        stage.screen.query_one("#id-type").focus()
        await stage.pilot.pause()
        assert body.scroll_y == height


async def test_the_page_is_the_nearest_one() -> None:
    async with staged(state(Step.FORM), (80, 24)) as stage:
        body = stage.screen.query_one(Body)
        height, last = body.size.height, body.max_scroll_y
        for y, page in ((1, 1), (height - 1, 2), (height + 1, 2), (last - 1, 3), (last, 3), (0, 1)):
            body.scroll_to(y=y, animate=False)
            await stage.events()
            assert body.page == (page, 3)
            assert f"第{page}页，共3页" in heading(stage)
        body.scroll_to(y=height + 1, animate=False)
        await stage.press("pageup")
        assert body.page == (2, 3)


async def test_a_window_that_changes_shows_its_pages() -> None:
    async with staged(state(Step.FORM), (200, 60)) as stage:
        for size, paged in (((80, 24), True), ((200, 60), False), ((120, 40), True)):
            await stage.pilot.resize_terminal(*size)
            await stage.events()
            assert ("共" in heading(stage)) is paged
            assert stage.screen.query_one("#submit").has_class("-later") is paged
