"""A slot monitor alone, to be called in a `tests.rig.child` process: no driver looks at the readers beside it."""

import os
import select

from tui.token.host.slot_monitor import SlotMonitor


def reports(most: int, seconds: float) -> int:
    """How many reports it has made, each within so many seconds; at most so many are waited for."""
    monitor = SlotMonitor()
    for made in range(most):
        if not select.select([monitor.descriptor], [], [], seconds)[0]:
            return made
        os.read(monitor.descriptor, 1)
    return most
