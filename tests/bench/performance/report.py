"""What is measured so far, written after each group: whatever ends the command later takes nothing of it away."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tests.bench.performance import page
from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import Row
from tests.bench.performance.rows.registry import Group
from tests.bench.performance.table import HEAD, Missing, lacking, line

_FAILS = (
    *(AssertionError, ArithmeticError, LookupError, OSError, RuntimeError, ValueError),
    *(SQLAlchemyError, subprocess.SubprocessError),
)
"""What a group ends with where a program does not do what it is measured at."""


@dataclass(slots=True)
class Report:
    """The rows that there are, and what of them there is not."""

    begun: page.Surroundings
    as_json: Path | None
    as_markdown: Path | None
    rows: list[Row] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the table."""
        print(HEAD, flush=True)

    def measure(self, group: Group, bench: Bench) -> None:
        """One group; once more without the earlier checkout where the two of them fail together."""
        try:
            found = _measured(group, bench)
        except _FAILS as error:
            found = self._without_the_earlier(group, bench, error)
        self.rows += found
        for row in found:
            print(line(row), flush=True)
        self._write()

    def end(self) -> None:
        """What the table lacks, and where it was measured."""
        print("", *map(lacking, self.missing), "", page.told(self.begun), sep="\n", flush=True)

    def _without_the_earlier(self, group: Group, bench: Bench, error: Exception) -> list[Row]:
        alone = bench.alone()
        if alone is bench:
            return self._lacks(group, bench, error)
        try:
            found = _measured(group, alone)
        except _FAILS as its_own:
            return self._lacks(group, bench, its_own)
        self.missing.append(Missing(group.name, bench.checkouts[0].name, _said(error)))
        return found

    def _lacks(self, group: Group, bench: Bench, error: Exception) -> list[Row]:
        self.missing.append(Missing(group.name, " and ".join(one.name for one in bench.checkouts), _said(error)))
        return []

    def _write(self) -> None:
        page.write(self.begun, self.rows, self.missing, self.as_json, self.as_markdown)


def _measured(group: Group, bench: Bench) -> list[Row]:
    bench.new_people()
    return group.measure(bench)


def _said(error: Exception) -> str:
    """In one line; a command that failed says why in its own last one."""
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, subprocess.CalledProcessError):
        words = " ".join(map(str, error.cmd)) if isinstance(error.cmd, (list, tuple)) else error.cmd
        last = [line for line in (error.stderr or "").splitlines() if line.strip()][-1:]
        told = " ".join([words, f"ended with {error.returncode}:", *last])
    return " ".join(told.split())[:400]
