"""Bars of waits and of a code's time: what they say, and what a second of them costs a thin line."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.harness import people
from tests.harness.journey.walk import PAYING
from tests.harness.kiosk.painted import painted
from tui.core.token import TokenStage
from tui.journey.state import State, Step
from tui.kiosk.widgets.bar import LONG, progress, remaining
from tui.kiosk.widgets.countdown import Countdown, Pulse
from tui.kiosk.widgets.ticking import Ticking
from tui.kiosk.widgets.time_line import time_line


def test_a_code_s_bar_is_full_at_first_and_lit_to_the_last_second() -> None:
    bars = [remaining(left, 120, 12) for left in (120, 60, 1, 0)]
    assert [sum(len(text) for text, style in bar if style) for bar in bars] == [12, 6, 1, 0]
    assert {"".join(text for text, _ in bar) for bar in bars} == {" " * 12}


@pytest.mark.parametrize("steps", [1, 4, 6, 40])
def test_progress_is_honest_what_is_not_over_is_not_lit(steps: int) -> None:
    for done in range(steps + 1):
        for seconds in range(30):
            bar = progress(seconds, done, steps)
            assert "".join(text for text, _ in bar) == " " * LONG
            lit = sum(len(text) for text, style in bar if style == "on $good")
            assert lit == LONG * done // steps


def test_a_time_line_keeps_names_and_dates_over_their_stretches() -> None:
    old, new, today = people.OLD.not_after, people.TERM.not_after, people.NOW
    points = (("原到期日", old, "$secondary"), ("今天", today, "$accent"), ("新到期日", new, "$good"))
    names, dates = time_line(points, 76).plain.splitlines()
    assert names.split() == ["今天", "原到期日", "新到期日"]
    assert dates.split() == ["2026年11月23日", "2026年12月13日", "2027年12月13日"]
    assert cell_len(names) == cell_len(dates) <= 76
    for name, date in zip(names.split(), dates.split(), strict=True):
        assert cell_len(names[: names.index(name)]) - 1 == cell_len(dates[: dates.index(date)])


WORKING = people.state(Step.REQUESTING, application=people.application(), stage=TokenStage.KEY_PAIR)


@pytest.mark.parametrize(
    ("state", "kind", "most"),
    [(people.state(Step.QR, application=PAYING), Countdown, 40), (WORKING, Pulse, 120)],
)
async def test_a_second_costs_few_bytes(
    state: State, kind: type[Ticking], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(Ticking, "clock", staticmethod(lambda: now[0]))
    async with painted(replace(state)) as painting:
        ticking = painting.screen.query_one(kind)
        costs = []
        for second in range(1, 60):
            now[0] = float(second)
            ticking.tick()
            costs.append(len((await painting.settle()).encode()))
    assert max(costs[1:]) <= most
    assert min(costs) > 0
