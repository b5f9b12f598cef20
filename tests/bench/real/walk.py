"""The program on this terminal, from screen to screen: `python -m tests.bench.real.walk FOLDER LANGUAGE SCREEN ...`.

Of each screen FOLDER is told when it stands (NAME.painted, with its text), and once more after
all of it has been written again (NAME.repainted); each time the walk goes on when that file is gone.
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from tests.harness.kiosk.gallery import GALLERY
from tests.harness.kiosk.stage import StagedApp
from tui.cli.fit import choose_qr_drawing
from tui.journey.state import State
from tui.kiosk.run import run
from tui.kiosk.settings import QrDrawing
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.driver import KioskDriver
from tui.kiosk.text import use_language
from tui.kiosk.widgets.status import TitleBar
from tui.kiosk.widgets.ticking import Ticking

LOOK = 0.02
"""Seconds between two looks at the folder."""
REST = 0.2
"""Seconds after which all has been written."""


class Walk(StagedApp):
    """Shows one screen after the other, by itself."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        super().__init__()
        self._folder, self._names = folder, names

    def on_ready(self) -> None:
        """Beside the base class's handler, which Textual calls too."""
        self.run_worker(self._walk())

    async def _walk(self) -> None:
        for name in self._names:
            shown = asyncio.Event()
            self.call_later(self._show, GALLERY[name], shown)
            await shown.wait()
            await self._looked_at(f"{name}.painted")
            if isinstance(self._driver, KioskDriver):
                self._driver.frames.repaint()
            await self._looked_at(f"{name}.repainted")
        self.exit()

    async def _show(self, state: State, shown: asyncio.Event) -> None:
        await self.present(state)
        self.call_after_refresh(shown.set)

    async def _looked_at(self, name: str) -> None:
        await asyncio.sleep(REST)
        told, text = self._folder / name, [strip.text for strip in self.screen._compositor.render_strips()]
        told.with_suffix(".new").write_text("\n".join(text))
        told.with_suffix(".new").rename(told)
        while told.exists():  # noqa: ASYNC110 - another program takes it away
            await asyncio.sleep(LOOK)


def _at_one_time(bar: TitleBar, now: datetime) -> None:
    bar._shown = "11月23日 20:00"


if __name__ == "__main__":
    Ticking.clock = staticmethod(lambda: 0.0)  # pictures stand still
    TitleBar.show = _at_one_time  # type: ignore[assignment, method-assign]
    use_language(sys.argv[2])
    choose_qr_drawing(QrDrawing.AUTO, drawn_characters(sys.stdout.fileno()))
    sys.exit(run(Walk(Path(sys.argv[1]), sys.argv[3:])))
