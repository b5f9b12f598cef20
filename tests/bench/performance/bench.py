"""What the rows are measured with: the checkouts, a sandbox for each, and how often."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.performance.checkout import Checkout, Town, compiled, town

HERE = Path(__file__).parents[3]
REFERENCES = Path(__file__).parent / "reference"


@dataclass(slots=True)
class Bench:
    """Sandboxes come up when they are first needed, and go when all is done."""

    checkouts: tuple[Checkout, ...]
    """The program as it is now, last; before it the one that it is compared with."""
    runs: int
    quick: bool
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
def bench(against: Path | None, runs: int, *, quick: bool) -> Iterator[Bench]:
    """Everything is stopped and removed at the end."""
    roots: Mapping[str, Path] = {"before": against, "now": HERE} if against else {"now": HERE}
    checkouts = tuple(Checkout(name, root.absolute()) for name, root in roots.items())
    for checkout in checkouts:
        compiled(checkout)
    with TemporaryDirectory() as folder, ExitStack() as ending:
        yield Bench(checkouts, runs, quick, Path(folder), ending)
