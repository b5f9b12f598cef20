"""The last page: a tick that is one, the new end, and in the largest letters that there is room for what to do now."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import staged
from tui.core.token import KeyLeft
from tui.kiosk.text import use_language
from tui.kiosk.widgets.call_to_act import CallToAct
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.large_tick import COARSE, FINE

DONE = GALLERY["done"]


@pytest.mark.parametrize("pixels", [FINE, COARSE], ids=["fine", "coarse"])
def test_the_tick_has_a_short_arm_and_a_long_one_that_meet_left_of_the_middle(pixels: tuple[str, ...]) -> None:
    arms = [len(row.split()) for row in pixels]
    assert max(arms) == 2
    assert arms[0] == arms[-1] == 1
    width = len(pixels[0])
    assert pixels[0].endswith("###")
    assert 0 < pixels[-1].index("#") < width // 2
    assert pixels[2].startswith("##")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_to_do_stands_on_a_band_of_three_rows_and_nothing_scrolls(language: str) -> None:
    use_language(language)
    async with staged(DONE) as stage:
        pull = stage.screen.query_one(CallToAct)
        assert pull.has_class("-band")
        assert pull.outer_size.height == 3
        assert stage.screen.query_one("#body").max_scroll_y == 0
        await stage.show(replace(DONE, key_left=KeyLeft.UNCERTAIN))
        assert pull.outer_size.height == 1
        assert stage.screen.query_one("#body").max_scroll_y == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("left", [None, KeyLeft.UNCERTAIN])
async def test_the_invoice_is_read_without_scrolling_on_a_low_sheet(language: str, left: KeyLeft | None) -> None:
    use_language(language)
    async with staged(replace(DONE, key_left=left), (84, 30)) as stage:
        assert stage.screen.query_one("#body").max_scroll_y == 0


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_in_a_high_window_it_is_read_from_the_door(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_language(language)
    monkeypatch.setattr(Figures, "half_blocks", True)
    async with staged(DONE, (100, 38)) as stage:
        pull = stage.screen.query_one(CallToAct)
        assert not pull.has_class("-band")
        assert pull.size.height == 8 + 1 + 1
        assert stage.screen.query_one("#body").max_scroll_y == 0
        await stage.pilot.resize_terminal(80, 24)
        await stage.pilot.pause()
        assert pull.has_class("-band")
