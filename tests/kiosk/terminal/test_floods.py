"""More than a hand can do: dropped, bounded, and no sign of a person; F1 answers all the same."""

import pytest
from textual import events

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.attendance import HELD, PAUSE, Attendance
from tui.kiosk.screens.dialogue import IdleWarning
from tui.kiosk.screens.help import HelpScreen
from tui.kiosk.terminal.keyboard import Input
from tui.kiosk.terminal.type_ahead import FLOOD, LONGEST
from tui.kiosk.watchdog import IdleClock
from tui.kiosk.widgets.line import Line


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("flood", "most"),
    [
        (b"a" * 200_000, 400),
        ("王".encode() * 50_000, 400),
        (b"\x1b[97u" * 20_000, 400),
        (b"\x7f" * 200_000, 200),
        (b"\x1b[B" * 20_000, 200),
        (b"\x1b[<35;9;9M" * 20_000, 200),
        (b"\x1b[<0;9;9M\x1b[<0;9;9m" * 5_000, 120),
        (b"\x1b[<64;9;9M" * 5_000, 200),
        (b"\x1b[200~x\x1b[201~" * 5_000, 10),
        (b"\x1bOP" * 5_000, 3),
        (b"\x1b[200~" + b"x" * 1_000_000 + b"\x1b[201~", 1),
    ],
    ids=lambda value: repr(value[:8]) if isinstance(value, bytes) else "",
)
def test_what_no_hand_does_is_dropped_and_f1_is_not(flood: bytes, most: int) -> None:
    clock = Clock()
    source = Input(clock)
    assert len(source.feed(flood)) == most
    clock.now += 1
    assert [m.key for m in source.feed(b"\x1bOP") if isinstance(m, events.Key)] == ["f1"]


def test_a_button_that_is_let_go_was_pressed() -> None:
    source = Input(lambda: 0.0)
    seen = [type(m) for m in source.feed(b"\x1b[<0;9;9M\x1b[<0;9;9m" * 200)]
    assert seen == [events.MouseDown, events.MouseUp] * 60


def test_a_scanner_an_input_method_and_a_held_key_lose_nothing() -> None:
    clock = Clock()
    source = Input(clock)
    assert len(source.feed("中华人民共和国居民身份证".encode() + b"11010519491231002X" * 20)) == 372
    clock.now = 10
    held = 0
    for _ in range(300):
        clock.now += 1 / 30
        held += len(source.feed(b"\x1b[B"))
    assert held == 300


async def test_f1_answers_past_a_flood_of_keys_and_the_queue_is_bounded() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        for _ in range(3 * LONGEST):
            await stage.app.on_event(events.Key("a", "a"))
        assert len(stage.app._type_ahead._waiting) == LONGEST
        await stage.app.on_event(events.Key("f1", None))
        assert len(stage.app._type_ahead._waiting) == 1
        while stage.app._type_ahead.busy:
            await stage.pilot.pause()
        assert isinstance(stage.app.screen, HelpScreen)
        assert len(stage.screen.query_one(Line).value) < FLOOD


async def test_f1_behind_a_few_keys_keeps_its_place() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        for key in ("a", "b", "c", "f1"):
            await stage.app.on_event(events.Key(key, key if len(key) == 1 else None))
        while stage.app._type_ahead.busy:
            await stage.pilot.pause()
        assert stage.screen.query_one(Line).value == "abc"
        assert isinstance(stage.app.screen, HelpScreen)


@pytest.mark.parametrize("act", ["a", "enter", "down", "click Offset(x=3, y=4)", "Paste"])
def test_a_thing_on_the_keyboard_is_nobody(act: str) -> None:
    clock = Clock()
    attendance = Attendance(clock)
    seen = []
    while clock.now < 3600:
        clock.now += 1 / 3
        seen.append((clock.now, attendance.shown_by(act)))
    assert max(now for now, shown in seen if shown) <= HELD + 1
    clock.now += PAUSE + 0.1
    assert attendance.shown_by(act)


def test_keys_faster_than_any_hand_are_nobody() -> None:
    clock = Clock()
    attendance = Attendance(clock)
    shown_at = 0.0
    for turn in range(60 * 600):
        clock.now += 1 / 60
        if attendance.shown_by("abc"[turn % 3]):
            shown_at = clock.now
    assert shown_at < 15


def test_a_typist_and_a_scanner_are_somebody() -> None:
    clock = Clock()
    attendance = Attendance(clock)
    for turn in range(3000):
        clock.now += 0.08
        assert attendance.shown_by("asdf"[turn % 4])
    clock.now += 5
    assert all(attendance.shown_by("0123456789"[turn % 10]) for turn in range(200))


async def test_a_key_that_is_held_neither_dismisses_the_warning_nor_keeps_the_session() -> None:
    async with staged(people.state(Step.CARD)) as stage:
        clock = Clock()
        app = stage.app
        app.idle, app.attendance = IdleClock(120, clock), Attendance(clock)
        while clock.now < 106:
            clock.now += 0.9
            await app.on_event(events.Key("x", "x"))
        await app._look_for_somebody()
        assert not isinstance(app.screen, IdleWarning)  # the first seconds counted
        clock.now += HELD
        await app._look_for_somebody()
        await app.on_event(events.Key("x", "x"))
        await stage.pilot.pause()
        assert not isinstance(app.screen, IdleWarning)  # after a pause it is a person's key
        while clock.now < 300:
            clock.now += 0.5
            await app.on_event(events.Key("x", "x"))
            await app._look_for_somebody()
        assert any(isinstance(event, e.TimedOut) for event in await stage.events())
