"""The app in its palette."""

from typing import ClassVar

from rich.color import ColorSystem

from tui.kiosk.screens.looks.chosen import Wanted, palette_of
from tui.kiosk.terminal.painted import PaintedApp


class PalettedApp(PaintedApp, inherit_bindings=False):
    """Has the colours of the settings, of the person who cannot see them, and of what the terminal shows."""

    wanted: ClassVar[Wanted] = Wanted.AUTO
    """Of the settings, with which everybody begins; to be set before the app is made."""
    _chosen: Wanted = Wanted.AUTO

    def show_in(self, wanted: Wanted) -> None:
        """Take the palette for what the terminal shows.

        Textual's NO_COLOR filter makes greys of RGB colours, but black of all eight ANSI colours.
        """
        colours = ColorSystem.TRUECOLOR if self.no_color else self.console._color_system
        theme = palette_of(wanted, colours).theme()
        self._chosen = wanted
        self.register_theme(theme)
        self.theme = theme.name

    def action_contrast(self) -> None:
        """High contrast and back."""
        own = self.wanted if self.wanted is not Wanted.CONTRAST else Wanted.DARK
        self.show_in(own if self._chosen is Wanted.CONTRAST else Wanted.CONTRAST)

    def deepened(self) -> None:
        """The terminal has answered that it shows true colour."""
        if not self.no_color:
            super().deepened()
            self.show_in(self._chosen)
