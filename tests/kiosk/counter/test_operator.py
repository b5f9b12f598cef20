"""An operator's password goes with the program that it was typed into, however its dialogue is left."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.counter.app import CounterApp
from tui.kiosk.counter.visit import Visit
from tui.kiosk.screens.operator import OperatorMenu, OperatorPassword

RIGHT = "open5esame"


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
        """No numbers, and no wait."""
        answered({}, 0.0)

    def attend(self, app: CounterApp) -> None:
        """No orders come."""


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[CounterApp, Supervised, Pilot[None]]]:
    """The app with the operator's password being asked for."""
    visit = Supervised()
    app = CounterApp(cast(Any, Quiet()), visit, 60, lambda password: bytes(password.reveal()) == RIGHT.encode())
    async with app.run_test(size=(80, 24)) as pilot:
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
