"""Dark on paper, for bright rooms; with sixteen colours and fewer there is none that can be read."""

from typing import Final

from tui.kiosk.screens.looks.palette import Palette

TRUE: Final = Palette(
    name="kiosk-light",
    ground="#f7f9fb",
    surface="#e9eff4",
    raised="#dae4ed",
    edge="#4d6d8a",
    text="#10202f",
    muted="#33475a",
    heading="#0b4a7f",
    accent="#733b00",
    good="#0b5530",
    bad="#96101f",
    focus="#0b4a7f",
    ink="#ffffff",
    bar="#0b4a7f",
    on_bar="#ffffff",
    selected="#0b4a7f",
    on_selected="#ffffff",
    alarm="#96101f",
    on_alarm="#ffffff",
    dark=False,
)
INDEXED: Final = Palette(
    name="kiosk-light-256",
    ground="#ffffff",
    surface="#eeeeee",
    raised="#dadada",
    edge="#005f87",
    text="#121212",
    muted="#444444",
    heading="#005f87",
    accent="#5f0000",
    good="#005f00",
    bad="#870000",
    focus="#005f87",
    ink="#ffffff",
    bar="#005f87",
    on_bar="#ffffff",
    selected="#005f87",
    on_selected="#ffffff",
    alarm="#870000",
    on_alarm="#ffffff",
    dark=False,
)
