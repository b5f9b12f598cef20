"""Print one table of what the program costs, beside its references and an earlier checkout, measured in turns.

`python -m tests.bench.performance [--against DIR] [--rows NAME,...] [--runs N] [--people N] [--quick]
[--json FILE] [--markdown FILE]`

The files are written after each group. A group that cannot be measured is named below the table, and one that the
earlier checkout alone does not get through is measured without it; the command ends with 1 then.
"""

import argparse
import sys
from pathlib import Path

from tests.bench.performance import page
from tests.bench.performance.bench import bench
from tests.bench.performance.report import Report
from tests.bench.performance.rows.registry import GROUPS, Group


def main() -> None:
    """Measure and print; 1 where a group, or one of its columns, could not be measured."""
    options = _options()
    report = Report(page.surroundings(), options.json, options.markdown)
    with bench(options.against, runs=options.runs, people=options.people, quick=options.quick) as ready:
        for group in options.rows:
            print(f"{group.name} …", file=sys.stderr, flush=True)
            report.measure(group, ready)
    report.end()
    sys.exit(bool(report.missing))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="another checkout with its .venv: the column `before`")
    parser.add_argument("--rows", type=_groups, default=[*GROUPS.values()], help=f"some of {','.join(GROUPS)}")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured")
    parser.add_argument("--people", type=int, default=200, help="how many a kiosk serves, for the growth of its memory")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--markdown", type=Path, help="write the page there (assets/docs/performance.md)")
    return parser.parse_args()


def _groups(names: str) -> list[Group]:
    return [GROUPS[name] for name in names.split(",")]


if __name__ == "__main__":
    main()
