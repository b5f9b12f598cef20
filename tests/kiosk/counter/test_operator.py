"""An operator's password goes with the program that it was typed into, however its dialogue is left."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from tests.harness.kiosk.fingers import Fingers
from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.counter.app import OPERATORS_TAPS, CounterApp
from tui.kiosk.counter.visit import Visit
from tui.kiosk.screens.help import HelpScreen
from tui.kiosk.screens.operator import OperatorMenu, OperatorPassword
from tui.kiosk.widgets.keyboard.keyboard import Keyboard
from tui.kiosk.widgets.keyboard.layout import DONE

RIGHT = "open5esame"
DAY = {"begun": 12, "finished": 9, "failed.wrong_pin": 1, "failed.desk_unreachable": 4, "failed.of_a_newer_desk": 2}


class Quiet:
    """A runtime that does nothing."""

    def start(self, post: Callable[[e.Event], None]) -> None:
        """Sees no token."""

    def run(self, command: c.Command) -> None:
        """Runs nothing."""

    def stop(self) -> None:
        """Has nothing to end."""


class Supervised(Visit):
    """A visit whose supervisor answers at once."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, word: str, rest: str = "") -> None:
        """Note it."""
        self.said.append(word)

    def ask(self, answered: Callable[[dict[str, int], float], None]) -> None:
        """The day so far, and no wait."""
        answered(DAY, 0.0)

    def attend(self, app: CounterApp) -> None:
        """No orders come."""


@asynccontextmanager
async def shown(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[CounterApp, Supervised, Pilot[None]]]:
    """The app's first screen, on which nobody is idle, however slow the machine is."""
    visit = Supervised()
    app = CounterApp(cast(Any, Quiet()), visit, 3600, lambda password: bytes(password.reveal()) == RIGHT.encode())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, visit, pilot


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[CounterApp, Supervised, Pilot[None]]]:
    """The app with the operator's password being asked for."""
    async with shown() as (app, visit, pilot):
        await pilot.press("ctrl+p", "ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, OperatorPassword)
        yield app, visit, pilot


async def answered(app: CounterApp, pilot: Pilot[None], typed: str) -> None:
    """The password is typed and has been verified."""
    await pilot.press(*typed, "enter")
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_asked_and_left_nothing_is_replaced() -> None:
    async with asked() as (app, visit, pilot):
        await pilot.press("escape")
        assert (app._making_room, visit.said.count("trying")) == (False, 0)


@pytest.mark.parametrize(("typed", "then"), [("wrong", OperatorPassword), (RIGHT, OperatorMenu)])
@pytest.mark.parametrize("idle", [False, True])
async def test_after_a_try_the_program_is_replaced(typed: str, then: type, idle: bool) -> None:
    async with asked() as (app, visit, pilot):
        await answered(app, pilot, typed)
        assert isinstance(app.screen, then)
        assert not app._making_room
        if idle:
            await app._close_dialogues()
        else:
            await pilot.press("escape")
            await pilot.pause()
        assert app._making_room
        assert ("admitted" in visit.said) is (typed == RIGHT)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_where_there_is_no_keyboard_taps_lead_through_all_of_it(size: tuple[int, int]) -> None:
    async with shown(size) as (app, visit, pilot):
        app.hands.without_keys = True
        fingers = Fingers(app, cast("Pilot[object]", pilot))
        for _ in range(OPERATORS_TAPS - 1):
            await fingers.at(3, 0)
        assert not isinstance(app.screen, OperatorPassword)
        await fingers.at(3, 0)
        assert isinstance(app.screen, OperatorPassword)
        await fingers.until(lambda: any(keyboard.display for keyboard in app.screen.query(Keyboard)))
        await fingers.type(RIGHT)
        await fingers.key(DONE)
        await app.workers.wait_for_complete()
        await fingers.until(lambda: isinstance(app.screen, OperatorMenu))
        assert "admitted" in visit.said
        await fingers.words("重启驱动")
        assert app._making_room


async def test_taps_elsewhere_or_with_a_keyboard_there_open_nothing() -> None:
    async with shown() as (app, _visit, pilot):
        fingers = Fingers(app, cast("Pilot[object]", pilot))
        for _ in range(2 * OPERATORS_TAPS):
            await fingers.at(3, 0)
        app.hands.without_keys = True
        for _ in range(OPERATORS_TAPS):
            await fingers.at(3, 0)
            await fingers.at(40, 3)
        assert not isinstance(app.screen, OperatorPassword)


async def test_help_answers_and_the_first_screen_is_behind() -> None:
    async with asked() as (app, _visit, pilot):
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.press("f3")
        await pilot.pause()
        assert len(app.screen_stack) == 2


async def test_failures_are_told_by_number_and_in_words_the_most_frequent_first() -> None:
    async with asked() as (app, _visit, pilot):
        await answered(app, pilot, RIGHT)
        await pilot.pause()
        rows = [" ".join(strip.text.split()) for strip in app.screen._compositor.render_strips()]
        assert "已开始办理 12" in rows
        told = [row for row in rows if "次 " in row]
        assert told == ["E-801 4次 无法连接续期服务。", "2次 其他故障", "E-141 1次 CA密码不正确。"]
        assert "of_a_newer_desk" not in " ".join(rows)
