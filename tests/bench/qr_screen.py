"""The program's QR screen on this terminal: `python -m tests.bench.qr_screen PAYLOAD READY_FILE DRAWING`.

App, driver, styles and the choice of the drawing are the program's; DRAWING is `[kiosk] qr`. Once the code is written,
READY_FILE says how: wide, half or none.
"""

import sys
from dataclasses import replace
from pathlib import Path

from tests.harness.kiosk.stage import StagedApp
from tests.harness.people import ATTEMPT, application, state
from tui.cli.fit import choose_qr_drawing
from tui.core.order import ApplicationStatus
from tui.journey.state import Step
from tui.kiosk.run import run
from tui.kiosk.settings import QrDrawing
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.driver import KioskDriver
from tui.kiosk.terminal.painting.frames import LOOK
from tui.kiosk.widgets.qr import QrCode


class QrOnly(StagedApp):
    """Goes to the QR step by itself."""

    def __init__(self, payload: str, ready: Path) -> None:
        super().__init__()
        attempt = replace(ATTEMPT, qr=payload, expires_in=300)
        named = application(ApplicationStatus.ENTERED, attempt=attempt)
        order = replace(named.order, order_no="D20261123000123") if named.order else None
        self._paying = state(Step.QR, application=replace(named, business_no="B20261123000123", order=order))
        self._flag = ready

    def on_ready(self) -> None:
        """Beside the base class's handler, which Textual calls too: show the code, then say so."""
        self.call_after_refresh(self._show)

    async def _show(self) -> None:
        await self.present(self._paying)
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        driver = self._driver
        assert isinstance(driver, KioskDriver)
        if driver.frames.holds:
            self.set_timer(LOOK, self._tell)
            return
        driver.fall_silent()  # which waits until all has been written
        drawing = self.step_screen.query_one(QrCode).drawing
        self._flag.write_text("none" if drawing is None else "wide" if drawing.wide else "half")


if __name__ == "__main__":
    choose_qr_drawing(QrDrawing(sys.argv[3]), drawn_characters(sys.stdout.fileno()))
    sys.exit(run(QrOnly(sys.argv[1], Path(sys.argv[2]))))
