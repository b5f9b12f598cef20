"""What a renewal costs beside many finished ones, more than beside few.

A desk with a database for each, all up at once, renew in turns, a few at a time, there and back again: a machine that
becomes slower from minute to minute does so for each of them.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from tests.bench.load.city import city
from tests.bench.load.fill import fill
from tests.bench.performance.bench import Bench
from tests.bench.performance.checkout import Checkout
from tests.bench.performance.figures import Row, Target
from tests.bench.performance.rows.desk import WARMING, renew, served

FINISHED = 250, 10_000, 100_000
_COPIED = 2
"""Renewals whose rows are copied."""
_A_FEW = 15
"""Renewals a turn."""
_ROUNDS, _QUICK_ROUNDS = 20, 6
"""An even number: as many there as back."""


def measure(bench: Bench) -> list[Row]:
    """Each round's figure divided by that of the fewest in the same round."""
    rounds = _QUICK_ROUNDS if bench.quick else _ROUNDS
    took = {checkout.name: _of(checkout, rounds) for checkout in bench.checkouts}
    few, *more = FINISHED
    what = "processor time of a renewal beside {:,} finished ones, more than beside {:,}"
    return [
        Row(
            f"flat-{many}",
            what.format(many, few),
            "%",
            Target(10),
            {name: percent_more(of[many], of[few]) for name, of in took.items()},
            digits=1,
            more={f"{name}, beside {size}, ms": of[size] for name, of in took.items() for size in (few, many)},
        )
        for many in more
    ]


def in_turns(of: Sequence[int], rounds: int, measured: Callable[[int], float]) -> dict[int, list[float]]:
    """What each of these took, every round in the other direction."""
    took: dict[int, list[float]] = {one: [] for one in of}
    for number in range(rounds):
        for one in of[:: -1 if number % 2 else 1]:
            took[one].append(measured(one))
    return took


def percent_more(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """Round by round."""
    return [100 * (this / that - 1) for this, that in zip(these, those, strict=True)]


def _of(checkout: Checkout, rounds: int) -> dict[int, list[float]]:
    with ExitStack() as up:
        cities = {}
        for finished in FINISHED:
            cities[finished] = up.enter_context(city(checkout.kiosk))
            renew(cities[finished], checkout.name, _COPIED)
            fill(cities[finished].database, finished)
            print(f"{checkout.name}: {finished:,} are finished", file=sys.stderr, flush=True)
        for here in cities.values():
            renew(here, checkout.name, WARMING)  # into caches that the others' filling has emptied

        def once(finished: int) -> float:
            milliseconds = served(renew(cities[finished], checkout.name, _A_FEW))
            print(f"{checkout.name}, beside {finished:,}: {milliseconds:.0f} ms", file=sys.stderr, flush=True)
            return milliseconds

        return in_turns(FINISHED, rounds, once)
