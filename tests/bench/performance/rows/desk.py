"""What a desk with PostgreSQL costs and holds; measured by tests.bench.load, a city for each checkout in turns."""

from collections import defaultdict
from collections.abc import Iterator

from tests.bench.load.city import City, city
from tests.bench.load.figures import Polls, Renewals
from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import Row, Target

WARMING = 10
"""Renewals that fill a desk's pools and caches."""
_KIOSKS = 10
_POLLING = 500
_HELD = {"now": 20.0, "before": 0.0}
"""Seconds that a kiosk lets the desk hold its answer: that of before knows no such thing."""
_Samples = defaultdict[str, list[float]]


def renewals(bench: Bench) -> list[Row]:
    """Processor time of a renewal, and how many of them two cores hold."""
    desk, both, capacity, reached, failed = (_Samples(list) for _ in range(5))
    for name, here in _cities(bench):
        found = renew(here, name, 40 if bench.quick else 100)
        desk[name].append(1000 * found.processor.desk / found.renewals)
        both[name].append(served(found))
        capacity[name].append(found.capacity)
        reached[name].append(found.reached)
        failed[name].append(found.failed)
    most = Target(10, at_least=True)
    return [
        Row("desk-cpu", "processor time of a renewal, desk", "ms", Target(110), desk),
        Row("served-cpu", "processor time of a renewal, desk and PostgreSQL", "ms", Target(170), both),
        Row("capacity", "renewals by which desk and PostgreSQL fill two cores", "/s", most, capacity, digits=1),
        Row("reached", "renewals with kiosks and platforms on the same cores", "/s", None, reached, digits=1),
        Row("failed", "of them failed", "", Target(0), failed),
    ]


def polls(bench: Bench) -> list[Row]:
    """Kiosks that wait for a payment, while others renew."""
    p95 = _Samples(list)
    for name, here in _cities(bench):
        found: Polls = here.poll(
            _POLLING, 15 if bench.quick else 30, applications=50, renewing=2, poll=2.0, wait=_HELD[name]
        )
        p95[name].append(found.every.p95)
    return [Row("polls", f"a call with {_POLLING} waiting kiosks, 95 %", "ms", Target(100), p95)]


def _cities(bench: Bench) -> Iterator[tuple[str, City]]:
    """A city of each checkout, warm, one after the other; as often as a journey is made."""
    for _round in range(bench.journeys):
        for checkout in bench.checkouts:
            with city(checkout.kiosk) as here:
                renew(here, checkout.name, WARMING)
                yield checkout.name, here


def renew(here: City, name: str, count: int) -> Renewals:
    """So many, by the kiosks of this checkout's time."""
    return here.renew(count, _KIOSKS, poll=2.0, wait=_HELD[name])


def served(found: Renewals) -> float:
    """Milliseconds of desk and PostgreSQL a renewal."""
    return 1000 * found.processor.served / found.renewals
