"""What screens bring together on the terminal is in the table of pairs whose contrast is held, and nothing else is."""

from dataclasses import fields
from functools import cache
from typing import Any

from rich.color import Color, ColorSystem
from rich.style import Style

from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import Stage, staged
from tui.journey.state import State, Step
from tui.kiosk.screens.looks.palette import Palette
from tui.kiosk.screens.looks.wcag import AGAINST, ON

COLOURS = [field.name for field in fields(Palette) if field.name not in ("name", "caret", "dark")]
TELLING = {name: (40 + 8 * at, 100 + 4 * at, 8 * at) for at, name in enumerate(COLOURS)}
"""A colour for each name, so that what is drawn tells its name, which no real palette's does."""
HELD = {frozenset(pair) for pair in (*ON, *AGAINST)}
"""Text may be drawn inverse; a scrollbar's arrows stand on what else is an edge."""
CODE = {(0, 0, 0), (255, 255, 255)}


def name_of(colour: Color | None) -> str | None:
    """The palette's name; Textual may round a part."""
    found = colour.triplet if colour is not None else None
    if found is None or tuple(found) in CODE:
        return None
    return next(
        name for name, parts in TELLING.items() if all(abs(a - b) < 2 for a, b in zip(parts, found, strict=True))
    )


def pairs_on(stage: Stage) -> set[tuple[str, str]]:
    """Ink and ground of all that is written on the screen."""
    written = (segment for strip in stage.app.screen._compositor.render_strips() for segment in strip)
    return {pair for style in {segment.style for segment in written if segment.text.strip()} for pair in _pair(style)}


@cache
def _pair(style: Style | None) -> list[tuple[str, str]]:
    names = (name_of(style.color), name_of(style.bgcolor)) if style is not None else (None, None)
    return [(names[0], names[1])] if names[0] is not None and names[1] is not None else []


async def test_every_pair_on_every_screen_is_held() -> None:
    found: dict[tuple[str, str], str] = {}
    helped: set[Step] = set()
    async with staged(State(), (100, 32)) as stage:
        stage.app.console._color_system = ColorSystem.TRUECOLOR
        told: dict[str, Any] = {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in TELLING.items()}
        theme = Palette(name="telling", **told).theme()
        stage.app.register_theme(theme)
        stage.app.theme = theme.name

        def look(name: str) -> None:
            found.update(dict.fromkeys(pairs_on(stage), name))

        for name, state in GALLERY.items():
            await stage.show(state)
            look(name)
            for item in stage.screen.query("Line, SecretField, Choice, Tick, Document, OptionList, ActionButton"):
                if item.focusable:
                    item.focus()
                    await stage.pilot.pause()
                    look(f"{name}, {item}")
            for key in ("f1", "f10") if state.step not in helped else ():  # help and question are the step's
                await stage.press(key)
                look(f"{name}, {key}")
                await stage.press("escape") if stage.app.screen is not stage.screen else None
            helped.add(state.step)
    assert {pair: place for pair, place in found.items() if frozenset(pair) not in HELD} == {}
    assert frozenset(("ink", "focus")) in {frozenset(pair) for pair in found}
