"""Which palette: what the settings or the person want, in the colours that the terminal shows."""

from importlib import import_module
from typing import TYPE_CHECKING

from rich.color import ColorSystem

from tui.kiosk.settings import Palette as Wanted

if TYPE_CHECKING:
    from tui.kiosk.screens.looks.palette import Palette


def palette_of(wanted: Wanted, colours: ColorSystem | None) -> "Palette":
    """The one palette that is needed; no other is built."""
    few = colours not in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT)
    dark = wanted is Wanted.AUTO or (few and wanted is Wanted.LIGHT)
    module = import_module(f"tui.kiosk.screens.looks.{Wanted.DARK if dark else wanted}")
    depth = "SIXTEEN" if few else "INDEXED" if colours is ColorSystem.EIGHT_BIT else "TRUE"
    palette: Palette = getattr(module, depth)
    return palette
