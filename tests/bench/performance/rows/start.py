"""From the command to the first paint, the first screen and the certificate on it; the memory that is waited with."""

from collections import defaultdict

from tests.bench.performance.bench import Bench
from tests.bench.performance.checkout import Town
from tests.bench.performance.figures import REFERENCE, Row, Target
from tests.bench.performance.journey import WAITING
from tests.bench.performance.processes import proportional
from tests.bench.performance.reference.bare import READY
from tests.bench.performance.screen import Screen
from tests.bench.performance.terminal import Terminal

BARE = "a bare Textual program"
FIRST = ("数字证书在线续期", "开始办理")
"""The waiting screen's headline and its first button; the page that stands while the program starts has neither."""
_SETTLED = 0.5
_ASIDE = 3.0
"""Seconds after which what a start has put off is done."""


def measure(bench: Bench) -> list[Row]:
    """A start of each in turns."""
    paint, first, shown, memory = (defaultdict[str, list[float]](list) for _ in range(4))
    for counts in bench.rounds():
        with Terminal(bench.reference("bare")) as bare:
            bare.until(READY)
            bare.rest(_ASIDE)
            if counts:
                paint[REFERENCE].append(bare.first(_painted))
                for column in first, shown:
                    column[REFERENCE].append(_seen(bare, READY))
                memory[REFERENCE].append(proportional(bare.pids))
        for town in bench.towns:
            with waiting(town) as kiosk:
                kiosk.rest(_ASIDE)
                if counts:
                    name = town.checkout.name
                    paint[name].append(kiosk.first(_painted))
                    first[name].append(_seen(kiosk, *FIRST))
                    shown[name].append(_seen(kiosk, *WAITING))
                    memory[name].append(proportional(kiosk.pids))
    return [
        Row("first-paint", "first paint", "ms", Target(1.25, ratio=True), paint, BARE),
        Row("first-screen", "first screen, whole", "ms", Target(1.25, ratio=True), first, BARE),
        Row("certificate", "certificate on the waiting screen", "ms", Target(1.9, ratio=True), shown, BARE),
        Row("memory-waiting", "PSS of all processes, waiting", "MiB", Target(1.8, ratio=True), memory, BARE, digits=1),
    ]


def waiting(town: Town) -> Terminal:
    """A kiosk that shows the certificate."""
    kiosk = Terminal([town.checkout.kiosk, "--config", town.config])
    kiosk.rest(_SETTLED)
    kiosk.until(*WAITING)
    return kiosk


def _painted(screen: Screen) -> bool:
    return not screen.blank


def _seen(terminal: Terminal, *words: str) -> float:
    """Milliseconds until all of these stood on the screen."""
    return terminal.first(lambda screen: screen.shows(words))
