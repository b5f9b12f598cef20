"""What fails takes no figure away that was measured before it."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.performance.bench import Bench
from tests.bench.performance.checkout import Checkout
from tests.bench.performance.figures import Row
from tests.bench.performance.page import Surroundings
from tests.bench.performance.report import Report
from tests.bench.performance.rows.registry import Group

BEGUN = Surroundings("today", 2, "x", 4.0, "6", (0.0, 0.0, 0.0), {})
REFUSES = "print('no such setting', file=__import__('sys').stderr); exit(2)"


def measured(bench: Bench) -> list[Row]:
    return [Row("key", "a key", "ms", None, {one.name: [1.0] for one in bench.checkouts})]


def refused_before(bench: Bench) -> list[Row]:
    if len(bench.checkouts) > 1:
        subprocess.run((sys.executable, "-c", REFUSES), check=True, stderr=subprocess.PIPE, text=True)
    return measured(bench)


def refused(_bench: Bench) -> list[Row]:
    raise LookupError("no such words on the screen")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    checkouts = tuple(Checkout(name, tmp_path) for name in ("before", "now"))
    return Bench(checkouts, 1, True, 1, tmp_path, ExitStack())


def test_what_is_measured_is_written_at_once_and_what_fails_is_named(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, figures = tmp_path / "page.md", tmp_path / "figures.json"
    report = Report(BEGUN, figures, page)
    written = []
    for name, measure in (("walk", measured), ("desk", refused_before), ("polls", refused), ("idle", measured)):
        report.measure(Group(name, measure), bench)
        written.append(len(json.loads(figures.read_text())["rows"]))
    assert written == [1, 2, 2, 3]
    report.end()
    for text in (page.read_text(), capsys.readouterr().out):
        rows = [line for line in text.splitlines() if line.startswith("| a key |")]
        assert [row.count("1 ms") for row in rows] == [2, 1, 2]
        assert f"- not measured: `desk`, before: {sys.executable} -c {REFUSES} ended with 2: no such setting\n" in text
        assert "- not measured: `polls`, before and now: LookupError: no such words on the screen\n" in text
