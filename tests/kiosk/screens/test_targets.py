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
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.choice import Choice, Tick
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.key_line import KeyLine

COMPACT, REGULAR = (80, 24), (120, 40)
every_screen = pytest.mark.parametrize("state", journey_states(), ids=lambda state: state.step.value)


def fingers_of(stage: Stage) -> Fingers:
    return Fingers(stage.app, stage.pilot)  # type: ignore[arg-type]


def targets(stage: Stage) -> Iterator[tuple[Widget, Region]]:
    """Buttons, boxes and the key line, as far as they are in view."""
    for widget in stage.screen.query("ActionButton, Tick, KeyLine"):
        seen = stage.screen.find_widget(widget).visible_region if widget.display and widget.region else Region()
        if seen:
            yield widget, seen


@every_screen
@pytest.mark.parametrize("size", [COMPACT, REGULAR])
async def test_targets_are_large_enough(state: State, size: tuple[int, int]) -> None:
    async with staged(state, size) as stage:
        for widget, seen in targets(stage):
            assert seen.width >= 3
            if isinstance(widget, KeyLine) and stage.screen.compact:
                continue  # every row is the code's, and what one does there has buttons
            beside_a_field = isinstance(widget, Tick) or (widget.parent is not None and widget.parent.has_class("row"))
            assert seen.height >= (3 if size == REGULAR and not beside_a_field else 1), widget


@every_screen
async def test_every_key_of_the_key_line_is_tapped(state: State) -> None:
    for size in (COMPACT, REGULAR):
        async with staged(state, size) as stage:
            line = stage.screen.query_one(KeyLine)
            called: list[str] = []
            keys = [placed.key for placed in line.placed]
            for key in keys:
                setattr(stage.screen, f"action_{key.action}", partial(called.append, key.action))
            tall = line.region.height // line.rows
            for placed in line.placed:
                for y in {placed.row * tall, placed.row * tall + tall - 1}:
                    await fingers_of(stage).at(line.region.x + line.gutter.left + placed.x, line.region.y + y)
            assert sorted(set(called)) == sorted(key.action for key in keys)


@every_screen
@pytest.mark.parametrize("size", [COMPACT, REGULAR])
async def test_what_does_not_fit_scrolls_by_taps(state: State, size: tuple[int, int]) -> None:
    async with staged(state, size) as stage:
        for scrolled in stage.screen.query("Body, Document, OptionList"):
            if not isinstance(scrolled, Body | Document | OptionList) or not scrolled.max_scroll_y:
                continue
            if not scrolled.show_vertical_scrollbar:
                continue
            bar = scrolled.vertical_scrollbar.region
            assert bar.width >= 3
            scrolled.scroll_home(animate=False, immediate=True)
            await stage.events()
            fingers = fingers_of(stage)
            for _ in range(50):
                if scrolled.scroll_y >= scrolled.max_scroll_y:
                    break
                await fingers.at(bar.x + 1, bar.bottom - 1)
            assert scrolled.scroll_y == scrolled.max_scroll_y
            await fingers.at(bar.x + 1, bar.y)
            assert scrolled.scroll_y < scrolled.max_scroll_y


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
