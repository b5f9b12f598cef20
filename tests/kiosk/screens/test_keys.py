"""Every key means the same on every screen (assets/docs/operating.md, "At the kiosk")."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

from tests.harness import people
from tests.harness.kiosk.journey_states import journey_states
from tests.harness.kiosk.stage import Stage, staged
from tui.journey import events as e
from tui.journey.flow import advance
from tui.journey.moves.anywhere import ASKED_AT, BUSY_OF
from tui.journey.state import State, Step
from tui.kiosk import screens
from tui.kiosk.app import KioskApp
from tui.kiosk.screens.dialogue import Confirm
from tui.kiosk.screens.keys import KEYS
from tui.kiosk.screens.looks.app import PalettedApp
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.choice import Choice, Tick
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.key_line import KeyLine
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.secret_field import SecretField

KEPT = e.FormEdited, e.InvoiceEdited
"""Tell the flow what stands in the fields; they do nothing."""
NO_WAY_BACK = {Step.WAITING, Step.PAY_NOTICE, Step.REQUESTING, Step.ISSUING, Step.INSTALLING, Step.RETIRING}
"""Nothing is before the first screen; what is handed in, or at work, is not taken back by a key."""


async def focus(stage: Stage, widget: Widget) -> None:
    if stage.app.focused is not widget:
        widget.focus()
        await stage.events()
    assert stage.app.focused is widget


def place(widget: Widget) -> object:
    """Where one is within a text or a list."""
    return widget.highlighted if isinstance(widget, OptionList) else widget.scroll_y


async def acts(stage: Stage, *keys: str) -> list[object]:
    return [event for event in await stage.press(*keys) if not isinstance(event, KEPT)]


async def test_tab_and_the_upright_arrows_go_through_all_items_and_change_nothing() -> None:
    async with staged(State()) as stage:
        for state in journey_states():
            await stage.show(state)
            await stage.events()
            chain = list(stage.screen.focus_chain)
            for key, by in (("tab", 1), ("shift+tab", -1), ("down", 1), ("up", -1)):
                for at, item in list(enumerate(chain))[::by]:
                    await focus(stage, item)  # where it is after the last key
                    chosen = [choice.value for choice in stage.screen.query(Choice)]
                    before = place(item)
                    assert await acts(stage, key) == [], (state.step, item, key)
                    within = isinstance(item, Document | OptionList) and key in ("down", "up")
                    if not (within and place(item) != before):
                        assert stage.app.focused is chain[(at + by) % len(chain)], (state.step, item, key)
                    assert [choice.value for choice in stage.screen.query(Choice)] == chosen


async def test_left_and_right_stay_in_a_field_or_a_choice_and_go_on_from_all_else() -> None:
    async with staged(State()) as stage:
        for state in journey_states():
            await stage.show(state)
            await stage.events()
            chain = list(stage.screen.focus_chain)
            for key, by in (("right", 1), ("left", -1)):
                for at, item in list(enumerate(chain))[::by]:
                    await focus(stage, item)
                    assert await acts(stage, key) == [], (state.step, item, key)
                    stays = isinstance(item, Line | SecretField | Choice)
                    expected = item if stays else chain[(at + by) % len(chain)]
                    assert stage.app.focused is expected, (state.step, item, key)


@pytest.mark.parametrize("state", journey_states(), ids=lambda state: state.step.value)
async def test_enter_is_for_the_item_that_has_the_focus(state: State) -> None:
    at, items = 0, 1
    while at < items:
        async with staged(state) as stage:
            chain = list(stage.screen.focus_chain)
            items = len(chain)
            left = True
            while left and at < items:
                item = chain[at]
                await focus(stage, item)
                posted = await acts(stage, "enter")
                onward = stage.app.focused is chain[(at + 1) % items]
                left = check_enter(stage, item, posted, onward)
                at += 1


def check_enter(stage: Stage, item: Widget, posted: list[object], onward: bool) -> bool:
    """Whether the screen is as it was, so that the next item may be tried on it."""
    match item:
        case Line() | Choice():
            assert (posted, onward) == ([], True), item
            return True
        case SecretField():
            assert posted == []  # nothing was typed: its own words say so
        case Tick():
            assert item.ticked
            assert posted == []
        case Document():
            assert place(item) or onward or not item.max_scroll_y
            assert posted == [] or item.read
        case ActionButton() | OptionList():
            assert posted or stage.app.screen is not stage.screen or not onward
    return False


async def test_escape_leads_back_from_every_item() -> None:
    async with staged(State()) as stage:
        for state in journey_states():
            await stage.show(state)
            await stage.events()
            assert _leads_back(stage) is (state.step not in NO_WAY_BACK), state.step
            items: list[Widget | None] = [*stage.screen.focus_chain]
            for item in items or [None]:
                if item is not None:
                    await focus(stage, item)
                posted = [type(event) for event in await acts(stage, "escape")]
                assert posted == [e.BackPressed] * (state.step not in NO_WAY_BACK), (state.step, item)


async def test_no_key_is_shown_that_does_nothing_while_the_desk_is_asked() -> None:
    """返回 leads away or ends what is under way; 重试 asks."""
    asked = [(step, busy) for command, busy in BUSY_OF.items() for step in ASKED_AT[command]]
    async with staged(State()) as stage:
        for now in journey_states():
            for busy in {busy for step, busy in asked if step is now.step}:
                state = replace(now, busy=busy, failure=None)
                await stage.show(state)
                shown = {placed.key.action for placed in stage.screen.query_one(KeyLine).placed}
                for action, event in (("back", e.BackPressed()), ("retry", e.Retried())):
                    assert action not in shown or advance(state, event) != (state, ()), (state.step, busy, action)


def _leads_back(stage: Stage) -> bool:
    keys = [key for key in stage.screen.keys if "escape" in key.key.split(",")]
    return any(stage.screen.offers(key.action, stage.screen.state) for key in keys)


def _screens(kind: type[Screen[Any]] = Screen) -> Iterator[type[Screen[Any]]]:
    """All of the program, whatever lies above a step among them."""
    for module in iter_modules(screens.__path__):
        import_module(f"{screens.__name__}.{module.name}")
    for below in kind.__subclasses__():
        own = (below,) if below.__module__.startswith(screens.__name__) else ()
        yield from (*own, *_screens(below))


def _functions(kind: type[Any]) -> Iterator[tuple[str, str]]:
    """Its function keys and Esc, with what they do."""
    for binding in vars(kind).get("BINDINGS", ()):
        for key in binding.key.split(","):
            if key == "escape" or re.fullmatch(r"f\d+", key):
                yield key, binding.action.removeprefix("app.").removeprefix("screen.")


def test_a_key_has_one_act_on_every_screen_and_an_act_one_key() -> None:
    table = {name: key.action for key in KEYS for name in key.key.split(",")}
    assert len({key.action for key in KEYS}) == len(KEYS)
    met = set()
    kinds: list[type[Any]] = [KioskApp, PalettedApp, *_screens()]
    for kind in kinds:
        for key, act in _functions(kind):
            assert table.get(key) == act, (kind, key, act)
            met.add(key)
    assert met == table.keys()


def test_the_manual_tells_every_key() -> None:
    manual = (Path(screens.__path__[0]).parents[2] / "assets/docs/operating.md").read_text(encoding="utf-8")
    told = re.findall(r"F\d+", " ".join(re.findall(r"^\| ([^|]*) \|", manual, re.MULTILINE)))
    assert sorted(told, key=lambda name: int(name[1:])) == [key.key.split(",")[0].upper() for key in KEYS]


@pytest.mark.parametrize("keys", [("tab", "shift+tab"), ("down", "up"), ("right", "left")])
async def test_a_dialogue_keeps_the_same_keys(keys: tuple[str, str]) -> None:
    async with staged(people.state(Step.ORDER, application=None)) as stage:
        answers: list[bool | None] = []
        stage.app.push_screen(Confirm("?", "yes"), answers.append)
        await stage.events()
        no, yes = stage.app.screen.focus_chain
        for key, expected in ((keys[0], yes), (keys[0], no), (keys[1], yes)):
            await stage.press(key)
            assert stage.app.focused is expected
        await stage.press("escape")
        assert answers == [False]


async def test_the_help_scrolls_and_closes() -> None:
    async with staged(people.state(Step.FORM), (80, 24)) as stage:
        await stage.press("f1")
        text = stage.app.screen.query_one("#help-text")
        if text.max_scroll_y:
            await stage.press("down")
            assert text.scroll_y == 1
            await stage.press("pagedown", "up", "pageup")
            assert text.scroll_y == 0
        await stage.press("tab")
        assert isinstance(stage.app.focused, ActionButton)
        await stage.press("escape")
        assert stage.app.screen is stage.screen
