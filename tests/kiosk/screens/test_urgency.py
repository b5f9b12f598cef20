"""More tokens than fit: the most urgent first, the others in reach."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.harness import people
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import staged
from tui.core.token import Snapshot
from tui.journey.state import Step
from tui.kiosk.text.urgency import by_urgency


@given(st.lists(st.integers(-50, 400), min_size=1, max_size=8))
def test_tokens_stand_by_urgency(days: list[int]) -> None:
    tokens = tuple(people.token(people.certificate(f"c{n}", left), serial=f"S{n}") for n, left in enumerate(days))
    state = people.state(Step.WAITING, snapshot=Snapshot(tokens))
    ordered = by_urgency(state)
    due = [state.is_renewable(token.certificates[0]) for token in ordered]
    ends = [token.certificates[0].not_after for token in ordered]
    assert sorted(ordered, key=tokens.index) == list(tokens)
    assert due == sorted(due, reverse=True)
    count = sum(due)
    assert ends[:count] == sorted(ends[:count])
    assert ends[count:] == sorted(ends[count:])


async def test_six_tokens_scroll_the_most_urgent_in_view() -> None:
    async with staged(GALLERY["waiting-many"]) as stage:
        assert "308841" in stage.text
        seen = stage.text
        for _ in range(4):
            await stage.press("pagedown")
            seen += stage.text
        assert all(f"30770{n}" in seen for n in range(1, 6))


async def test_no_wide_character_is_cut_at_any_width() -> None:
    shown = replace(GALLERY["certificates"])
    async with staged(shown, (40, 24)) as stage:
        for width in range(40, 201, 7):
            await stage.pilot.resize_terminal(width, 24)
            await stage.pilot.pause()
            assert "深圳市某某建筑" in stage.text
            assert "2026年12月13日 13:00" in stage.text
