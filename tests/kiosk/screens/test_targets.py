"""Everything by taps: each act has a target that a finger meets, and what is longer than the window scrolls by taps."""

from collections.abc import Iterator
from functools import partial

import pytest
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import OptionList

from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.journey_states import journey_states
from tests.harness.kiosk.stage import Stage, staged
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.choice import Choice, Tick
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.field import Field
from tui.kiosk.widgets.key_line import KeyLine
from tui.kiosk.widgets.line import Line
from tui.kiosk.widgets.secret_field import SecretField

COMPACT, REGULAR = (80, 24), (120, 40)


def fingers_of(stage: Stage) -> Fingers:
    return Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]


def target(screen: StepScreen, widget: Widget) -> Region:
    """Where a finger reaches a widget: its own cells, or those around it that are tapped for it."""
    reached = [widget.region]
    for around in widget.ancestors:
        if around is screen or around.id == "body" or not isinstance(around, Widget):
            break
        typed = isinstance(widget, Line | SecretField) and screen._entry_at(around) is widget
        if typed or (isinstance(widget, Choice) and isinstance(around, Field)):
            reached.append(around.region)
    return max(reached, key=lambda region: region.height)


@pytest.mark.parametrize("size", [COMPACT, REGULAR])
async def test_every_screen_has_large_targets_scrolls_by_taps_and_has_its_keys_tapped(size: tuple[int, int]) -> None:
    async with staged(State(), size) as stage:
        for state in journey_states():
            await stage.show(state)
            await stage.events()
            targets_are_large_enough(stage, size)
            await what_does_not_fit_scrolls_by_taps(stage)
            await every_key_of_the_key_line_is_tapped(stage)


def targets_are_large_enough(stage: Stage, size: tuple[int, int]) -> None:
    step = stage.app.state.step
    for widget in (*stage.screen.focus_chain, *stage.screen.query(KeyLine)):
        if isinstance(widget, OptionList):
            assert all(height >= 2 for height in entries(widget)), step
            continue
        reached = target(stage.screen, widget)
        assert reached.width >= 3, (step, widget)
        if isinstance(widget, KeyLine) and stage.screen.compact:
            continue  # every row is the code's, and what one does there has buttons
        acts = isinstance(widget, ActionButton) and widget.parent is not None and widget.parent.id == "actions"
        assert reached.height >= (3 if size == REGULAR or acts else 1), (step, widget)


async def what_does_not_fit_scrolls_by_taps(stage: Stage) -> None:
    for scrolled in stage.screen.query("Body, Document, OptionList"):
        if not isinstance(scrolled, Body | Document | OptionList) or not scrolled.max_scroll_y:
            continue
        if not scrolled.show_vertical_scrollbar:
            continue
        bar = scrolled.vertical_scrollbar.region
        assert bar.width >= 3, scrolled
        scrolled.scroll_home(animate=False, immediate=True)
        await stage.events()
        fingers = fingers_of(stage)
        for _ in range(50):
            if scrolled.scroll_y >= scrolled.max_scroll_y:
                break
            await fingers.at(bar.x + 1, bar.bottom - 1)
        assert scrolled.scroll_y == scrolled.max_scroll_y, scrolled
        await fingers.at(bar.x + 1, bar.y)
        assert scrolled.scroll_y < scrolled.max_scroll_y, scrolled


async def every_key_of_the_key_line_is_tapped(stage: Stage) -> None:
    """The last that is done with this screen: its keys do nothing afterwards."""
    line = stage.screen.query_one(KeyLine)
    called: list[str] = []
    keys = [placed.key for placed in line.placed]
    for key in keys:
        setattr(stage.screen, f"action_{key.action}", partial(called.append, key.action))
    tall = line.region.height // line.rows
    for placed in line.placed:
        for y in {placed.row * tall, placed.row * tall + tall - 1}:
            await fingers_of(stage).at(line.region.x + line.gutter.left + placed.x, line.region.y + y)
    assert sorted(set(called)) == sorted(key.action for key in keys), stage.app.state.step


def entries(listed: OptionList) -> Iterator[int]:
    """Rows of each entry that can be picked; a blank one parts it from the next."""
    for at, option in enumerate(listed.options):
        if not option.disabled:
            rows = str(option.prompt).split("\n")
            after = str(listed.options[at + 1].prompt) if at + 1 < len(listed.options) else ""
            assert not rows[-1].strip() or not after.strip(), option
            yield len(rows)


@pytest.mark.parametrize("size", [COMPACT, REGULAR])
async def test_a_dialogue_s_buttons_are_three_rows_high(size: tuple[int, int]) -> None:
    async with staged(next(s for s in journey_states() if s.step is Step.FORM), size) as stage:
        for act in ("help", "prices", "end"):
            await stage.screen.run_action(act)
            await stage.events()
            assert stage.app.screen is not stage.screen
            buttons = list(stage.app.screen.query(ActionButton))
            assert buttons
            for button in buttons:
                assert stage.app.screen.find_widget(button).visible_region.height == 3, (act, button)
            await stage.press("escape")


@pytest.mark.parametrize("step", [Step.SIGN_IN, Step.REQUEST_PIN, Step.CHANGE_PIN])
async def test_a_tap_above_or_below_a_field_is_for_it(step: Step) -> None:
    async with staged(next(s for s in journey_states() if s.step is step), REGULAR) as stage:
        for entry in stage.screen.entries:
            reached = target(stage.screen, entry)
            for y in (reached.y, reached.bottom - 1):
                stage.screen.set_focus(None)
                await fingers_of(stage).at(reached.x + reached.width // 2, y)
                assert stage.app.focused is entry
                stage.screen.put_keyboard_away()
                await stage.events()


async def test_boxes_and_choices_are_tapped() -> None:
    async with staged(next(s for s in journey_states() if s.step is Step.AGREEMENT)) as stage:
        await fingers_of(stage).widget(stage.screen.query_one(Tick))
        assert stage.screen.query_one(Tick).ticked
        await fingers_of(stage).widget(stage.screen.query_one("ActionButton.-main", ActionButton))
        assert await stage.events() == [e.AgreementAccepted()]
    async with staged(next(s for s in journey_states() if s.step is Step.METHOD)) as stage:
        method = stage.screen.query_one("#method", Choice)
        for label in ("银联在线支付", "支付宝"):
            before = method.value
            await fingers_of(stage).words(label)
            assert method.value is not before
    async with staged(next(s for s in journey_states() if s.step is Step.CHOOSING)) as stage:
        await fingers_of(stage).words("other")
        (chosen,) = await stage.events()
        assert isinstance(chosen, e.CertificateChosen)
