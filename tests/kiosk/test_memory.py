"""What a person leaves in the kiosk's memory when they go: counted, for what the system is given back varies."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable
from weakref import ref

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.harness import people
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import Step
from tui.kiosk.matrix import modules
from tui.kiosk.screens.drawn import forget
from tui.process import garbage

VISITS = 3
VISITED = (Step.SIGN_IN, Step.NOTICE, Step.FORM, Step.QR)


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> Callable[[], asyncio.Event]:
    """Make an event that is set when the app has looked for garbage."""

    def event() -> asyncio.Event:
        done = asyncio.Event()
        monkeypatch.setattr(garbage, "collect", done.set)
        return done

    return event


async def visit(stage: Stage, done: asyncio.Event) -> None:
    """Come, see some screens, and go."""
    for step in VISITED:
        await stage.show(people.state(step))
    done.clear()
    await stage.show(people.state(Step.WAITING))
    await asyncio.wait_for(done.wait(), 10)
    await stage.pilot.pause()


def alive() -> Counter[str]:
    """How many objects there are of each of Textual's types and of the program's own."""
    forget()
    gc.collect()
    kinds = Counter(type(thing) for thing in gc.get_objects())
    return Counter({f"{kind.__module__}.{kind.__qualname__}": count for kind, count in kinds.items() if _is_ours(kind)})


def _is_ours(kind: type) -> bool:
    return str(kind.__module__).split(".")[0] in ("textual", "tui")  # some types of C modules have no name there


async def test_every_visit_leaves_as_many_objects(swept: Callable[[], asyncio.Event]) -> None:
    async with staged(people.state(Step.WAITING)) as stage:
        for _first in range(2):  # what is loaded late, and a screen's last message
            await visit(stage, swept())
        before = alive()
        for _other in range(VISITS):
            await visit(stage, swept())
        # One more or less may be on its way; what a visit leaves is there as often as there were visits.
        assert {kind: more for kind, more in (alive() - before).items() if more >= VISITS} == {}


async def test_no_line_drawn_for_a_person_outlives_the_visit(swept: Callable[[], asyncio.Event]) -> None:
    done = swept()
    async with staged(people.state(Step.FORM)) as stage:
        lines = [ref(widget._styles_cache) for widget in stage.screen.walk_children(Widget)]
        await visit(stage, done)
        gc.collect()
        assert [line for line in lines if line() is not None] == []
        assert modules.cache_info().currsize == 0


async def test_the_first_screen_keeps_no_drawn_lines_while_another_is_shown() -> None:
    async with staged(people.state(Step.WAITING)) as stage:
        home = stage.screen
        assert any(widget._styles_cache._cache for widget in home.walk_children(Widget))
        await stage.show(people.state(Step.NOTICE))
        assert not any(widget._styles_cache._cache for widget in home.walk_children(Widget))
        await stage.show(people.state(Step.WAITING))
        assert stage.screen is home
        assert "开始办理" in stage.text


def test_what_was_reckoned_with_places_is_forgotten() -> None:
    Region(0, 0, 2, 2).intersection(Region(1, 1, 2, 2))
    assert Region.intersection.cache_info().currsize
    forget()
    assert not Region.intersection.cache_info().currsize
