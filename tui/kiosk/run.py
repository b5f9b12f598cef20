"""Run the app to its end."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from tui.kiosk.app import KioskApp

if TYPE_CHECKING:
    from textual.pilot import Pilot


def run(app: KioskApp, pilot: "Callable[[Pilot[object]], Coroutine[object, object, None]] | None" = None) -> int:
    """Run to the end, with `pilot`'s keys in a person's place: 0 left, 70 crashed, 75 frozen, 128+n by signal n."""
    logging.getLogger("asyncio").addHandler(logging.NullHandler())
    try:
        app.run(auto_pilot=pilot)
    finally:
        app.runtime.stop()
    return app.return_code or 0
