"""What the rows are measured with: the checkouts, a sandbox for each, and how often."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.performance.checkout import Checkout, Town, compiled, town

HERE = Path(__file__).parents[3]
_FEW_RUNS, _FEW_PEOPLE = 2, 8
"""When it has to be quick."""
REFERENCES = Path(__file__).parent / "reference"


@dataclass(slots=True)
class Bench:
    """Sandboxes come up when they are first needed, and go when all is done."""

    checkouts: tuple[Checkout, ...]
    """The program as it is now, last; before it the one that it is compared with."""
    runs: int
    quick: bool
    people: int
    """How many one kiosk serves, for the growth of its memory."""
    folder: Path
    _ending: ExitStack
    _towns: dict[str, Town] = field(default_factory=dict)

    @property
    def now(self) -> Checkout:
        """The program as it is now; the references run in its environment."""
        return self.checkouts[-1]

    @property
    def towns(self) -> tuple[Town, ...]:
        """The sandbox of each checkout, in their order."""
        for checkout in self.checkouts:
            if checkout.name not in self._towns:
                self._towns[checkout.name] = self._ending.enter_context(town(checkout, self.folder))
        return tuple(self._towns[checkout.name] for checkout in self.checkouts)

    def alone(self) -> "Bench":
        """The same without an earlier checkout."""
        return replace(self, checkouts=self.checkouts[-1:]) if len(self.checkouts) > 1 else self

    def new_people(self) -> None:
        """Put a certificate that may be renewed into every sandbox that is up."""
        for up in self._towns.values():
            up.new_person()

    @property
    def journeys(self) -> int:
        """How many whole journeys: their bytes hardly vary."""
        return 1 if self.quick else min(self.runs, 3)

    def reference(self, name: str) -> tuple[Path, Path]:
        """A program of `reference/` as a command."""
        return self.now.python, REFERENCES / f"{name}.py"

    def rounds(self, times: int = 1) -> Iterator[bool]:
        """So many rounds a run, and one before them; whether it counts. The first warms the disk's cache."""
        yield from (bool(number) for number in range(self.runs * times + 1))


@contextmanager
def bench(against: Path | None, *, runs: int, people: int, quick: bool) -> Iterator[Bench]:
    """Everything is stopped and removed at the end; it lies in memory, so that no disk is measured."""
    roots: Mapping[str, Path] = {"before": against, "now": HERE} if against else {"now": HERE}
    checkouts = tuple(Checkout(name, root.absolute()) for name, root in roots.items())
    for checkout in checkouts:
        compiled(checkout)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with TemporaryDirectory(dir=memory) as folder, ExitStack() as ending:
        if quick:
            runs, people = min(runs, _FEW_RUNS), min(people, _FEW_PEOPLE)
        yield Bench(checkouts, runs, quick, people, Path(folder), ending)
