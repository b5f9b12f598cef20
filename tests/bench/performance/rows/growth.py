"""Whether memory grows from person to person: one kiosk, one journey after the other.

Memory that comes from no file is looked at alone: the rest of the PSS falls as soon as another program on the machine
loads the same libraries.
"""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.bench.performance.bench import Bench
from tests.bench.performance.checkout import Town
from tests.bench.performance.figures import Row, Target
from tests.bench.performance.journey import Phone, Visit
from tests.bench.performance.processes import anonymous
from tests.bench.performance.terminal import Terminal

_SETTLED = 5
"""Journeys after which all that is loaded late has been."""
_ASIDE = 1.0
_ASTRAY = 20
"""People after whom something is wrong."""


@dataclass(slots=True)
class _Kiosk:
    terminal: Terminal
    phone: Phone
    town: Town
    memory: list[float] = field(default_factory=list)
    """MiB after each journey."""
    astray: int = 0
    """People whose keys went elsewhere."""

    def serve(self) -> None:
        """One more person, from the waiting screen back to it; whom a busy machine leads astray leaves uncounted."""
        since = self.terminal.size
        if self.memory or self.astray:
            self.town.new_person()
        visit = Visit(self.terminal, self.town, since=since, hurried=True)
        try:
            visit.whole(self.phone)
            visit.home()
        except (TimeoutError, LookupError):
            self.astray += 1
            if self.astray > _ASTRAY:
                raise
            visit.give_up()
        else:
            self.terminal.rest(_ASIDE)
            self.memory.append(anonymous(self.terminal.pids))
            print(f"{len(self.memory)}: {self.memory[-1]:.1f} MiB", file=sys.stderr, flush=True)


def measure(bench: Bench) -> list[Row]:
    """In turns; percent by which the last fifth of the journeys lies above the first after the kiosk has settled."""
    with ExitStack() as open_:
        kiosks = []
        for town in bench.towns:
            terminal = open_.enter_context(Terminal([town.checkout.kiosk, "--config", town.config]))
            kiosks.append(_Kiosk(terminal, open_.enter_context(Phone(town)), town))
        while any(len(kiosk.memory) < bench.people for kiosk in kiosks):
            for kiosk in kiosks:
                kiosk.serve()
    growth = {kiosk.town.checkout.name: [_growth(kiosk.memory[_SETTLED - 1 :])] for kiosk in kiosks}
    memory = {kiosk.town.checkout.name: kiosk.memory for kiosk in kiosks}
    what = f"growth of memory over {len(kiosks[0].memory)} journeys"
    return [Row("growth", what, "%", Target(2), growth, digits=1, more=memory)]


def _growth(memory: list[float]) -> float:
    fifth = max(1, len(memory) // 5)
    first, last = memory[:fifth], memory[-fifth:]
    return 100 * (sum(last) / sum(first) - 1)
