"""`python -m tests.bench.ways_out [--ways BEGIN] [START...]`, as root, tries every way from every start side by side.

After each the supervisor must run, with nothing but this interpreter below it, and no other program may have been run;
F1 must answer, and the screen must be that of the same step, of the same program; after the end of a process, a fresh
first screen, and nothing of the person in any process's memory. What looks like a way out is tried once more, alone, by
another person; both are told. Starts: first, operator, sign-in, form, pin, code.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from tests.bench.ways_out.attempt import attempt, leave, remains
from tests.bench.ways_out.starts import STARTS, Counter, Visited
from tests.bench.ways_out.way import Way
from tests.harness.end_to_end.sandbox import Sandbox, sandbox_up
from tui.kiosk.counter.supervisor import SOON

_AT_ONCE = 6
_LOST = 5
"""Walks in a row that may fail on a busy machine."""
_SHOWN = 400


@dataclass(slots=True)
class _Tally:
    """What came of one start's ways."""

    tried: int = 0
    out: int = 0
    """Alone too."""
    alike: int = 0
    """Looked like a way out among others, and not alone."""
    left: int = 0
    """Not tried: nobody came as far as this screen."""

    def add(self, other: "_Tally") -> None:
        self.tried, self.out = self.tried + other.tried, self.out + other.out
        self.alike, self.left = self.alike + other.alike, self.left + other.left

    def __str__(self) -> str:
        untried = f", {self.left} not tried" if self.left else ""
        return f"{self.tried} ways, {self.out} out; {self.alike} more looked so until they were tried alone{untried}"


class _Run:
    """All ways from one start; a fresh kiosk where the last one's person is gone."""

    def __init__(self, folder: Path, sandbox: Sandbox, begins: tuple[str, ...], name: str) -> None:
        self._folder, self._sandbox, self._name, self._start = folder, sandbox, name, STARTS[name]
        self._left = [way for way in self._start.ways() if way.name.startswith(begins)][::-1]
        self._suspected = ""
        """What was wrong after the way that is to be tried next, alone."""
        self._tally = _Tally()

    def all(self) -> _Tally:
        """Try them."""
        visits = lost = 0
        while self._left:
            visits += 1
            place = self._folder / f"{self._name}{visits}"
            place.mkdir()
            with self._start.kiosk(place, self._sandbox) as kiosk:
                try:
                    if self._start.walk is not None:
                        self._start.walk(kiosk)
                        assert list(remains(kiosk)), "nothing of the person is found while they are there"
                except AssertionError as error:
                    print(f"nobody comes to {self._name}: {' '.join(str(error).split())[:_SHOWN]}", file=sys.stderr)
                    if (lost := lost + 1) > _LOST:
                        self._tally.left = len(self._left)
                        break
                    continue
                lost = 0
                self._visit(kiosk)
        return self._tally

    def _visit(self, kiosk: Counter) -> None:
        """As many as one person lives through."""
        start, since = self._start, monotonic()
        alone = bool(self._suspected)
        while self._left:
            way = self._left.pop()
            if way.kills and start.walk is None:
                kiosk.settle(SOON + 0.5)  # a program that ends sooner is taken for one that fails at once
            before = kiosk.program
            if wrong := attempt(kiosk, way, start):
                return self._missed(way, wrong)
            self._tell(way, "", same=kiosk.program == before)
            if start.walk is None:
                continue
            if way.kills:
                return None
            if alone or not self._left or self._left[-1].kills or monotonic() - since > start.lasts:
                wrong = leave(kiosk, start)
                self._tally.out += bool(wrong)
                self._print("the person leaves after these", wrong, "", "no" if wrong else "fresh")
                return None
        return None

    def _missed(self, way: Way, wrong: str) -> None:
        """The first time it is tried again."""
        if self._suspected:
            self._tell(way, wrong, same=False)
        else:
            self._suspected = wrong
            self._left.append(way)

    def _tell(self, way: Way, wrong: str, *, same: bool) -> None:
        happened = wrong or ("nothing" if same else "a fresh program")
        among, alone = (self._suspected, happened) if self._suspected else (happened, "")
        self._print(way.name, among, alone, "no" if wrong else "fresh" if way.kills else "yes", answers=not wrong)
        self._tally.tried += 1
        self._tally.out += bool(wrong)
        self._tally.alike += bool(self._suspected and not wrong)
        self._suspected = ""

    def _print(self, way: str, among: str, alone: str, step: str, *, answers: bool = True) -> None:
        cells = (" ".join(text.split())[:_SHOWN] for text in (among or "nothing", alone))
        print(f"| {self._name} | {way} | {' | '.join(cells)} | {'yes' if answers else 'no'} | {step} |", flush=True)


def _tried(folder: Path, sandbox: Sandbox, begins: tuple[str, ...], name: str) -> _Tally:
    return _Run(folder, sandbox, begins, name).all()


def main() -> None:
    """A table: start, way, what happened, what alone, whether F1 answers, whether the step is the same."""
    options = _options()
    names: Sequence[str] = options.starts or list(STARTS)
    persons = any(STARTS[name].kiosk is Visited for name in names)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with sandbox_up(folder / "town") if persons else nullcontext(Sandbox(folder)) as sandbox:
            print(
                "| from | way | what happened | alone | F1 answers | same step |\n|---|---|---|---|---|---|", flush=True
            )
            with ProcessPoolExecutor(_AT_ONCE) as pool:
                tallies = list(pool.map(partial(_tried, folder, sandbox, tuple(options.ways or [""])), names))
    total = _Tally()
    for name, tally in zip(names, tallies, strict=True):
        print(f"from {name}: {tally}")
        total.add(tally)
    print(total)
    sys.exit(bool(total.out or total.left))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("starts", nargs="*", metavar="START", help=f"some of {' '.join(STARTS)}")
    parser.add_argument("--ways", action="append", metavar="BEGIN", help="only those whose name begins so")
    return parser.parse_args()


if __name__ == "__main__":
    main()
