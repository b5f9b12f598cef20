"""`ca-kiosk --linear`, `ca-kiosk renew` without answers, and any kiosk on a dumb terminal: the journey line by line."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from types import FrameType
from typing import TYPE_CHECKING

from tui.cli.spoken import speak_what_can_be_written
from tui.core.exits import Exit
from tui.kiosk.settings import KioskSettings, Mode
from tui.kiosk.terminal.console_font import drawn_characters
from tui.kiosk.terminal.tty import has_half_blocks
from tui.kiosk.wiring import head_start, outlets, runtime
from tui.process import garbage
from tui.process.environment import environment
from tui.process.hardening import hide
from tui.process.paths import home

if TYPE_CHECKING:
    from tui.journey.ports import Phone

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def is_dumb() -> bool:
    """Whether the terminal says of itself that it moves no cursor (terminfo(5))."""
    return environment().get("TERM", "") == "dumb"


def by_lines(settings: KioskSettings, phone: "Phone | None" = None) -> int:
    """One visit; the drivers' processes look at the tokens while the rest is imported."""
    hide()
    _end_by_signals(sys.exit)  # until there is a visit to end in order
    logging.getLogger("tui").addHandler(logging.NullHandler())  # else Python's last resort prints between the lines
    with closing(head_start(settings.modules)) as started:
        garbage.put_off()
        from tui.kiosk.linear.session import Session
        from tui.kiosk.linear.terminal import Terminal
        from tui.kiosk.watchdog import Watchdog, stop_briefly

        font = drawn_characters(1)
        speak_what_can_be_written(font)
        terminal = Terminal(0, sys.stdout, dumb=is_dumb() or not has_half_blocks(environment(), font))
        working = runtime(settings, started)

        def frozen() -> None:
            """Nobody reads, so nothing can be said: what is known of the person goes with the process."""
            stop_briefly(working.stop)
            terminal.put_back()
            os._exit(Exit.FROZEN)

        watchdog = Watchdog(settings.idle_seconds, frozen)
        visit = Session(
            working,
            terminal,
            idle_seconds=settings.idle_seconds,
            phone=phone,
            outlets=outlets(settings),
            folder=home() if settings.mode is Mode.OFFICE else None,
            beat=watchdog.feed,
        )
        _end_by_signals(visit.interrupt)
        garbage.set_aside()
        garbage.resume()
        watchdog.start()
        try:
            return visit.run()
        finally:
            watchdog.stop()
            visit.close()


def _end_by_signals(interrupt: Callable[[int], None]) -> None:
    def signalled(number: int, frame: FrameType | None) -> None:
        interrupt(128 + number)

    for number in SIGNALS:
        signal.signal(number, signalled)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # a shell behind it would find a password's echo off
