"""The key line: every key that works can be read and tapped, whatever the window and the language."""

from collections.abc import Iterator

import pytest

from tests.harness.kiosk.fingers import Fingers
from tests.harness.kiosk.stage import staged
from tests.harness.people import NOW, SNAPSHOT
from tui.core.failure import Failure, Reason
from tui.journey.state import State, Step
from tui.kiosk.screens import waiting
from tui.kiosk.text import use_language
from tui.kiosk.widgets.key_line import KeyLine
from tui.kiosk.widgets.status import StatusLine

FULL = State(now=NOW, snapshot=SNAPSHOT, failure=Failure(Reason.DESK_UNREACHABLE))
"""The first screen with all its keys."""
SIZES = [(80, 24), (84, 30), (100, 32), (120, 40)]


@pytest.fixture(params=["zh", "en"])
def _spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(waiting, "young_successor", lambda _state: True)
    monkeypatch.setattr(waiting, "renewable", lambda _state: True)
    use_language(request.param)
    yield
    use_language("zh")


@pytest.mark.usefixtures("_spoken")
@pytest.mark.parametrize("size", SIZES)
async def test_all_keys_of_the_first_screen_are_in_view_and_tapped(size: tuple[int, int]) -> None:
    async with staged(FULL, size) as stage:
        line = stage.screen.query_one(KeyLine)
        assert [placed.key.key for placed in line.placed] == ["f1", "f4", "f5", "f6", "f7", "f8", "f9", "f10"]
        assert line.region.bottom == size[1]
        assert stage.screen.query_one(StatusLine).region.bottom == line.region.y
        called: list[str] = []

        async def called_for(action: str) -> None:
            called.append(action)

        line.run_action = called_for  # type: ignore[assignment,method-assign]
        left, top = line.region.x + line.gutter.left, line.region.y + line.gutter.top
        for placed in line.placed:
            shown = Fingers(stage.app, stage.pilot).cells(top + placed.row)[left + placed.x :]  # type: ignore[arg-type]
            assert "".join(shown).startswith(placed.face.plain)
        for placed in line.placed:
            row = line.region.height // line.rows
            for y in (placed.row * row, placed.row * row + row - 1):
                for x in (placed.x, placed.x + placed.face.cell_length - 1):
                    called.clear()
                    await Fingers(stage.app, stage.pilot).at(left + x, line.region.y + y)  # type: ignore[arg-type]
                    assert called == [f"screen.{placed.key.action}"]


async def test_a_wider_window_has_them_in_one_row_again() -> None:
    async with staged(State(step=Step.WAITING, now=NOW), (80, 24)) as stage:
        line = stage.screen.query_one(KeyLine)
        assert line.rows == 1
        await stage.pilot.resize_terminal(50, 24)
        await stage.events()
        assert line.rows == 2
        assert all(placed.x + placed.face.cell_length <= 48 for placed in line.placed)
        await stage.pilot.resize_terminal(80, 24)
        await stage.events()
        assert line.rows == 1


async def test_the_language_is_a_button_of_three_rows_that_everybody_can_read() -> None:
    for language in ("zh", "en"):
        use_language(language)
        try:
            async with staged(FULL) as stage:
                button = stage.screen.query_one("#language")
                assert button.region.height == 3
                assert "EN/中文" in stage.text
                await Fingers(stage.app, stage.pilot).widget(button)  # type: ignore[arg-type]
                await stage.events()
                assert ("Online certificate renewal" in stage.text) is (language == "zh")
        finally:
            use_language("zh")
