"""Where the step stands in windows of all sizes: one sheet, its buttons at its foot, nothing beyond the window."""

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from tests.harness import people
from tests.harness.kiosk.further import show
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import State, Step
from tui.kiosk.screens.looks.chosen import palette_of
from tui.kiosk.screens.looks.layout import Layout, classes_of, column_of, layout_of
from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.text import use_language
from tui.kiosk.widgets.figures import Figures


@pytest.mark.parametrize(
    ("size", "layout", "column"),
    [
        ((80, 24), Layout.SMALL, 80),
        ((120, 24), Layout.SMALL, 84),
        ((80, 60), Layout.SMALL, 80),
        ((100, 32), Layout.REGULAR, 84),
        ((120, 40), Layout.REGULAR, 84),
        ((160, 50), Layout.LARGE, 100),
        ((240, 70), Layout.LARGE, 100),
    ],
)
def test_a_window_has_its_layout_and_its_column(size: tuple[int, int], layout: Layout, column: int) -> None:
    assert (layout_of(Size(*size)), column_of(Size(*size))) == (layout, column)
    roomy = ["-roomy"] if layout is not Layout.SMALL and size[1] >= 38 else []
    assert [name for name, has in classes_of(Size(*size)).items() if has] == [layout, *roomy]


@pytest.mark.parametrize(
    ("size", "classes"),
    [
        ((39, 9), {"-small", "-too-narrow", "-too-low"}),
        ((40, 10), {"-small", "-slim", "-tiny"}),
        ((60, 20), {"-small", "-snug"}),
        ((76, 20), {"-small"}),
    ],
)
def test_a_window_too_small_says_so_in_its_classes(size: tuple[int, int], classes: set[str]) -> None:
    assert {name for name, has in classes_of(Size(*size)).items() if has} == classes


SHORT = Step.SIGN_IN, Step.CARD, Step.NOTICE, Step.AGREEMENT, Step.PAY_NOTICE, Step.ORDER, Step.CHANNEL, Step.METHOD


@pytest.mark.parametrize(
    ("size", "sheet"),
    [((84, 30), 23), ((100, 32), 25), ((120, 40), 30), ((160, 50), 34), ((200, 60), 34), ((240, 70), 34)],
)
async def test_the_buttons_stand_in_the_same_place_on_every_page(size: tuple[int, int], sheet: int) -> None:
    async with staged(State(), size) as stage:
        places = set()
        for step in SHORT:
            await stage.show(people.state(step))
            heading, body, actions = (stage.screen.query_one(name).region for name in ("#heading", "#body", "#actions"))
            column = column_of(stage.app.size)
            assert {region.x for region in (heading, body, actions)} == {(size[0] - column) // 2}
            assert {region.width for region in (heading, body, actions)} == {column}
            assert (heading.bottom, body.bottom, actions.bottom - heading.y) == (body.y, actions.y, sheet), step
            places.add((actions.y, stage.screen.query_one("#actions ActionButton").region.x))
        assert len(places) == 1
        keys = stage.screen.query_one("KeyLine").region
        assert (keys.x, keys.width, keys.bottom) == (0, *size)
        above, below = heading.y - 2, stage.screen.query_one("StatusLine").region.y - actions.bottom
        assert above <= below + 2


async def test_pages_in_large_letters_have_their_buttons_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Figures, "half_blocks", True)
    async with staged(people.state(Step.CARD), (120, 40)) as stage:
        place = stage.screen.query_one("#actions").region
        for name in ("waiting", "token-awaited", "done"):
            await show(stage, name)
            assert stage.screen.query_one("#actions").region == place, name


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_so_has_the_pin_where_no_pad_is_shown(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.CARD), size) as stage:
        places = [stage.screen.query_one(name).region.y for name in ("#heading", "#actions")]
        for name in ("pin-locked", "pin-own-pad"):
            await show(stage, name)
            assert [stage.screen.query_one(name).region.y for name in ("#heading", "#actions")] == places, name


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_words_end_where_the_rule_below_the_heading_does(language: str) -> None:
    use_language(language)
    async with staged(State(), (80, 24)) as stage:
        for name, state in GALLERY.items():
            await stage.show(state)
            body = stage.screen.query_one("#body")
            if body.max_scroll_y or stage.screen.has_class("-compact") or stage.screen.query("Document, OptionList"):
                continue
            lines = stage.screen._compositor.render_strips()[body.region.y : body.region.bottom]
            assert max(cell_len(line.text.rstrip()) for line in lines) <= 78, name


async def test_a_quiet_button_stands_out_from_its_sheet_and_is_lit_like_any_other() -> None:
    async with staged(people.state(Step.CARD), (120, 40)) as stage:
        _show_in(stage, Depth.TRUE)
        await stage.pilot.pause()
        quiet, main = stage.screen.query_one("#actions .-quiet"), stage.screen.query_one("#actions .-main")
        assert quiet.styles.background != stage.screen.query_one("#actions").styles.background
        lit = main.styles.background
        stage.screen.set_focus(quiet)
        await stage.pilot.pause()
        assert quiet.styles.background == lit != main.styles.background


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["certificate-saving", "receipt"])
async def test_a_dialogue_has_its_buttons_whole(name: str, language: str) -> None:
    use_language(language)
    async with staged(State(), (80, 24)) as stage:
        await show(stage, name)
        row = stage.app.screen.query_one("#dialogue-buttons").content_region
        assert all(row.contains_region(button.region) for button in stage.app.screen.query("ActionButton"))


@pytest.mark.parametrize("name", ["form-latin", "request-pin"])
async def test_no_key_has_a_bar_below_it_where_its_ground_is_the_terminals(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Figures, "half_blocks", True)
    async with staged(State(), (80, 24)) as stage:
        _show_in(stage, Depth.MONO)
        await show(stage, name)
        halves = [
            part.style for strip in stage.app.screen._compositor.render_strips() for part in strip if "▄" in part.text
        ]
        assert halves
        assert all(style is not None and style.bgcolor and not style.bgcolor.is_default for style in halves)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_a_page_of_few_words_has_them_in_the_upper_middle_of_its_sheet(size: tuple[int, int]) -> None:
    async with staged(people.state(Step.CARD), size) as stage:
        body, card = stage.screen.query_one("#body").region, stage.screen.query_one("#card").region
        above, below = card.y - body.y, body.bottom - card.bottom
        assert 0 < above <= below <= 2 * above + 2


async def test_a_step_that_does_not_fit_scrolls_between_the_bars() -> None:
    async with staged(people.state(Step.FORM), (100, 30)) as stage:
        body = stage.screen.query_one("#body")
        assert body.max_scroll_y > 0
        assert stage.screen.query_one("#actions").region.bottom <= stage.screen.query_one("StatusLine").region.y


async def test_another_size_gives_another_layout() -> None:
    async with staged(people.state(Step.CARD), (80, 24)) as stage:
        await stage.pilot.resize_terminal(160, 50)
        await stage.pilot.pause()
        assert stage.screen.has_class("-large")
        assert not stage.screen.has_class("-small")
        assert stage.screen.query_one("#body").region.x == 30


def _show_in(stage: Stage, depth: Depth) -> None:
    theme = palette_of(PaletteName.DARK, depth).theme()
    stage.app.register_theme(theme)
    stage.app.theme = theme.name
