"""Every group of rows; those of a group are measured together."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import Row
from tests.bench.performance.rows import growth, idle, latency, start, walk


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that come out of the same runs."""

    name: str
    measure: Callable[[Bench], list[Row]]


GROUPS = {
    group.name: group
    for group in (
        Group("start", start.measure),
        Group("walk", walk.measure),
        Group("latency", latency.measure),
        Group("idle", idle.measure),
        Group("growth", growth.measure),
    )
}
