"""Every pair of colours that the style sheets bring together can be told apart, in every palette."""

import pytest
from rich._palettes import EIGHT_BIT_PALETTE as ENTRIES
from rich.color import ColorSystem
from rich.style import Style

from tests.kiosk.looks.contrasts import PAGE, page
from tui.kiosk.screens.looks import contrast, dark, light
from tui.kiosk.screens.looks.palette import Palette
from tui.kiosk.screens.looks.wcag import VGA, XTERM, pairs, ratio
from tui.kiosk.terminal.painting.renditions import Renditions

INDEXED = (dark.INDEXED, light.INDEXED, contrast.INDEXED)
HEX = (dark.TRUE, light.TRUE, contrast.TRUE, *INDEXED)
ANSI = (dark.SIXTEEN, dark.EIGHT, light.SIXTEEN, light.EIGHT, contrast.SIXTEEN, contrast.EIGHT)


def weak(palette: Palette, sixteen: dict[str, str]) -> list[str]:
    """Pairs below what they must have."""
    found = pairs(palette, sixteen)
    return [f"{one} on {other}: {ratio:.2f} < {least}" for one, other, ratio, least in found if ratio < least]


@pytest.mark.parametrize("palette", HEX, ids=lambda palette: palette.name)
def test_text_has_seven_to_one_and_edges_three(palette: Palette) -> None:
    assert weak(palette, {}) == []


@pytest.mark.parametrize("palette", ANSI, ids=lambda palette: palette.name)
@pytest.mark.parametrize("sixteen", [VGA, XTERM], ids=["console", "xterm"])
def test_so_it_is_in_the_terminals_own_colours(palette: Palette, sixteen: dict[str, str]) -> None:
    assert weak(palette, sixteen) == []


@pytest.mark.parametrize("palette", INDEXED, ids=lambda palette: palette.name)
def test_256_colours_are_shown_as_they_were_chosen(palette: Palette) -> None:
    written = Renditions(ColorSystem.EIGHT_BIT)
    for colour in {value for value in palette.theme().variables.values() if value.startswith("#")}:
        _, _, number = written.of(Style(color=colour))[0].ink.split(";")
        assert ENTRIES[int(number)].hex == colour


@pytest.mark.parametrize("palette", [dark.TRUE, light.TRUE, contrast.TRUE, *INDEXED, *ANSI, dark.MONO])
def test_a_key_on_the_screen_stands_out_from_its_ground(palette: Palette) -> None:
    assert palette.key != palette.ground
    assert palette.key != palette.on_key


@pytest.mark.parametrize("palette", [*HEX, *ANSI, dark.MONO], ids=lambda palette: palette.name)
def test_the_main_act_at_rest_is_told_from_what_is_lit(palette: Palette) -> None:
    assert palette.main != palette.focus


def test_the_page_of_contrasts_is_of_these_palettes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.kiosk.looks.contrasts"


def test_ratios_are_those_of_the_standard() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
