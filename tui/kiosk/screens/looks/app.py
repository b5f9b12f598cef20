"""The app in its palette."""

from typing import Any, ClassVar

from textual.binding import Binding
from textual.screen import Screen
from textual.widget import AwaitMount

from tui.kiosk.screens.looks.chosen import palette_of
from tui.kiosk.settings import PaletteName
from tui.kiosk.terminal.colour_depth import depth_of
from tui.kiosk.terminal.painted import PaintedApp
from tui.process.environment import environment


class PalettedApp(PaintedApp, inherit_bindings=False):
    """Has the colours of the settings, of the person who cannot see them, and of what the terminal shows."""

    BINDINGS: ClassVar = [Binding("f9", "contrast", show=False)]
    wanted: ClassVar[PaletteName] = PaletteName.AUTO
    """Of the settings, with which everybody begins; to be set before the app is made."""
    _chosen: PaletteName = PaletteName.AUTO

    def show_in(self, wanted: PaletteName) -> None:
        """Take the palette for what the terminal shows."""
        theme = palette_of(wanted, depth_of(environment(), self.console._color_system)).theme()
        self._chosen = wanted
        self.register_theme(theme)
        self.theme = theme.name

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the theme's colours; before there is a screen, without parsing the style sheets an extra time."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """With its style sheets read first: its parts may be styled before this returns (eager tasks, Python 3.12)."""
        self._load_screen_css(self.get_screen(screen))
        return super()._get_screen(screen)

    def action_contrast(self) -> None:
        """High contrast and back."""
        own = self.wanted if self.wanted is not PaletteName.CONTRAST else PaletteName.DARK
        self.show_in(own if self._chosen is PaletteName.CONTRAST else PaletteName.CONTRAST)

    @property
    def is_contrasted(self) -> bool:
        """This person has another palette than the settings'."""
        return self._chosen is not self.wanted

    def forget_contrast(self) -> None:
        """The next person begins with the palette of the settings."""
        if self.is_contrasted:
            self.show_in(self.wanted)

    def deepened(self) -> None:
        """The terminal has answered that it shows true colour."""
        super().deepened()
        self.show_in(self._chosen)
