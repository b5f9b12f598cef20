"""Which palette: what the settings or the person want, in the colours that the terminal shows."""

from importlib import import_module
from typing import TYPE_CHECKING

from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import Depth

if TYPE_CHECKING:
    from tui.kiosk.screens.looks.palette import Palette


def palette_of(wanted: PaletteName, depth: Depth) -> "Palette":
    """The one palette that is needed; the module of no other is read. Without colours there is one alone."""
    dark = wanted is PaletteName.AUTO or depth is Depth.MONO
    module = import_module(f"tui.kiosk.screens.looks.{PaletteName.DARK if dark else wanted}")
    palette: Palette = getattr(module, depth)
    return palette
