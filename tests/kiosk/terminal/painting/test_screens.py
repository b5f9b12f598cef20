"""Every screen on a terminal: what it shows, and how many bytes that takes."""

from statistics import median

import pytest
from textual._ansi_sequences import SYNC_END, SYNC_START

from tests.harness import people
from tests.harness.kiosk.painted import painted
from tui.journey.state import Step
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.widgets.line import Line

TELLING = Step.SIGN_IN, Step.FORM, Step.REQUEST_PIN, Step.ORDER, Step.METHOD, Step.QR, Step.REFUSED, Step.DONE
"""All that has an edge, a state or a ground of its own stands on one of these."""


async def test_every_screen_is_shown_as_it_is_meant_in_few_bytes() -> None:
    sizes = []
    async with painted(people.state(Step.WAITING)) as painting:
        for step in Step:
            await painting.show(people.state(step))
            sizes.append(len((await painting.settle()).encode()))
            assert painting.app.terminal.cells() == painting.meant(), step
        await painting.pilot.press("f1")
        await painting.settle()
        assert painting.app.terminal.cells() == painting.meant()
    assert median(sizes) <= 1_000
    assert max(sizes) <= 4_000


@pytest.mark.parametrize(
    ("depth", "steps"), [(Depth.INDEXED, tuple(Step)), (Depth.EIGHT, TELLING), (Depth.MONO, TELLING)]
)
async def test_so_it_is_in_fewer_colours_and_without_any(depth: Depth, steps: tuple[Step, ...]) -> None:
    async with painted(people.state(Step.WAITING), depth) as painting:
        for step in steps:
            await painting.show(people.state(step))
            await painting.pilot.press("tab")
            written = await painting.settle()
            assert painting.app.terminal.cells() == painting.meant(), step
            assert "8;2;" not in written
            assert depth is Depth.INDEXED or "8;5;" not in written
        for _ in "on", "off":
            await painting.pilot.press("f9")
            await painting.settle()
            assert painting.app.terminal.cells() == painting.meant()


@pytest.mark.parametrize("step", [Step.SIGN_IN, Step.FORM])
async def test_a_key_is_written_at_once_and_in_few_bytes(step: Step) -> None:
    async with painted(people.state(step, account="")) as painting:
        painting.screen.query(Line).first().focus()
        await painting.settle()
        for key in "123":
            await painting.pilot.press(key)
            assert 0 < len((await painting.settle()).encode()) <= 60
            assert painting.app.terminal.cells() == painting.meant()


async def test_an_input_method_composes_where_the_cursor_is_also_in_a_field_that_has_scrolled() -> None:
    async with painted(people.state(Step.FORM)) as painting:
        line = painting.screen.query(Line).first()
        line.focus()
        line.value = "张" * 40
        for key in ("home", "end"):
            await painting.pilot.press(key)
            await painting.settle()
            assert painting.app.terminal.cursor == tuple(line.cursor_screen_offset), key


async def test_only_a_frame_that_can_be_seen_coming_up_is_synchronised() -> None:
    async with painted(people.state(Step.SIGN_IN, account="")) as painting:
        painting.app._sync_available = True
        painting.screen.query(Line).first().focus()
        await painting.settle()
        await painting.pilot.press("1")
        assert SYNC_START not in await painting.settle()
        await painting.show(people.state(Step.FORM))
        written = await painting.settle()
        assert written.startswith(SYNC_START)
        assert written.endswith(SYNC_END)
