"""`ca-kiosk renew`: the journey without screens."""

import gc
import signal
import sys
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from tui.cli.settings import begin, take_up
from tui.core.exits import Exit
from tui.kiosk.settings import load
from tui.kiosk.wiring import branched, import_ports, runtime
from tui.process.output import say
from tui.process.pin_file import read_pin, refuse_open

if TYPE_CHECKING:
    from tui.journey.events import Event

_TURN = 0.0005
"""Seconds after which a thread that imports lets the one go on that talks to the desk: a tenth of Python's own."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def renew(config: Path | None, answers: Path | None, pin_file: Path | None, as_json: bool) -> int:
    """From the token to the new certificate, by a file of answers; without one line by line."""
    if answers is None and pin_file is None and not as_json:
        from tui.cli.lines import by_lines

        return by_lines(begin(config))
    if answers is None or pin_file is None:
        say("--answers 与 --pin-file 须一起给出 / --answers and --pin-file are given together")
        return Exit.USAGE
    for number in SIGNALS:
        signal.signal(number, _leave)
    for file in (answers, pin_file):
        refuse_open(file)
    settings = load(config)
    with closing(branched(settings.modules, orders_come=True)) as started:
        take_up(settings)
        from tui.kiosk.unattended.answers import read_answers

        known, pin = read_answers(answers), read_pin(pin_file)
        import_ports()
        from tui.kiosk.runtime.pace import Pace
        from tui.kiosk.unattended.sign_in_ahead import SignInAhead

        sys.setswitchinterval(_TURN)
        hurried = Pace(first_look=0)  # nobody waits to see the token: what asks the desk is imported beside its look
        events: SimpleQueue[Event] = SimpleQueue()
        working = SignInAhead(runtime(settings, started, hurried))
        try:
            working.start(events.put)
            working.begin(known)  # the desk takes long enough to import the journey meanwhile
            import tui.core.application  # noqa: F401 - the form's rules take milliseconds to compile
            from tui.kiosk.unattended.journey import Journey
            from tui.kiosk.unattended.report import JsonReport, WordReport

            gc.freeze()  # what was imported is not searched any more
            gc.enable()
            report = JsonReport() if as_json else WordReport(sys.stdout)
            return Journey(working, known, pin, report, events).run()
        finally:
            working.stop()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """The application stays at the desk, the ports are closed on the way out."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)
