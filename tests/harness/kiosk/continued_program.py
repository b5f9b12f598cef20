"""`terminal_program`, which a shell tells to go on (SIGCONT) as soon as it has given its terminal back."""

import os
import runpy
import signal
from collections.abc import Callable
from threading import Event
from typing import Any

from tui.kiosk.terminal.driver import KioskDriver
from tui.kiosk.terminal.tty import Before

PATIENCE = 30.0
_gone_on = Event()


def _then_gone_on(give_back: Callable[..., None]) -> Callable[..., None]:
    def both(*given: Any) -> None:
        give_back(*given)
        os.kill(os.getpid(), signal.SIGCONT)
        assert _gone_on.wait(PATIENCE)

    return both


def _told(go_on: Callable[..., None]) -> Callable[..., None]:
    def told(*given: Any) -> None:
        go_on(*given)
        _gone_on.set()

    return told


if __name__ == "__main__":
    KioskDriver._continued = _told(KioskDriver._continued)  # type: ignore[method-assign]
    KioskDriver.stop_application_mode = _then_gone_on(KioskDriver.stop_application_mode)  # type: ignore[method-assign]
    Before.put_back = _then_gone_on(Before.put_back)  # type: ignore[method-assign]
    runpy.run_module("tests.harness.kiosk.terminal_program", run_name="__main__")
