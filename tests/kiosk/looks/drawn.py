"""Draw every screen as text with the names of its styles, for review: `python -m tests.kiosk.looks.drawn` writes all.

A file is a screen in one language and size: its lines, and under each line that is not plain a row of letters, one a
cell, that the legend below resolves into the palette's names.
"""

import asyncio
from itertools import product
from pathlib import Path
from unittest.mock import patch

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import State
from tui.kiosk.settings import PaletteName
from tui.kiosk.text import use_language
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.pin_pad import Keypad
from tui.kiosk.widgets.status import TitleBar

FOLDER = Path(__file__).parent / "screens"
SIZES = {"compact": (80, 24), "regular": (100, 32)}
LANGUAGES = "zh", "en"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLAIN = "foreground on background"
NAMES = (
    "background surface raised foreground muted primary secondary accent ink good bad error field bar on-bar edge focus"
)


async def looks(language: str, size: tuple[int, int]) -> dict[str, str]:
    """Every screen's drawing, by its name; the clock stands still, and so do the PIN pad's digits."""
    use_language(language)
    drawings = {}
    try:
        with (
            patch.object(TitleBar, "show", lambda *_: None),
            patch.object(Keypad, "shuffle", lambda _: None),
            patch.object(Figures, "half_blocks", new=True),
        ):
            async with staged(State(), size) as stage:
                stage.app.console._color_system = ColorSystem.TRUECOLOR
                stage.app.show_in(PaletteName.AUTO)  # whatever the terminal is that the tests run in
                for name, state in GALLERY.items():
                    await stage.show(state)
                    drawings[name] = _drawing(stage)
    finally:
        use_language("zh")
    return drawings


def _drawing(stage: Stage) -> str:
    variables = stage.app.theme_variables
    names = {str(variables[name]).lower(): name for name in reversed(NAMES.split()) if name in variables}
    legend = {PLAIN: "."}
    lines = []
    for strip in stage.app.screen._compositor.render_strips():
        letters = "".join(_letters(segment, names, legend) for segment in strip)
        lines.append(strip.text.rstrip())
        if set(letters) != {"."}:
            lines.append(f"~ {_counted(letters)}")
    return "\n".join([*lines, "", *(f"{letter}: {style}" for style, letter in legend.items() if style != PLAIN), ""])


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
            path(name, language, kind).parent.mkdir(parents=True, exist_ok=True)
            path(name, language, kind).write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
