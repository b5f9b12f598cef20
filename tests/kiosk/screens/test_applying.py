"""Agreement, form, PIN and the token at work: what is shown, which keys post which events."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from tests.harness.kiosk.further import FURTHER
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import staged
from tests.harness.people import AGREEMENT, FORM, OFFER, OLD, application, state, token
from tui.core.certificate import PinState
from tui.core.failure import Failure, Reason
from tui.core.form.fields import ApplicationForm
from tui.core.order import ApplicationStatus, Term
from tui.core.token import Snapshot, TokenStage
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.state import State, Step
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Tick
from tui.kiosk.widgets.field import TextField
from tui.kiosk.widgets.pin_pad import Keypad, PinEntry

TWO_TERMS = replace(OFFER, terms=(*OFFER.terms, Term(24, 38000, 19000, OLD.not_after.replace(year=2028))))


def at_pin(failure: Failure | None = None, **changes: object) -> State:
    """The PIN step with a token that says this of itself."""
    return state(Step.REQUEST_PIN, failure=failure, snapshot=Snapshot((token(OLD, **changes),)))  # type: ignore[arg-type]


async def test_the_agreement_opens_with_the_tick() -> None:
    async with staged(state(Step.AGREEMENT)) as stage:
        assert "版本：2.0" in stage.text
        assert AGREEMENT.digest in stage.text
        assert stage.screen.query_one("ActionButton.-main", ActionButton).disabled
        stage.screen.query_one(Tick).focus()
        assert await stage.press("space", "enter") == [e.AgreementAccepted()]


async def test_another_agreement_takes_the_tick_away() -> None:
    async with staged(state(Step.AGREEMENT)) as stage:
        stage.screen.query_one(Tick).focus()
        await stage.press("space")
        newer = replace(AGREEMENT, version="2.1", digest="cc" * 32)
        await stage.show(state(Step.AGREEMENT, agreement=newer, failure=Failure(Reason.AGREEMENT_CHANGED)))
        assert not stage.screen.query_one(Tick).ticked
        assert "版本：2.1" in stage.text


async def test_the_form_is_filled_kept_and_submitted() -> None:
    async with staged(state(Step.FORM, offer=TWO_TERMS, form=ApplicationForm())) as stage:
        posted = await stage.press(*"110", "f3")
        assert posted == [e.FormEdited(ApplicationForm(id_number="110")), e.BackPressed()]


async def test_the_form_comes_back_as_it_was_typed() -> None:
    async with staged(state(Step.FORM, offer=TWO_TERMS)) as stage:
        assert stage.screen.query_one("#field-agent-email", TextField).value == "zhang@example.cn"
        assert await stage.act("#submit") == [e.FormSubmitted(FORM)]


async def test_the_fee_follows_the_term() -> None:
    async with staged(state(Step.FORM, offer=TWO_TERMS)) as stage:
        stage.screen.query_one("#term").focus()
        await stage.press("right")
        assert "¥ 380.00，续期后有效期至2028年" in stage.text
        await stage.act("#prices")
        for word in ("¥ 190.00", "每年", "2028年12月13日"):
            assert word in stage.text


async def test_the_recipient_is_copied_from_the_agent() -> None:
    async with staged(state(Step.FORM, offer=TWO_TERMS)) as stage:
        stage.screen.query_one("#copy").focus()
        (edited,) = await stage.press("enter")
        assert isinstance(edited, e.FormEdited)
        assert (edited.form.recipient_name, edited.form.recipient_mobile) == ("张三", "13800138000")


async def test_a_field_speaks_when_it_is_left() -> None:
    async with staged(state(Step.FORM, form=ApplicationForm())) as stage:
        await stage.press(*"123", "enter")
        assert "身份证号码应为18位" in stage.text
        assert "必须填写\n" not in stage.text


async def test_a_refused_form_marks_every_field_and_focuses_the_first() -> None:
    refused = Failure(
        Reason.FORM_INVALID, field_errors=(("agent_email", "email_format"), ("recipient_name", "required"))
    )
    async with staged(state(Step.FORM)) as stage:
        await stage.act("#submit")
        await stage.show(state(Step.FORM, failure=refused))
        email = stage.screen.query_one("#field-agent-email", TextField)
        assert email.wrong
        assert stage.screen.query_one("#field-recipient-name", TextField).wrong
        assert stage.screen.focused is email.entry
        assert "邮箱格式不对" in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_focused_field_is_always_in_view(size: tuple[int, int]) -> None:
    async with staged(state(Step.FORM, offer=TWO_TERMS), size) as stage:
        body = stage.screen.query_one("#body").region
        for entry in stage.screen.query(Input):
            entry.focus()
            await stage.pilot.pause()
            assert body.contains_region(entry.region)


async def test_leaving_the_form_takes_the_data_from_the_screen() -> None:
    async with staged(state(Step.FORM)) as stage:
        fields = list(stage.screen.query(TextField))
        assert {field.value for field in fields} != {""}
        await stage.show(state(Step.REQUEST_PIN, application=application()))
        assert {field.value for field in fields} == {""}


async def test_the_pin_goes_from_the_keys_into_the_event() -> None:
    async with staged(at_pin()) as stage:
        assert await stage.press(*"1234", "backspace", "5") == []
        assert "1235" not in stage.text
        assert "▪ ▪ ▪ ▪" in stage.text
        (entered,) = await stage.press("enter")
        assert isinstance(entered, e.PinEntered)
        assert bytes(entered.pin.reveal()) == b"1235"
        assert "1235" not in repr(entered)
        assert stage.screen.query_one(PinEntry).length == 0


async def test_a_short_pin_is_not_sent() -> None:
    async with staged(at_pin(pin_min=6)) as stage:
        assert await stage.press(*"12345", "enter") == []
        assert "至少6位" in stage.text
        assert stage.screen.query_one("ActionButton.-main", ActionButton).disabled


async def test_a_pin_is_no_longer_than_the_token_takes() -> None:
    async with staged(at_pin(pin_max=6)) as stage:
        await stage.press(*"123456789", "ctrl+u", *"12345678")
        assert stage.screen.query_one(PinEntry).length == 6


async def test_the_keypad_types_its_digits() -> None:
    async with staged(at_pin()) as stage:
        keypad = stage.screen.query_one(Keypad)
        for place in range(4):
            keypad.action_press(place)
        keypad.action_erase()
        assert stage.screen.query_one(PinEntry).length == 3


async def test_the_pin_is_wiped_when_the_token_goes() -> None:
    async with staged(at_pin()) as stage:
        entry = stage.screen.query_one(PinEntry)
        await stage.press(*"1234")
        await stage.show(state(Step.TOKEN_AWAITED, return_to=Step.REQUEST_PIN, snapshot=Snapshot()))
        assert entry.length == 0


async def test_what_was_typed_for_a_token_is_not_for_a_copy_in_its_place() -> None:
    async with staged(at_pin()) as stage:
        entry = stage.screen.query_one(PinEntry)
        await stage.press(*"1234")
        await stage.show(at_pin())
        assert entry.length == 4
        await stage.show(at_pin(serial="S2"))
        assert entry.length == 0


async def test_the_last_try_wants_a_tick() -> None:
    async with staged(at_pin(pin_state=PinState.FINAL_TRY)) as stage:
        assert "只剩最后一次机会" in stage.text
        assert await stage.press(*"1234", "enter") == []
        stage.screen.query_one(Tick).ticked = True
        stage.screen.query_one(PinEntry).focus()
        (entered,) = await stage.press("enter")
        assert isinstance(entered, e.PinEntered)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (at_pin(tries_left=3), "还可尝试3次"),
        (at_pin(pin_state=PinState.COUNT_LOW), "曾经输错"),
        (at_pin(), "连续输错会锁定CA"),
        (at_pin(Failure(Reason.WRONG_PIN, tries_left=2)), "还可尝试2次"),
    ],
)
async def test_the_tries_left_are_said_in_words(shown: State, words: str) -> None:
    async with staged(shown) as stage:
        assert words in stage.text


async def test_a_locked_token_takes_no_pin() -> None:
    async with staged(at_pin(pin_state=PinState.LOCKED)) as stage:
        assert "已锁定" in stage.text
        assert await stage.press(*"1234", "enter") == [e.BackPressed()]


async def test_a_token_with_its_own_pad_is_asked_there() -> None:
    async with staged(at_pin(pin_pad=True)) as stage:
        assert "请在CA上输入密码" in stage.text
        (entered,) = await stage.press("enter")
        assert isinstance(entered, e.PinEntered)
        assert not entered.pin


async def test_nobody_leaves_while_the_token_works() -> None:
    async with staged(state(Step.REQUESTING, stage=TokenStage.KEY_PAIR)) as stage:
        assert "进行中  在CA中生成新密钥" in stage.text
        assert "请不要拔出" in stage.text
        assert await stage.press("f3", "f10", "escape") == []
        assert len(stage.app.screen_stack) == 2


async def test_a_lost_desk_is_told_again_without_a_pin() -> None:
    lost = state(
        Step.INSTALLING, failure=Failure(Reason.DESK_UNREACHABLE), application=application(ApplicationStatus.ISSUED)
    )
    async with staged(lost) as stage:
        assert await stage.press("enter") == [e.Retried()]


async def test_the_agreement_that_was_accepted_leads_on_at_once() -> None:
    accepted, _ = advance(state(Step.AGREEMENT), e.AgreementAccepted())
    async with staged(accepted) as stage:
        returned, _ = advance(accepted, e.BackPressed())
        await stage.show(returned)
        assert "> 下一步 <" in stage.text
        await stage.show(replace(returned, agreement=replace(AGREEMENT, digest="another")))
        assert "> 下一步 <" not in stage.text


async def test_what_was_typed_wrong_is_taken_back_from_its_end() -> None:
    refused = Failure(Reason.FORM_INVALID, field_errors=(("agent_mobile", "mobile_format"),))
    wrong = replace(FORM, agent_mobile="138001380000")
    async with staged(state(Step.FORM, form=wrong)) as stage:
        await stage.show(state(Step.FORM, form=wrong, failure=refused))
        await stage.press("backspace")
        assert stage.screen.query_one("#field-agent-mobile Input", Input).value == "13800138000"


async def test_the_label_of_the_field_with_the_focus_is_set_off() -> None:
    async with staged(state(Step.FORM)) as stage:
        labels = [stage.screen.query_one(f"#field-{name} .field-label") for name in ("term-months", "id-type")]
        stage.screen.query_one("#term").focus()
        await stage.pilot.pause()
        first = [label.styles.color for label in labels]
        await stage.press("enter", "tab")
        assert [label.styles.color for label in labels] == first[::-1]
        assert first[0] != first[1]


async def test_a_request_that_did_not_get_through_is_not_called_under_way() -> None:
    async with staged(GALLERY["requesting"]) as stage:
        assert "进行中" in stage.text
        await stage.show(FURTHER["requesting-failed"])
        assert "未完成" in stage.text
        assert "进行中" not in stage.text
