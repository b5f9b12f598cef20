"""The rows as Markdown and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.performance.figures import BEFORE, NOW, REFERENCE, Figure, Row, Target

HEAD = """| what | reference | before | now | ratio before | ratio now | target | met |
|---|---|---:|---:|---:|---:|---:|:---:|"""
_MET = {True: "yes", False: "**no**", None: ""}


@dataclass(frozen=True, slots=True)
class Missing:
    """A group's column that could not be measured: its cells are empty."""

    group: str
    checkouts: str
    """`before`, `now`, or both."""
    reason: str


def markdown(rows: Sequence[Row], missing: Sequence[Missing] = ()) -> str:
    """The table; each figure with its spread and how often it was measured; below it what could not be."""
    return "\n".join([HEAD, *map(line, rows), *([""] if missing else []), *map(lacking, missing)])


def lacking(missing: Missing) -> str:
    """One line below the table."""
    return f"- not measured: `{missing.group}`, {missing.checkouts}: {missing.reason}"


def line(row: Row) -> str:
    """One line of it."""
    reference = f"{row.reference}: {_cell(row, REFERENCE)}" if row.figure(REFERENCE) else row.reference
    what = row.what if row.take.value == "median" else f"{row.what}, {row.take.value}"
    cells = (
        what,
        reference,
        _cell(row, BEFORE),
        _cell(row, NOW),
        _ratio(row, BEFORE),
        _ratio(row, NOW),
        _target(row.target, row.unit),
        _MET[row.met],
    )
    return f"| {' | '.join(cells)} |"


def _cell(row: Row, column: str) -> str:
    figure = row.figure(column)
    if figure is None:
        return ""
    spread = f" ({_number(figure.low, row.digits)} to {_number(figure.high, row.digits)})"
    return f"{_number(figure.value, row.digits)} {row.unit}".strip() + (spread if figure.low != figure.high else "")


def _ratio(row: Row, column: str) -> str:
    ratio = row.ratio(column)
    return "" if ratio is None else f"{ratio:.2f}"


def _target(target: Target | None, unit: str) -> str:
    if target is None:
        return ""
    sign = "≥" if target.at_least else "≤"
    return f"{sign} {target.limit:g}" + (" x" if target.ratio else f" {unit}").rstrip()


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def document(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with every figure, for programs."""
    return [
        {
            "key": row.key,
            "what": row.what,
            "unit": row.unit,
            "take": row.take.value,
            "reference": row.reference,
            "figures": {column: _figure(figure) for column in row.samples if (figure := row.figure(column))},
            "ratios": {column: ratio for column in row.samples if (ratio := row.ratio(column)) is not None},
            "target": None if row.target is None else _asked(row.target),
            "met": row.met,
            "more": {name: list(values) for name, values in row.more.items()},
        }
        for row in rows
    ]


def _figure(figure: Figure) -> dict[str, float]:
    return {"value": figure.value, "min": figure.low, "max": figure.high, "count": figure.count}


def _asked(target: Target) -> dict[str, Any]:
    return {"limit": target.limit, "of": "ratio" if target.ratio else "value", "at_least": target.at_least}
