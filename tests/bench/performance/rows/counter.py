"""What a counter costs beside the same kiosk in an office: a supervisor lives above the program that strangers see."""

from collections import defaultdict
from collections.abc import Mapping

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import NOW, REFERENCE, Row
from tests.bench.performance.journey import WAITING
from tests.bench.performance.processes import proportional
from tests.bench.performance.terminal import Terminal
from tui.kiosk.settings import MODE_VARIABLE, Mode

OFFICE = "the same in office mode"
_SETTLED = 0.5
_ASIDE = 3.0
"""Seconds after which what a start has put off is done."""


def measure(bench: Bench) -> list[Row]:
    """A start of each in turns; an earlier checkout may have had no counter."""
    town = bench.towns[-1]
    paint, memory, alone = (defaultdict[str, list[float]](list) for _ in range(3))
    modes: Mapping[str, Mode] = {REFERENCE: Mode.OFFICE, NOW: Mode.COUNTER}
    for counts in bench.rounds():
        for column, mode in modes.items():
            with Terminal([town.checkout.kiosk, "--config", town.config], {MODE_VARIABLE: mode}) as kiosk:
                kiosk.rest(_SETTLED)
                kiosk.until(*WAITING)
                kiosk.rest(_ASIDE)
                if counts:
                    paint[column].append(kiosk.first(lambda screen: not screen.blank))
                    memory[column].append(proportional(kiosk.pids))
                    if mode is Mode.COUNTER:
                        alone[column].append(proportional(kiosk.pids[:1]))
    return [
        Row("counter-paint", "first paint at a counter", "ms", None, paint, OFFICE),
        Row("counter-memory", "PSS of all processes at a counter, waiting", "MiB", None, memory, OFFICE, digits=1),
        Row("counter-supervisor", "PSS of its supervisor", "MiB", None, alone, digits=1),
    ]
