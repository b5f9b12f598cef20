"""Light on deep blue, one amber thing at a time."""

from dataclasses import replace
from typing import Final

from tui.kiosk.screens.looks.palette import Palette

TRUE: Final = Palette(
    name="kiosk",
    ground="#0d1b2a",
    surface="#15293d",
    raised="#23435f",
    edge="#86abc9",
    text="#f4f8fb",
    muted="#b8c8d8",
    heading="#8ec5f0",
    accent="#ffd166",
    good="#8be3ad",
    bad="#ffb3ba",
    focus="#ffd166",
    ink="#0d1b2a",
    bar="#1a4870",
    on_bar="#f4f8fb",
    main="#8ec5f0",
    on_main="#0d1b2a",
    selected="#8ec5f0",
    on_selected="#0d1b2a",
    alarm="#7d1826",
    on_alarm="#f4f8fb",
)
INDEXED: Final = Palette(
    name="kiosk-256",
    ground="#1c1c1c",
    surface="#303030",
    raised="#444444",
    edge="#87afd7",
    text="#eeeeee",
    muted="#c6c6c6",
    heading="#87d7ff",
    accent="#ffd75f",
    good="#87d787",
    bad="#ffafaf",
    focus="#ffd75f",
    ink="#1c1c1c",
    bar="#005f87",
    on_bar="#ffffff",
    main="#87afd7",
    on_main="#1c1c1c",
    selected="#87afd7",
    on_selected="#1c1c1c",
    alarm="#870000",
    on_alarm="#eeeeee",
)
"""Greys, and exact entries of the colour cube, that no nearest colour makes garish."""
SIXTEEN: Final = Palette(
    name="kiosk-16",
    ground="ansi_black",
    surface="ansi_black",
    raised="ansi_blue",
    edge="ansi_white",
    text="ansi_bright_white",
    muted="ansi_white",
    heading="ansi_bright_cyan",
    accent="ansi_bright_yellow",
    good="ansi_bright_green",
    bad="ansi_bright_yellow",
    focus="ansi_white",
    ink="ansi_black",
    bar="ansi_blue",
    on_bar="ansi_bright_white",
    main="ansi_cyan",
    on_main="ansi_black",
    selected="ansi_white",
    on_selected="ansi_black",
    alarm="ansi_blue",
    on_alarm="ansi_bright_white",
)
"""Bright colours are inks alone: a Linux console has eight grounds. Its brown, and red anywhere, are read by nobody."""
EIGHT: Final = replace(
    SIXTEEN,
    name="kiosk-8",
    raised="ansi_black",
    text="ansi_white",
    heading="ansi_cyan",
    accent="ansi_white",
    good="ansi_cyan",
    bad="ansi_white",
    bar="ansi_cyan",
    on_bar="ansi_black",
    alarm="ansi_cyan",
    on_alarm="ansi_black",
    caret="reverse",
)
"""Of the dark colours only cyan and white can be read on black; bold is bright where a console has it so."""
MONO: Final = replace(
    EIGHT,
    name="kiosk-mono",
    ground="ansi_default",
    surface="ansi_default",
    raised="ansi_default",
    heading="ansi_white",
    good="ansi_white",
    bar="ansi_white",
    alarm="ansi_white",
    main="ansi_default",
    on_main="ansi_white",
)
"""The terminal's own two colours: what has a white ground here has them swapped, and inks are none."""
