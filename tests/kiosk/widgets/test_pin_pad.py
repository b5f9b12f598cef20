"""The PIN's pad: whole in every window, each key by a tap, and nothing of what is tapped in any message."""

from collections.abc import Iterator

import pytest
from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump

from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import Stage, staged
from tests.harness.people import OLD, application, state, token
from tui.core.certificate import PinState
from tui.core.failure import Failure, Reason
from tui.core.token import Snapshot
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.text import use_language
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.keyboard.layout import HIDE
from tui.kiosk.widgets.pin_pad import BACK, CLEAR, ERASE, LETTERS, ROWS, SUBMIT, Keypad, PadKey, PinEntry


def asked(failure: Failure | None = None, step: Step = Step.REQUEST_PIN, **changes: object) -> State:
    """The PIN's page with a token that says this of itself."""
    held = token(OLD, **changes)  # type: ignore[arg-type]
    return state(step, failure=failure, application=application(), snapshot=Snapshot((held,)))


WRONG = asked(Failure(Reason.WRONG_PIN, tries_left=3), pin_state=PinState.COUNT_LOW, tries_left=3)
LAST = asked(
    Failure(Reason.WRONG_PIN, tries_left=1, final_try=True), pin_state=PinState.FINAL_TRY, tries_left=1, pin_min=1
)
PAGES = {"first": asked(), "look": asked(step=Step.LOOK_PIN), "wrong": WRONG, "last": LAST}
REGULAR = [(100, 32), (120, 40), (200, 60)]


def pad_of(stage: Stage) -> Keypad:
    return stage.screen.query_one(Keypad)


def cells(pad: Keypad) -> Iterator[tuple[int | PadKey, int, int]]:
    """Each key with the first cell that is its own."""
    tall, gap = pad._rows
    for at, row in enumerate(ROWS):
        for key, x, _width in pad._places(row):
            yield key, pad.region.x + x, pad.region.y + at * (tall + gap)


async def tap(stage: Stage, wanted: int | PadKey) -> None:
    x, y = next((x, y) for key, x, y in cells(pad_of(stage)) if key == wanted)
    await Fingers(stage.app, stage.pilot).at(x, y)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (84, 30), *REGULAR])
async def test_the_pad_is_whole_and_all_else_in_view(language: str, size: tuple[int, int]) -> None:
    use_language(language)
    try:
        async with staged(State(), size) as stage:
            for name, page in PAGES.items():
                await stage.show(page)
                pad = pad_of(stage)
                assert stage.screen.query_one(Body).max_scroll_y == 0, name
                assert pad.region.bottom <= stage.screen.query_one("StatusLine").region.y
                assert len(ROWS) * sum(pad._rows) - pad._rows[1] <= pad.region.height
                assert pad._rows[0] == 3 or size not in REGULAR, name
                assert abs(2 * pad.region.x + pad.region.width - size[0]) <= 1, "in the middle"
                shown = [[part for at, *_ in pad._places(row) for part in [at]] for row in ROWS]
                assert sorted(key for row in shown for key in row if isinstance(key, int)) == list(range(10))
    finally:
        use_language("zh")


@pytest.mark.parametrize("half_blocks", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_key_is_tapped(size: tuple[int, int], half_blocks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Figures, "half_blocks", half_blocks)
    for page in (PAGES["first"], WRONG):
        async with staged(page, size) as stage:
            entry, pad = stage.screen.query_one(PinEntry), pad_of(stage)
            for place in range(10):
                await tap(stage, place)
            assert bytes(entry._secret.reveal()).decode() == "".join(pad._digits)
            await tap(stage, ERASE)
            assert entry.length == 9
            await tap(stage, SUBMIT)
            (entered,) = await stage.events()
            assert isinstance(entered, e.PinEntered)
            assert bytes(entered.pin.reveal()).decode() == "".join(pad._digits[:9])
            await tap(stage, 0)
            await tap(stage, CLEAR)
            assert entry.length == 0
            await tap(stage, BACK)
            assert await stage.events() == [e.BackPressed()]


async def test_a_tap_beside_a_key_is_for_the_nearest() -> None:
    async with staged(PAGES["first"], (120, 40)) as stage:
        pad = pad_of(stage)
        for y in range(pad.size.height):
            for x in range(pad.size.width):
                key = pad.key_at(x, y)
                left, top = next((left, top) for known, left, top in cells(pad) if known == key)
                assert left - pad.region.x <= x
                assert top - pad.region.y <= y


async def test_letters_are_on_the_keyboard_and_the_pad_comes_back() -> None:
    async with staged(asked(pin_min=4)) as stage:
        fingers = Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]
        await tap(stage, LETTERS)
        await stage.events()
        assert not pad_of(stage).region
        await fingers.type("aB3#")
        await fingers.key(HIDE)
        await stage.events()
        assert pad_of(stage).region
        assert "▪ ▪ ▪ ▪" in stage.text
        await tap(stage, SUBMIT)
        (entered,) = await stage.events()
        assert isinstance(entered, e.PinEntered)
        assert bytes(entered.pin.reveal()) == b"aB3#"


async def test_too_short_a_pin_and_the_last_try_are_not_sent_by_the_pad() -> None:
    async with staged(asked(pin_min=6), (120, 40)) as stage:
        await tap(stage, 0)
        await tap(stage, SUBMIT)
        assert await stage.events() == []
        assert "至少6位" in stage.text
        await stage.show(LAST)
        await tap(stage, 0)
        await tap(stage, SUBMIT)
        assert await stage.events() == []
        await Fingers(stage.app, stage.pilot).widget(stage.screen.query_one("#last-try"))  # type: ignore[arg-type]
        await tap(stage, SUBMIT)
        (entered,) = await stage.events()
        assert isinstance(entered, e.PinEntered)


async def test_the_digits_stand_as_on_a_cash_machine_unless_the_settings_shuffle_them() -> None:
    async with staged(PAGES["first"]) as stage:
        assert "".join(pad_of(stage)._digits) == "1234567890"
        stage.app.hands.shuffled = True
        orders = set()
        for _ in range(5):
            await stage.show(state(Step.CARD))
            await stage.show(PAGES["first"])
            orders.add("".join(pad_of(stage)._digits))
        assert len(orders) > 1
        assert {"".join(sorted(order)) for order in orders} == {"0123456789"}


async def test_confirm_is_told_from_the_other_keys_and_lit_once_it_would_be_taken() -> None:
    async with staged(asked(pin_min=2), (120, 40)) as stage:
        pad = pad_of(stage)
        at_rest, other = (pad._style(pad._look(key, 3)[0]).bgcolor for key in (SUBMIT, BACK))
        assert at_rest != other
        assert "> 确定 <" not in stage.text
        await tap(stage, 0)
        await tap(stage, 1)
        assert pad._look(SUBMIT, 3) == ("main", "main")
        assert "> 确定 <" in stage.text


async def test_the_tries_left_are_told_in_figures_or_said_to_be_unknown() -> None:
    async with staged(asked(tries_left=5)) as stage:
        assert "还可尝试5次" in stage.text
        await stage.show(PAGES["first"])
        assert "无法得知还可尝试几次" in stage.text


async def test_no_message_tells_a_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    post = MessagePump.post_message

    def posted(self: MessagePump, message: Message) -> bool:
        told.append(repr(message))
        return post(self, message)

    async with staged(PAGES["first"]) as stage:
        place = next(iter(cells(pad_of(stage))))
        pad_of(stage)._digits = list("~" * 10)
        monkeypatch.setattr(MessagePump, "post_message", posted)
        await Fingers(stage.app, stage.pilot).at(*place[1:])  # type: ignore[arg-type]
        monkeypatch.undo()
        assert stage.screen.query_one(PinEntry).length == 1
        assert told
        assert not [words for words in told if "~" in words]


@pytest.mark.parametrize("page", [asked(pin_pad=True), asked(pin_state=PinState.LOCKED)], ids=["own pad", "locked"])
async def test_where_nothing_is_typed_there_are_buttons_and_no_pad(page: State) -> None:
    async with staged(page) as stage:
        assert not pad_of(stage).region
        assert not stage.screen.query_one(PinEntry).region
        back = [button for button in stage.screen.query("#actions ActionButton") if "返回" in str(button.render())]
        assert back
        assert all(button.region for button in back)


async def test_wide_characters_of_an_input_method_are_those_of_their_keys() -> None:
    async with staged(PAGES["first"]) as stage:
        entry = stage.screen.query_one(PinEntry)
        entry.focus()
        for wide in "１ａＺ！\u3000é王":
            stage.app.post_message(Key("wide", wide))
        await stage.pilot.pause()
        assert bytes(entry._secret.reveal()) == b"1aZ!"
