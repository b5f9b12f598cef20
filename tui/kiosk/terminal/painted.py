"""Textual's app with what it draws handed to the driver, which writes only what differs."""

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from tui.kiosk.terminal.driver import KioskDriver


class PaintedApp(App[None], inherit_bindings=False):
    """Painted by `KioskDriver.frames`; with any other driver, as in tests, by Textual."""

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
