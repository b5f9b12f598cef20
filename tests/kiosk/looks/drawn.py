"""Draw every screen as text with the names of its styles, for review: `python -m tests.kiosk.looks.drawn` writes all.

A file is a screen in one language and size, or in one palette: its lines, and under each line that is not plain a row
of letters, one a cell, that the legend below resolves into the palette's names, or into its colours.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from unittest.mock import patch

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.harness.kiosk.further import ABOVE, FURTHER, show
from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.scenes import SCENES
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import State
from tui.kiosk.screens.looks.chosen import palette_of
from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.text import use_language
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.status import TitleBar
from tui.kiosk.widgets.ticking import Ticking

FOLDER = Path(__file__).parent / "screens"
SIZES = {"compact": (80, 24), "regular": (100, 32)}
LANGUAGES = "zh", "en"
PALETTES = {
    "light": (PaletteName.LIGHT, Depth.TRUE),
    "contrast": (PaletteName.CONTRAST, Depth.TRUE),
    "eight": (PaletteName.DARK, Depth.EIGHT),
    "mono": (PaletteName.DARK, Depth.MONO),
}
TELLING = "waiting-token", "sign-in", "form", "request-pin", "order", "qr", "refused", "done"
"""Screens that are kept in other palettes, too: all that has an edge, a state or a ground of its own stands on one."""
RARE = ("zh", "compact"), ("en", "regular")
"""Where the gallery's further states and what lies above a step are kept: each language once, each size once."""
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLAIN = "foreground on background"
NAMES = (
    "background surface raised foreground muted primary secondary accent ink good bad error field bar on-bar"
    " main on-main edge focus"
)


async def looks(language: str, size: tuple[int, int]) -> dict[str, str]:
    """Every screen's drawing, by its name, in the names of the palette's colours."""
    use_language(language)
    try:
        with _standing_still():
            async with staged(State(), size) as stage:
                _show_in(stage, PaletteName.DARK, Depth.TRUE)
                return {name: await _drawing(stage, name, NAMES.split()) for name in GALLERY}
    finally:
        use_language("zh")


async def rare(language: str, size: tuple[int, int]) -> dict[str, str]:
    """The same of what few people meet."""
    use_language(language)
    try:
        with _standing_still():
            async with staged(State(), size) as stage:
                _show_in(stage, PaletteName.DARK, Depth.TRUE)
                return {name: await _drawing(stage, name, NAMES.split()) for name in (*FURTHER, *ABOVE, *SCENES)}
    finally:
        use_language("zh")


async def coloured(kind: str) -> dict[str, str]:
    """The telling screens' drawings, by their names, in the colours of another palette."""
    with _standing_still():
        async with staged(State(), SIZES["compact"]) as stage:
            _show_in(stage, *PALETTES[kind])
            return {name: await _drawing(stage, name, PLAIN.split(" on ")) for name in TELLING}


@contextmanager
def _standing_still() -> Iterator[None]:
    """No clock goes on."""
    with (
        patch.object(TitleBar, "show", lambda *_: None),
        patch.object(Ticking, "clock", staticmethod(lambda: 0.0)),
        patch.object(Figures, "half_blocks", new=True),
    ):
        yield


def _show_in(stage: Stage, palette: PaletteName, depth: Depth) -> None:
    """Whatever the terminal is that the tests run in."""
    stage.app.console._color_system = ColorSystem.TRUECOLOR
    theme = palette_of(palette, depth).theme()
    stage.app.register_theme(theme)
    stage.app.theme = theme.name


async def _drawing(stage: Stage, name: str, told: list[str]) -> str:
    """In the palette's names `told`, the first of those that are one colour, and in colours."""
    await show(stage, name)
    variables = stage.app.theme_variables
    names = {_colour(variables[name]): name for name in reversed(told) if name in variables}
    legend = {PLAIN: "."}
    lines = []
    for strip in stage.app.screen._compositor.render_strips():
        letters = "".join(_letters(segment, names, legend) for segment in strip)
        lines.append(strip.text.rstrip())
        if set(letters) != {"."}:
            lines.append(f"~ {_counted(letters)}")
    return "\n".join([*lines, "", *(f"{letter}: {style}" for style, letter in legend.items() if style != PLAIN), ""])


def _colour(value: str) -> str:
    return Color.parse(value).rich_color.name.lower()


def _letters(segment: Segment, names: dict[str, str], legend: dict[str, str]) -> str:
    style = _worded(segment.style or Style.null(), names)
    return legend.setdefault(style, LETTERS[(len(legend) - 1) % len(LETTERS)]) * segment.cell_length


def _worded(style: Style, names: dict[str, str]) -> str:
    ink, ground = (
        names.get(colour.name.lower(), colour.name) if colour else "-" for colour in (style.color, style.bgcolor)
    )
    marks = [mark for mark in ("bold", "underline", "reverse") if getattr(style, mark)]
    return " ".join([*marks, ink, "on", ground])


def _counted(letters: str) -> str:
    """Runs of one letter by its count: `a3 b12`."""
    runs, begin = [], 0
    for at in range(1, len(letters) + 1):
        if at == len(letters) or letters[at] != letters[begin]:
            runs.append(f"{letters[begin]}{at - begin}")
            begin = at
    return " ".join(runs)


def path(name: str, language: str, kind: str) -> Path:
    """Where a drawing is kept."""
    return FOLDER / f"{language}-{kind}" / f"{name}.txt"


async def _write() -> None:
    for language, kind in product(LANGUAGES, SIZES):
        for name, drawing in (await looks(language, SIZES[kind])).items():
            _keep(path(name, language, kind), drawing)
    for language, kind in RARE:
        for name, drawing in (await rare(language, SIZES[kind])).items():
            _keep(path(name, language, kind), drawing)
    for kind in PALETTES:
        for name, drawing in (await coloured(kind)).items():
            _keep(path(name, "zh", kind), drawing)


def _keep(path: Path, drawing: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
