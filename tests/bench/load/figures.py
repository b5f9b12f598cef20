"""What a run tells, and how it is printed."""

import os
from dataclasses import dataclass
from math import ceil
from statistics import median

import msgspec

CORES = 2
"""Of the machine that desk and PostgreSQL are reckoned to have."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one kind of call."""

    calls: int
    median: float
    p95: float
    longest: float

    @classmethod
    def of(cls, milliseconds: list[float]) -> "Latency":
        """From what was measured, at least one."""
        ordered = sorted(milliseconds)
        return cls(len(ordered), median(ordered), ordered[ceil(0.95 * len(ordered)) - 1], ordered[-1])


@dataclass(frozen=True, slots=True)
class Processor:
    """Seconds of processor time by who used it."""

    desk: float
    database: float
    kiosks: float
    gateways: float

    @property
    def served(self) -> float:
        """What the desk's own machine had to do."""
        return self.desk + self.database

    def since(self, before: "Processor") -> "Processor":
        """What came on top."""
        return Processor(
            self.desk - before.desk,
            self.database - before.database,
            self.kiosks - before.kiosks,
            self.gateways - before.gateways,
        )


@dataclass(frozen=True, slots=True)
class Renewals:
    """A run of renewals, from sign-in to proof and sign-out."""

    product: str
    finished: int
    """Applications in the database before it."""
    kiosks: int
    renewals: int
    failed: int
    seconds: float
    """Until the last proof."""
    settled: float
    """Until the last invoice and message were delivered."""
    processor: Processor
    """Until then too."""
    calls: dict[str, Latency]
    failures: dict[str, int]
    load: float
    """Of the machine at the end: processes that run or want to (1 minute)."""

    @property
    def reached(self) -> float:
        """Renewals a second, with kiosks, platforms, desk and database on this machine."""
        return self.renewals / self.seconds

    @property
    def capacity(self) -> float:
        """Renewals a second by which desk and database would fill two cores."""
        return CORES * self.renewals / self.processor.served


@dataclass(frozen=True, slots=True)
class Polls:
    """Kiosks that look at their applications, while others renew."""

    product: str
    kiosks: int
    seconds: float
    held: bool
    """They let the desk hold the answer until something changes."""
    processor: Processor
    calls: dict[str, Latency]
    every: Latency
    """Of all calls together but those that were held."""
    failures: dict[str, int]
    load: float


def machine_load() -> float:
    """Of the last minute."""
    return os.getloadavg()[0]


def as_json(found: list[Renewals] | list[Polls]) -> str:
    """One JSON text, with what is reckoned from the rest."""
    rows = [msgspec.to_builtins(one) for one in found]
    for row, one in zip(rows, found, strict=True):
        if isinstance(one, Renewals):
            row |= {"reached": one.reached, "capacity": one.capacity}
    return msgspec.json.format(msgspec.json.encode(rows)).decode()


def renewals_table(found: list[Renewals]) -> str:
    """One row a run; milliseconds of processor time are for one renewal."""
    lines = [
        "| product | finished before | kiosks | renewals | failed | desk ms | PostgreSQL ms | both ms "
        "| a second on two cores | reached with all on this machine | p95 of the slowest call ms | load |",
        "|---|" + "---:|" * 11,
    ]
    for one in found:
        used = one.processor
        desk, database, both = (1000 * part / one.renewals for part in (used.desk, used.database, used.served))
        slowest = max(latency.p95 for name, latency in one.calls.items() if not name.startswith("("))
        cells = (
            one.product,
            *map(str, (one.finished, one.kiosks, one.renewals, one.failed)),
            *(f"{cell:.0f}" for cell in (desk, database, both)),
            *(f"{cell:.1f}" for cell in (one.capacity, one.reached, slowest, one.load)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(calls_table(one.calls, one.failures) for one in found[-1:])])


def polls_table(found: list[Polls]) -> str:
    """One row a run."""
    lines = [
        "| product | kiosks | held | calls a second | desk cores | PostgreSQL cores "
        "| median ms | p95 ms | max ms | load |",
        "|---|" + "---:|" * 9,
    ]
    for one in found:
        cells = (
            one.product,
            str(one.kiosks),
            "yes" if one.held else "no",
            f"{one.every.calls / one.seconds:.0f}",
            *(f"{used / one.seconds:.2f}" for used in (one.processor.desk, one.processor.database)),
            *(f"{cell:.1f}" for cell in (one.every.median, one.every.p95, one.every.longest, one.load)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(calls_table(one.calls, one.failures) for one in found[-1:])])


def calls_table(calls: dict[str, Latency], failures: dict[str, int]) -> str:
    """Each kind of call, and what failed."""
    lines = ["| call | n | median ms | p95 ms | max ms |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {name} | {one.calls} | {one.median:.1f} | {one.p95:.1f} | {one.longest:.0f} |"
        for name, one in sorted(calls.items())
    ]
    return "\n".join([*lines, *(f"{count} x {what}" for what, count in failures.items())])
