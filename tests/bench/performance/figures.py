"""A row of the table: what was measured how often, in what unit, against which reference, and what is asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

REFERENCE, BEFORE, NOW = "reference", "before", "now"


class Take(Enum):
    """The figure that stands for all that was measured."""

    MEDIAN = "median"
    LARGEST = "max"

    def of(self, values: Sequence[float]) -> float:
        """The figure of these."""
        return median(values) if self is Take.MEDIAN else max(values)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of a row."""

    limit: float
    ratio: bool = False
    """Of the figure divided by the reference's, instead of the figure itself."""
    at_least: bool = False
    """More is better."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a row."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    key: str
    what: str
    unit: str
    target: Target | None
    samples: Mapping[str, Sequence[float]]
    """Of `reference`, `before` and `now`, all of one run and taken in turns; what was not measured is not there."""
    reference: str = ""
    """What the reference is, for people."""
    take: Take = Take.MEDIAN
    digits: int = 0
    more: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Further samples that the row's reader may want to see, by name."""

    def figure(self, column: str) -> Figure | None:
        """The figure and its spread; None where the column was not measured."""
        values = self.samples.get(column)
        return Figure(self.take.of(values), min(values), max(values), len(values)) if values else None

    def ratio(self, column: str) -> float | None:
        """The figure divided by the reference's of the same run."""
        figure, reference = self.figure(column), self.figure(REFERENCE)
        return figure.value / reference.value if figure and reference and reference.value else None

    @property
    def met(self) -> bool | None:
        """Whether the program as it is now keeps the target; None where there is none or nothing was measured."""
        figure = self.figure(NOW)
        if self.target is None or figure is None:
            return None
        value = self.ratio(NOW) if self.target.ratio else figure.value
        if value is None:
            return None
        return value >= self.target.limit if self.target.at_least else value <= self.target.limit
