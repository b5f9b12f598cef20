"""`python -m tests.bench.ways_out [START...]`, as root, tries every way from every start, the starts side by side.

After each the supervisor must run, with nothing but this interpreter below it; F1 must answer, and the screen must be
that of the same step, of the same program; after the end of a process, a fresh first screen, and nothing of the person
in any process's memory. Starts: first, operator, sign-in, form, pin, code.
"""

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from time import monotonic

from tests.bench.ways_out.attempt import attempt, leave, remains
from tests.bench.ways_out.starts import STARTS, Visited
from tests.harness.end_to_end.sandbox import Sandbox, sandbox_up
from tui.kiosk.counter.supervisor import SOON

_AT_ONCE = 6
_LOST = 5
"""Walks that may fail on a busy machine before the first way is tried."""


def _tried(folder: Path, sandbox: Sandbox, name: str) -> tuple[int, int]:
    """How many from this start, and how many led out; a fresh kiosk where the last one's person is gone."""
    start, left = STARTS[name], list(reversed(list(STARTS[name].ways())))
    count = failed = visits = lost = 0
    while left:
        visits += 1
        place = folder / f"{name}{visits}"
        place.mkdir()
        with start.kiosk(place, sandbox) as kiosk:
            if start.walk is not None:
                try:
                    start.walk(kiosk)
                except AssertionError:
                    if (lost := lost + 1) > _LOST:
                        raise
                    continue
                assert list(remains(kiosk)), "nothing of the person is found while they are there"
            since, wrong, over = monotonic(), "", False
            while left and not wrong and not over:
                way = left.pop()
                if way.kills and start.walk is None:
                    kiosk.settle(SOON + 0.5)  # a program that ends sooner is taken for one that fails at once
                before = kiosk.program
                wrong = attempt(kiosk, way, start)
                same = not wrong and kiosk.program == before
                _print(name, way.name, wrong, same=same, step="fresh" if way.kills else "yes")
                count, failed = count + 1, failed + bool(wrong)
                over = start.walk is not None and (
                    way.kills or not left or left[-1].kills or monotonic() - since > start.lasts
                )
            if over and not wrong and not way.kills:
                wrong = leave(kiosk, start)
                _print(name, "the person leaves after these", wrong, same=False, step="fresh")
                failed += bool(wrong)
    return count, failed


def _print(start: str, way: str, wrong: str, *, same: bool, step: str) -> None:
    """A row."""
    happened = wrong.replace("\n", " ")[:400] or ("nothing" if same else "a fresh program")
    print(f"| {start} | {way} | {happened} | {'no' if wrong else 'yes'} | {'no' if wrong else step} |", flush=True)


def main() -> None:
    """A table: start, way, what happened, whether F1 answers, whether the step is the same."""
    names = sys.argv[1:] or list(STARTS)
    persons = any(STARTS[name].kiosk is Visited for name in names)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with sandbox_up(folder / "town") if persons else nullcontext(Sandbox(folder)) as sandbox:
            print("| from | way | what happened | F1 answers | same step |\n|---|---|---|---|---|", flush=True)
            with ProcessPoolExecutor(_AT_ONCE) as pool:
                results = list(pool.map(partial(_tried, folder, sandbox), names))
    for name, (count, failed) in zip(names, results, strict=True):
        print(f"from {name}: {count} ways, {failed} out")
    failures = sum(failed for _count, failed in results)
    print(f"{sum(count for count, _failed in results)} ways, {failures} out")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
