"""Draw every screen, dark and light: `python -m tests.pictures FOLDER` (SVG; PNG with `--png`, by rsvg-convert)."""

import argparse
import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from unittest.mock import patch

from rich import console
from rich.terminal_theme import TerminalTheme

from tests.harness.kiosk.further import NAMES, show
from tests.harness.kiosk.stage import staged
from tui.journey.state import State
from tui.kiosk.screens.looks.chosen import palette_of
from tui.kiosk.screenshot import picture
from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import Depth
from tui.kiosk.text import use_language
from tui.kiosk.widgets.figures import Figures

SIZES = ((80, 24), (120, 40), (200, 60))
LANGUAGES = "zh", "en"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is one app's: its terminal, its language, its palette."""

    folder: Path
    size: str
    """COLUMNSxROWS"""
    language: str
    palette: str
    depth: str = "TRUE"
    png: bool = False


def main() -> None:
    """Draw what is asked for, on every core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=list(NAMES), metavar="SCREEN", choices=NAMES)
    parser.add_argument("--size", nargs="*", default=[f"{w}x{h}" for w, h in SIZES], metavar="COLUMNSxROWS")
    parser.add_argument("--language", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--palette", nargs="*", default=["dark", "light"], choices=["dark", "light", "contrast"])
    parser.add_argument("--depth", nargs="*", default=["TRUE"], choices=[depth.value for depth in Depth])
    parser.add_argument("--png", action="store_true")
    asked = parser.parse_args()
    os.environ["COLORTERM"] = "truecolor"
    of_all = product(asked.size, asked.language, asked.palette, asked.depth)
    kinds = [Kind(asked.folder, *kind, png=asked.png) for kind in of_all]
    with ProcessPoolExecutor() as pool:
        for folder in pool.map(partial(draw, asked.only), kinds):
            print(folder)


def draw(names: list[str], kind: Kind) -> Path:
    """One app goes through the screens."""
    folder = kind.folder / "-".join(
        (kind.size, kind.language, kind.palette, *([kind.depth] if kind.depth != Depth.TRUE else ()))
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in asyncio.run(_pictures(names, kind)).items():
        path = folder / f"{name}.svg"
        path.write_text(drawn, encoding="utf-8")
        if kind.png and (convert := shutil.which("rsvg-convert")):
            subprocess.run([convert, "-o", path.with_suffix(".png"), path], check=True)
    return folder


@contextmanager
def _console() -> Iterator[None]:
    """The sixteen colours are a Linux console's: Rich's own have a grey ground and no contrast."""
    dark = [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170)]
    bright = [(255 if r else 85, 255 if g else 85, 255 if b else 85) for r, g, b in [*dark, (170, 170, 170)]]
    theme = TerminalTheme((0, 0, 0), (170, 170, 170), [*dark, (170, 170, 170)], bright)
    with patch.object(console, "SVG_EXPORT_THEME", theme):
        yield


async def _pictures(names: list[str], kind: Kind) -> dict[str, str]:
    use_language(kind.language)
    Figures.half_blocks = True
    columns, _, rows = kind.size.partition("x")
    pictures = {}
    async with staged(State(), (int(columns), int(rows))) as stage:
        theme = palette_of(PaletteName(kind.palette), Depth(kind.depth)).theme()
        stage.app.register_theme(theme)
        stage.app.theme = theme.name
        for name in names:
            await show(stage, name)
            with _console() if theme.ansi else nullcontext():
                pictures[name] = picture(stage.app)
    return pictures


if __name__ == "__main__":
    main()
