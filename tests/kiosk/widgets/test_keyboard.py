"""The keyboard on the screen: every field by taps alone, in every window, at the cost of a key."""

from dataclasses import replace
from typing import Any

import pytest
from textual.message import Message
from textual.message_pump import MessagePump

from tests.harness import people
from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.painted import painted
from tests.harness.kiosk.painting import at_rest, costs, row
from tests.harness.kiosk.stage import Stage, staged
from tui.core.form.fields import ApplicationForm, InvoiceForm
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.keyboard.layout import CLEAR, DONE, ERASE, HIDE, LETTERS, SOUND
from tui.kiosk.widgets.keyboard.typed import FIELDS, Typed, typed_into
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.pin_pad import PinEntry
from tui.kiosk.widgets.secret_field import SecretField

EMPTY = people.state(Step.FORM, form=ApplicationForm(term_months=12), invoice=InvoiceForm())
SIZES = [(80, 24), (120, 40), (40, 12)]
WITH_FIELDS = [
    replace(EMPTY, step=step, account="") for step in (Step.SIGN_IN, Step.FORM, Step.METHOD, Step.REQUEST_PIN)
]


def fingers_of(stage: Stage) -> Fingers:
    return Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]


def value(stage: Stage, name: str) -> str:
    return stage.screen.query_one(f"#field-{name} Input", Line).value


async def test_a_name_is_typed_by_its_sound_and_a_number_on_digits() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-agent-name Input")
        await fingers.sound("zhangsan", "张三")
        await fingers.onward()
        await fingers.type("13800138000")
        await fingers.onward()
        await fingers.type("zhang_S@example.cn")
        assert [value(stage, name) for name in ("agent-name", "agent-mobile", "agent-email")] == [
            "张三",
            "13800138000",
            "zhang_S@example.cn",
        ]


async def test_what_a_candidate_leaves_goes_on_being_composed() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-agent-name Input")
        await fingers.sound("zhangliang", "张")
        assert fingers.keyboard._composition.letters == "liang"
        await fingers.sound("", "亮")
        await fingers.key(ERASE)
        await fingers.sound("shan", "山")
        assert value(stage, "agent-name") == "张山"
        await fingers.key(SOUND)
        await fingers.type("ab")
        assert value(stage, "agent-name") == "张山ab"
        await fingers.key(HIDE)
        await stage.pilot.pause()
        assert not stage.screen.is_typing


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", WITH_FIELDS, ids=lambda state: state.step.value)
async def test_the_keyboard_leaves_its_field_in_view(state: State, size: tuple[int, int]) -> None:
    async with staged(state, size) as stage:
        await stage.press("f2")
        for entry in stage.screen.entries:
            entry.focus()
            await stage.events()
            assert stage.screen.find_widget(entry).visible_region.height == 1
            keyboard = fingers_of(stage).keyboard
            assert keyboard.tall == {(80, 24): 2, (120, 40): 3, (40, 12): 1}[size]
            assert keyboard.region.bottom <= size[1]
            assert keyboard.region.height == (4 + typed_into(entry).by_sound) * keyboard.tall
            assert all(width >= 3 for cells in keyboard._rows for _cap, _x, width in keyboard._places(cells))
            assert all(x + width <= size[0] for cells in keyboard._rows for _cap, x, width in keyboard._places(cells))


@pytest.mark.parametrize("sizes", [((100, 32), (80, 24)), ((80, 24), (100, 32)), ((80, 24), (60, 20))], ids=str)
@pytest.mark.parametrize("behind", [False, True], ids=["at hand", "behind a dialogue"])
async def test_the_keyboard_fits_a_window_that_changes(sizes: tuple[tuple[int, int], ...], behind: bool) -> None:
    before, after = sizes
    async with staged(EMPTY, before) as stage:
        entry = stage.screen.query_one("#field-recipient-address Input")
        entry.focus()
        await stage.press("f2", *["f1"] * behind)
        await stage.pilot.resize_terminal(*after)
        await stage.press(*["escape"] * behind)
        keyboard = fingers_of(stage).keyboard
        assert keyboard.region.height == 5 * keyboard.tall
        assert keyboard.region.bottom <= after[1]
        assert HIDE.face in stage.text.splitlines()[keyboard.region.bottom - (keyboard.tall + 2) // 2]
        assert stage.screen.find_widget(entry).visible_region.height == 1


async def test_every_field_says_what_is_typed_into_it() -> None:
    named = {name for state in WITH_FIELDS for name in getattr(state, "named", ())}
    async with staged(EMPTY) as stage:
        for state in WITH_FIELDS:
            await stage.show(state)
            named.update(getattr(stage.screen, "named", ()))
    assert named == set(FIELDS)


@pytest.mark.parametrize("size", SIZES[:2])
async def test_secrets_are_typed_and_stand_in_no_message(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    told: list[str] = []
    post = MessagePump.post_message

    def posted(self: MessagePump, message: Message) -> bool:
        told.append(repr(message))
        return post(self, message)

    async with staged(replace(EMPTY, step=Step.SIGN_IN, account="supplier01"), size) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#password")
        monkeypatch.setattr(MessagePump, "post_message", posted)
        await fingers.type("Zq9#")
        monkeypatch.undo()
        field: SecretField[Any] = stage.screen.query_one("#password", SecretField)
        assert bytes(field._secret.reveal()) == b"Zq9#"
        assert not [words for words in told if "Zq" in words or "'Z'" in words or "'#'" in words]
        await fingers.key(DONE)
        (submitted,) = await stage.events()
        assert isinstance(submitted, e.SignInSubmitted)
        assert bytes(submitted.password.reveal()) == b"Zq9#"


async def test_a_pin_with_letters_and_its_digits_in_another_order_where_the_settings_want_it() -> None:
    async with staged(people.state(Step.REQUEST_PIN)) as stage:
        fingers = fingers_of(stage)
        await fingers.words("键盘")
        await stage.events()
        assert fingers.keyboard._digits == "1234567890"
        await fingers.words("键盘")
        stage.app.hands.shuffled = True
        orders = set()
        for _ in range(4):
            await fingers.words("键盘")
            await stage.events()
            orders.add(fingers.keyboard._digits)
            assert stage.screen.query_one("Keypad").region.height == 0
            await fingers.words("键盘")
            await stage.events()
        assert len(orders) > 1
        await fingers.words("键盘")
        await stage.events()
        await fingers.type("aB1")
        assert bytes(stage.screen.query_one(PinEntry)._secret.reveal()) == b"aB1"


async def test_a_real_keyboard_sends_it_away_until_the_next_person() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-id-number Input")
        await stage.press("4")
        await stage.events()
        assert not stage.screen.is_typing
        await fingers.widget(stage.screen.query_one("#field-agent-mobile Input"))
        await stage.events()
        assert not stage.screen.is_typing
        await stage.press("f2")
        await stage.press("1")
        assert stage.screen.is_typing
        await stage.press("escape")
        await stage.events()
        assert not stage.screen.is_typing
        await stage.show(State())
        await stage.show(EMPTY)
        await fingers.field("#field-agent-name Input")


async def test_pinyin_from_a_real_keyboard() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        stage.screen.query_one("#field-recipient-address Input").focus()
        await stage.press("f2")
        await fingers.until(lambda: fingers.keyboard._composition._dictionary is not None)
        await stage.press(*"guangzhoushi", "space", *"tiyuxilu", "1", "1", *"hao", "enter")
        assert value(stage, "recipient-address") == "广州市体育西路1好"
        await stage.press("backspace", *"hao", "pagedown", "pageup", "2")
        assert value(stage, "recipient-address") == "广州市体育西路1号"
        posted = await stage.press(*"abc", "escape")
        assert not [event for event in posted if not isinstance(event, e.FormEdited)]
        assert stage.screen.is_typing
        assert value(stage, "recipient-address") == "广州市体育西路1号"


async def test_a_tapped_button_does_not_move_before_it_is_let_go() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-id-number Input")
        stage.screen.query_one(Body).scroll_home(animate=False)
        await stage.pilot.pause()
        await fingers.widget(stage.screen.query_one("#prices"))
        await stage.events()
        assert stage.app.screen.is_modal
        assert not stage.screen.is_typing


async def test_in_a_counter_without_keys_each_field_brings_it() -> None:
    async with staged(replace(EMPTY, step=Step.WAITING)) as stage:
        stage.app.hands.without_keys = True
        await stage.show(EMPTY)
        await stage.events()
        assert stage.screen.is_typing


async def test_what_was_composed_is_gone_with_the_step() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-agent-name Input")
        await fingers.type("zhang")
        keyboard = fingers.keyboard
        stage.screen.leave()
        assert (keyboard._composition.letters, keyboard._composition._found, keyboard._entry) == ("", [], None)
        assert not stage.screen.is_typing


async def test_a_tapped_key_paints_its_field_alone() -> None:
    async with staged(EMPTY) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#field-agent-mobile Input")
        entry = stage.screen.query_one("#field-agent-mobile Input")
        await fingers.key("1")
        await at_rest(stage)
        with costs() as cost:
            await fingers.key("3")
            await at_rest(stage)
        assert (cost.layouts, set().union(*cost.painted)) == (0, {row(entry)})


async def test_a_tapped_key_is_at_most_sixty_bytes() -> None:
    async with painted(EMPTY) as stage:
        fingers = fingers_of(stage)
        for selector, keys in (("#field-agent-mobile Input", "13800"), ("#field-agent-email Input", "abc")):
            stage.screen.query_one(selector).focus()
            await stage.pilot.pause()
            await fingers.field(selector)
            for key in keys:
                await stage.settle()
                await fingers.key(key)
                assert 0 < len((await stage.settle()).encode()) <= 60
    async with painted(replace(EMPTY, step=Step.SIGN_IN, account="a")) as stage:
        fingers = fingers_of(stage)
        await fingers.field("#password")
        for key in "abc":
            await stage.settle()
            await fingers.key(key)
            assert 0 < len((await stage.settle()).encode()) <= 60


def test_symbols_reach_every_mark_that_a_password_may_have() -> None:
    from string import punctuation

    from tui.kiosk.widgets.keyboard.layout import Layer, rows

    faces = {
        cap.face for layer in Layer for typed in (Typed.PASSWORD, Typed.PIN) for r in rows(layer, typed) for cap in r
    }
    assert set(punctuation) <= faces
    assert {CLEAR.face, LETTERS.face} <= {cap.face for r in rows(Layer.DIGITS, Typed.NUMBER) for cap in r}
