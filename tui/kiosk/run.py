"""Run the app to its end."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from tui.kiosk.app import KioskApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

    PilotsWay = Callable[[Pilot[object]], Coroutine[object, object, None]]


def run(app: KioskApp, pilot: "PilotsWay | None" = None) -> int:
    """Run to the end, with `pilot`'s keys in a person's place: 0 left, 70 crashed, 75 frozen, 128+n by signal n."""
    logging.getLogger("asyncio").addHandler(logging.NullHandler())
    try:
        app.run(auto_pilot=pilot and _beside(app, pilot))
    finally:
        app.runtime.stop()
    return app.return_code or 0


def _beside(app: KioskApp, pilot: "PilotsWay") -> "PilotsWay":
    """As a worker, which the app's end cancels: that waits for an `auto_pilot`, which meets screens that are gone."""

    async def begin(hands: "Pilot[object]") -> None:
        app.run_worker(pilot(hands))

    return begin
