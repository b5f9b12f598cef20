"""White and yellow on black for who sees badly; its values are entries of the 256 colours, too."""

from dataclasses import replace
from typing import Final

from tui.kiosk.screens.looks.dark import EIGHT as DARK_EIGHT
from tui.kiosk.screens.looks.dark import SIXTEEN as DARK_SIXTEEN
from tui.kiosk.screens.looks.palette import Palette

TRUE: Final = Palette(
    name="kiosk-contrast",
    ground="#000000",
    surface="#000000",
    raised="#000000",
    key="#ffffff",
    on_key="#000000",
    edge="#ffffff",
    text="#ffffff",
    muted="#ffffff",
    heading="#ffffff",
    accent="#ffff00",
    good="#87ff87",
    bad="#ffff00",
    focus="#ffff00",
    ink="#000000",
    bar="#ffffff",
    on_bar="#000000",
    main="#ffffff",
    on_main="#000000",
    selected="#ffffff",
    on_selected="#000000",
    alarm="#ffffff",
    on_alarm="#000000",
)
INDEXED: Final = replace(TRUE, name="kiosk-contrast-256")
SIXTEEN: Final = replace(
    DARK_SIXTEEN,
    name="kiosk-contrast-16",
    raised="ansi_black",
    key="ansi_white",
    on_key="ansi_black",
    edge="ansi_bright_white",
    muted="ansi_bright_white",
    heading="ansi_bright_white",
    bar="ansi_white",
    on_bar="ansi_black",
    alarm="ansi_white",
    on_alarm="ansi_black",
)
EIGHT: Final = replace(
    DARK_EIGHT,
    name="kiosk-contrast-8",
    key="ansi_white",
    on_key="ansi_black",
    heading="ansi_white",
    good="ansi_white",
    bar="ansi_white",
    alarm="ansi_white",
)
