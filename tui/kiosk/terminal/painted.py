"""Textual's app with what it draws handed to the driver, which writes only what differs."""

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen

from tui.kiosk.terminal.colour_depth import is_asked, known
from tui.kiosk.terminal.driver import KioskDriver
from tui.kiosk.terminal.launch_page import LaunchPage
from tui.process.environment import environment


class BlankScreen(Screen[None]):
    """Never seen below all others: Textual lays it out, and paints all of the one above anew for each message to it."""

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """There is nothing in it."""

    def _compositor_refresh(self) -> None:
        self._dirty_widgets.clear()
        self._compositor._dirty_regions.clear()


class PaintedApp(App[None], inherit_bindings=False):
    """Painted by `KioskDriver.frames`; with any other driver, as in tests, by Textual."""

    launch_page: LaunchPage | None = None
    """What stands on the terminal until the first frame."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        found = known(environment(), self.console._color_system)
        self.console._color_system = None if self.no_color else found
        # Textual's filter would make greys of some colours, and black of others: there is a palette for that.
        self._filters = [kept for kept in self._filters if not isinstance(kept, Monochrome | NoColor)]

    def get_default_screen(self) -> Screen[None]:
        """The lowest screen."""
        return BlankScreen(id="_default")

    def ask_colours(self) -> None:
        """After the first frame, which waits for no answer."""
        driver = self._driver
        if isinstance(driver, KioskDriver) and is_asked(environment(), self.console._color_system):
            driver.ask_colours(self.deepened)

    def deepened(self) -> None:
        """The terminal has answered that it shows true colour."""
        self.console._color_system = ColorSystem.TRUECOLOR
        if isinstance(self._driver, KioskDriver):
            self._driver.frames.deepen(ColorSystem.TRUECOLOR)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Show a compositor's update."""
        driver = self._driver
        if not (isinstance(driver, KioskDriver) and isinstance(renderable, LayoutUpdate | ChopsUpdate)):
            super()._display(screen, renderable)
        elif not self._batch_count and self._running and not self._closed:
            driver.frames.take(renderable)

    def on_resize(self) -> None:
        """The terminal has moved what it showed about, even where its size is the same again."""
        if isinstance(self._driver, KioskDriver):
            self._driver.frames.repaint()

    def copy_to_clipboard(self, text: str) -> None:
        """Refused: it would outlast the person in this process, and as OSC 52 in the terminal's own clipboard."""
