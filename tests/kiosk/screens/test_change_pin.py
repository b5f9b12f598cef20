"""修改CA密码 on the screen: the rule first, what breaks it is never sent, nothing typed stays."""

from dataclasses import replace

import pytest
from textual.events import Paste

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.certificate import PinState, Token, refer_whole
from tui.core.failure import Failure, Reason
from tui.core.token import Snapshot
from tui.journey import events as e
from tui.journey.state import Busy, State, Step
from tui.kiosk.widgets.keyboard.keyboard import Keyboard
from tui.kiosk.widgets.pin_pad import PinEntry
from tui.kiosk.widgets.secret_field import SecretField


def asked(token: Token = people.TOKEN, **changes: object) -> State:
    """At the three fields."""
    shown = State(
        step=Step.CHANGE_PIN,
        now=people.NOW,
        snapshot=Snapshot((token,)),
        chosen=refer_whole(token),
        desk_reachable=True,
    )
    return replace(shown, **changes)  # type: ignore[arg-type]


async def test_both_pins_are_handed_over_once() -> None:
    async with staged(asked()) as stage:
        assert stage.text.index("新密码6至32位") < stage.text.index("原密码")
        (entered,) = await stage.press(*"123456", "enter", *"271828", "enter", *"271828", "enter")
        assert isinstance(entered, e.NewPinEntered)
        assert (bytes(entered.old.reveal()), bytes(entered.new.reveal())) == (b"123456", b"271828")
        assert not any(field.length for field in stage.screen.query(SecretField))
        assert "271828" not in stage.text


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("111111", "111111", "不能全是同一个字符"),
        ("987654", "987654", "连续的"),
        ("27182", "27182", "新密码太短"),
        ("123456", "123456", "连续的"),
        ("246813", "246813", "与原密码相同"),
        ("271828", "271829", "两次输入的新密码不一致"),
    ],
)
async def test_what_breaks_the_rule_is_not_sent(new: str, again: str, told: str) -> None:
    async with staged(asked()) as stage:
        assert await stage.press(*"246813", "enter", *new, "enter", *again, "enter") == []
        assert told in stage.text
        assert not any(field.length for field in stage.screen.query(SecretField))


async def test_a_refusal_is_told_and_the_last_try_agreed_to() -> None:
    final = replace(people.TOKEN, pin_state=PinState.FINAL_TRY, tries_left=1)
    failure = Failure(Reason.WRONG_PIN, tries_left=1, final_try=True)
    async with staged(asked(final, failure=failure)) as stage:
        assert "CA密码不正确" in stage.text
        assert await stage.press(*"246813", "enter", *"271828", "enter", *"271828", "enter") == []
        assert "请先勾选确认" in stage.text


async def test_what_is_typed_after_a_refusal_outlasts_the_news() -> None:
    """A PIN of which half was taken away meanwhile would cost a try."""
    refused = asked(failure=Failure(Reason.WRONG_PIN))
    async with staged(refused) as stage:
        await stage.press(*"7391")
        await stage.show(replace(refused, desk_reachable=False))
        assert stage.screen.query_one("#old-pin", SecretField).length == 4
        await stage.show(replace(refused, failure=None, busy=Busy.CHANGING_PIN))
        await stage.show(refused)
        assert stage.screen.query_one("#old-pin", SecretField).length == 0


@pytest.mark.parametrize("seen", [(people.TOKEN,), ()])
async def test_that_either_pin_may_hold_is_in_view_with_the_token_out_too(seen: tuple[Token, ...]) -> None:
    async with staged(asked()) as stage:
        broken = Failure(Reason.TOKEN_REMOVED, token_changed=True)
        await stage.show(asked(snapshot=Snapshot(seen), failure=broken))
        assert "密码可能已经改好" in stage.text
        assert ("原密码" in stage.text.replace("不对再用原密码", "")) is bool(seen)


async def test_a_locked_token_takes_none_and_a_changed_pin_is_said() -> None:
    async with staged(asked(replace(people.TOKEN, pin_state=PinState.LOCKED))) as stage:
        assert not stage.screen.query_one("#old-pin").is_on_screen
        await stage.show(asked(pin_changed=True))
        assert "CA密码已修改" in stage.text
        assert await stage.press("f3") == [e.BackPressed()]


async def test_a_page_without_a_field_brings_no_keyboard() -> None:
    async with staged(asked()) as stage:
        assert "F2" in stage.text
        await stage.press("f2")
        assert stage.screen.is_typing
        await stage.press("f2")
        for changes in ({"pin_changed": True}, {"snapshot": Snapshot((replace(people.TOKEN, pin_pad=True),))}):
            await stage.show(asked(**changes))
            assert "F2" not in stage.text
            await stage.press("f2")
            assert not stage.screen.is_typing
            await stage.show(asked())
            assert "F2" in stage.text


async def test_new_pins_are_typed_as_pins_are_and_never_pasted() -> None:
    async with staged(asked()) as stage:
        stage.app.hands.shuffled = True
        orders = set()
        for _ in range(4):
            await stage.press("f2")
            assert isinstance(stage.screen.focused, PinEntry)
            orders.add(stage.screen.query_one(Keyboard)._digits)
            await stage.press("f2")
        assert len(orders) > 1
        for field in stage.screen.query(SecretField):
            field.focus()
            stage.app.post_message(Paste("271828"))
            await stage.events()
            assert not field.length
            await stage.press("２", "7")
            assert bytes(field._secret.reveal()) == b"27"


async def test_help_takes_no_digit_away_and_a_scrolled_field_keeps_them() -> None:
    final = replace(people.TOKEN, pin_state=PinState.FINAL_TRY, tries_left=1)
    async with staged(asked(final), (40, 12)) as stage:
        stage.screen.query_one("#old-pin").focus()
        await stage.press("f2", *"123456", "enter", *"27", "enter", *"2718", "f1", "escape")
        assert [field.length for field in stage.screen.query(SecretField)] == [6, 2, 4]


async def test_a_pin_pad_is_asked_without_pins() -> None:
    async with staged(asked(replace(people.TOKEN, pin_pad=True))) as stage:
        (entered,) = await stage.press("enter")
        assert isinstance(entered, e.NewPinEntered)
        assert not entered.old
        assert not entered.new


async def test_it_is_offered_beside_the_list_and_where_the_token_demands_it() -> None:
    home = State(step=Step.CERTIFICATES, now=people.NOW, snapshot=Snapshot((people.TOKEN,)))
    async with staged(home) as stage:
        assert await stage.act("#change-pin") == [e.PinChangeOpened()]
        await stage.show(replace(home, return_to=Step.CARD, signed_in=True))
        assert "修改CA密码" not in stage.text
        expired = replace(asked(), step=Step.REFUSED, failure=Failure(Reason.PIN_EXPIRED))
        await stage.show(expired)
        assert await stage.act("#change-pin") == [e.PinChangeOpened()]
