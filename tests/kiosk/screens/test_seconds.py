"""Seconds on a screen: the app's clock turns them, and what they change is painted in one frame, drawn alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.harness import people
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.painted import painted
from tests.harness.kiosk.painting import at_rest, costs
from tests.harness.kiosk.stage import Stage, staged
from tui.core.form.fields import ApplicationForm
from tui.core.order import ApplicationStatus
from tui.journey.state import State, Step
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.widgets.countdown import Countdown, Pulse
from tui.kiosk.widgets.status import TitleBar
from tui.kiosk.widgets.ticking import Ticking

Now = list[float]


def paying(expires_in: int, **changes: object) -> State:
    attempt = replace(people.ATTEMPT, expires_in=expires_in, **changes)  # type: ignore[arg-type]
    return people.state(Step.QR, application=people.application(ApplicationStatus.ENTERED, attempt=attempt))


def figures(stage: Stage) -> str:
    """Those of the countdown."""
    return stage.screen.query_one(Countdown).said[0][0]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    """What the seconds are counted by."""
    told = [100.0]
    monkeypatch.setattr(Ticking, "clock", staticmethod(lambda: told[0]))
    return told


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Widget]:
    """The widgets that are asked for lines, one after the other."""
    asked: list[Widget] = []

    def told(draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawing(widget: Widget, *crop: Region) -> Any:
            asked.append(widget)
            return draw(widget, *crop)

        return drawing

    monkeypatch.setattr(Widget, "render_lines", told(Widget.render_lines))
    monkeypatch.setattr(Ticking, "line", told(Ticking.line))
    return asked


async def test_a_minute_and_the_second_that_it_begins_in_are_one_frame(now: Now) -> None:
    async with painted(paying(90)) as painting:
        now[0] += 1
        painting.screen.query_one(TitleBar)._shown = ""
        painting.app._minute = -1
        await painting.app._beat()
        (frame,) = painting.app.written
        assert await painting.settle() == frame
        assert painting.app.terminal.cells() == painting.meant()
        assert "01:29" in painting.app.terminal.text


async def test_a_second_draws_the_countdown_alone(now: Now, drawn: list[Widget]) -> None:
    async with staged(paying(90)) as stage:
        await at_rest(stage)
        now[0] += 1
        drawn.clear()
        stage.screen.second()
        await at_rest(stage)
        assert drawn == [stage.screen.query_one(Countdown)]


async def test_a_key_draws_its_field_alone(drawn: list[Widget]) -> None:
    async with staged(people.state(Step.FORM, form=ApplicationForm())) as stage:
        field = stage.screen.query_one("#field-agent-name Input").focus()
        await stage.press("1")
        await at_rest(stage)
        drawn.clear()
        await stage.press("2")
        await at_rest(stage)
        assert drawn == [field]


async def test_seconds_go_on_behind_a_dialogue_and_draw_nothing_over_it(now: Now) -> None:
    async with painted(paying(90)) as painting:
        await painting.press("f10")
        await painting.settle()
        now[0] += 5
        painting.screen.second()
        await painting.settle()
        assert figures(painting) == "01:25"
        assert "结束本次办理？" in painting.app.terminal.text
        assert painting.app.terminal.cells() == painting.meant()


@pytest.mark.parametrize(("told", "said"), [(87, "01:27"), (86, "01:27"), (88, "01:27"), (84, "01:24"), (120, "02:00")])
async def test_what_the_desk_tells_in_whole_seconds_moves_the_figures_only_by_more(
    now: Now, told: int, said: str
) -> None:
    async with staged(paying(90)) as stage:
        now[0] += 3.4
        stage.screen.second()
        await stage.show(paying(told))
        assert figures(stage) == said


async def test_every_second_turns_one_figure_however_late_it_is_told(now: Now) -> None:
    """The screen came up half a second after the app's clock had turned."""
    late = 0.0, 0.02, 0.0, 0.01, 0.03, 0.0
    async with staged(paying(90)) as stage:
        said = []
        for second, by in enumerate(late):
            now[0] = 100.49 + second + by
            stage.screen.second()
            said.append(int(figures(stage)[3:]))
        assert said == list(range(said[0], said[0] - len(late), -1))


async def test_on_no_screen_that_stands_anything_wakes_the_program_but_the_beat_and_a_beat_paints_nothing(
    now: Now,
) -> None:
    async with staged(State()) as stage:
        for name, state in GALLERY.items():
            await stage.show(state)
            await at_rest(stage)
            pumps = (stage.app, stage.app.screen, *stage.app.screen.walk_children())
            running = [timer for pump in pumps for timer in pump._timers if timer._active.is_set() and timer._task]
            assert running == [], name
            with costs() as cost:
                await stage.app._beat()
                await at_rest(stage)
            assert (cost.layouts, cost.painted) == (0, []), name


def seen(strip: Strip) -> list[tuple[str, Style | None]]:
    """Cell by cell, without what Textual notes for a mouse that selects text, which is off; a blank has no ink."""
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        plain = (style or Style.null()).clear_meta_and_links()
        blank = plain if plain.reverse else Style(bgcolor=plain.bgcolor)
        cells += [(cell, blank if cell == " " else plain) for cell in text]
    return cells


@pytest.mark.parametrize(
    ("state", "kind"), [(paying(90), Countdown), (people.state(Step.REQUESTING), Pulse)], ids=["countdown", "pulse"]
)
async def test_a_line_looks_as_textual_would_draw_it(
    state: State, kind: type[Ticking], now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "render", lambda line: Content.assemble(*line.said))
    async with staged(state) as stage:
        line = stage.screen.query_one(kind)
        for place in line.size.region, Region(3, 0, 4, 1):
            (ours,), (theirs,) = line.render_lines(place), Widget.render_lines(line, place)
            assert seen(ours) == seen(theirs)


@pytest.mark.parametrize("depth", Depth)
async def test_a_second_is_on_the_terminal_as_it_is_meant(depth: Depth, now: Now) -> None:
    async with painted(paying(90), depth) as painting:
        now[0] += 1
        painting.screen.second()
        (frame,) = painting.app.written
        assert await painting.settle() == frame
        assert painting.app.terminal.cells() == painting.meant()
        assert "01:29" in painting.app.terminal.text


async def test_when_textual_asks_for_the_line_its_colours_are_looked_up_anew(now: Now) -> None:
    async with staged(paying(90)) as stage:
        line = stage.screen.query_one(Countdown)
        meant = seen(line.line(line.region.width))
        line._inks[""] = Style(color="magenta", strike=True)
        assert seen(line.line(line.region.width)) != meant
        (drawn,) = line.render_lines(line.size.region)
        assert seen(drawn) == seen(line.line(line.region.width)) == meant


async def test_a_wait_of_an_hour_stays_within_its_line(now: Now) -> None:
    async with staged(people.state(Step.REQUESTING), (120, 40)) as stage:
        line = stage.screen.query_one(Pulse)
        now[0] += 3600
        stage.screen.second()
        drawn = line.line(line.region.width)
        assert sum(cell_len(text) for text, _, _ in drawn) == drawn.cell_length == line.region.width


async def test_a_second_waits_for_the_layout_that_may_move_its_line(now: Now) -> None:
    async with staged(paying(90)) as stage:
        await at_rest(stage)
        now[0] += 1
        with costs() as cost:
            stage.screen._layout_required = True
            stage.screen.second()
            assert cost.painted == []
            await at_rest(stage)
        assert cost.layouts == 1


async def test_nothing_lies_over_a_line_that_tells_time() -> None:
    async with staged(State()) as stage:
        for name, state in GALLERY.items():
            await stage.show(state)
            visible = stage.screen._compositor.visible_widgets
            for line in stage.screen.query(Ticking):
                if line in visible:
                    before = list(visible)[: list(visible).index(line)]
                    assert not any(visible[widget][0].overlaps(visible[line][0]) for widget in before), name
