"""The table with where and when it was measured, as a page and as JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.performance.figures import Row
from tests.bench.performance.table import Missing, document, markdown

BEGIN, END = "<!-- table: written by python -m tests.bench.performance -->", "<!-- end of the table -->"
"""What stands between them in the page is written anew."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the figures depend on."""

    date: str
    cores: int
    processor: str
    memory_gib: float
    kernel: str
    load: tuple[float, float, float]
    """Average load of 1, 5 and 15 minutes."""
    versions: dict[str, str]


def surroundings() -> Surroundings:
    """This machine now."""
    return Surroundings(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        cores=os.cpu_count() or 0,
        processor=_line("/proc/cpuinfo", "model name"),
        memory_gib=round(int(_line("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20), 1),
        kernel=platform.release(),
        load=os.getloadavg(),
        versions={
            "Python": platform.python_version(),
            "Textual": version("textual"),
            "OpenSSL": _said("openssl", "version").split()[1],
            "PostgreSQL": _said("psql", "--version").split()[2],
            "SoftHSM2": _said("softhsm2-util", "--version"),
        },
    )


def _line(path: str, name: str) -> str:
    found = (line for line in Path(path).read_text().splitlines() if line.startswith(name))
    return next(found).partition(":")[2].strip()


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def write(
    begun: Surroundings,
    rows: Sequence[Row],
    missing: Sequence[Missing],
    as_json: Path | None,
    as_markdown: Path | None,
) -> None:
    """Write what was asked for; of a page that is there only the table is changed."""
    if as_json:
        measured = {
            "surroundings": {**asdict(begun), "load_at_the_end": os.getloadavg()},
            "rows": document(rows),
            "missing": [asdict(one) for one in missing],
        }
        as_json.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n")
    if as_markdown:
        page = as_markdown.read_text() if as_markdown.exists() else f"{BEGIN}\n{END}\n"
        as_markdown.write_text(placed(page, f"{told(begun)}\n\n{markdown(rows, missing)}"))


def placed(page: str, table: str) -> str:
    """The page with this table in the place of the one that it had."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


def told(begun: Surroundings) -> str:
    """The surroundings in a sentence, with the load of then and now."""
    versions = ", ".join(f"{name} {number}" for name, number in begun.versions.items())
    loads = " and ".join(f"{load[0]:.2f}" for load in (begun.load, os.getloadavg()))
    machine = f"{begun.cores} cores ({begun.processor}), {begun.memory_gib:g} GiB, Linux {begun.kernel}"
    return f"{begun.date}; {machine}; {versions}; load average at begin and end: {loads}."
