"""Every group of rows; those of a group are measured together."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import Row
from tests.bench.performance.rows import counter, desk, flat, growth, idle, latency, start, token, walk


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that come out of the same runs."""

    name: str
    measure: Callable[[Bench], list[Row]]


GROUPS = {
    group.name: group
    for group in (
        Group("start", start.measure),
        Group("counter", counter.measure),
        Group("walk", walk.measure),
        Group("latency", latency.measure),
        Group("idle", idle.measure),
        Group("certs", token.certs),
        Group("renew", token.renew),
        Group("desk", desk.renewals),
        Group("polls", desk.polls),
        Group("flat", flat.measure),
        Group("growth", growth.measure),
    )
}
