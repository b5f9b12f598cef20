"""Print one table of what the program costs, beside its references and an earlier checkout, measured in turns.

`python -m tests.bench.performance [--against DIR] [--rows NAME,...] [--runs N] [--quick] [--json FILE]
[--markdown FILE]`
"""

import argparse
import sys
from pathlib import Path

from tests.bench.performance import page
from tests.bench.performance.bench import bench
from tests.bench.performance.rows.registry import GROUPS, Group


def main() -> None:
    """Measure and print."""
    options = _options()
    begun = page.surroundings()
    rows = []
    with bench(options.against, options.runs, quick=options.quick) as ready:
        for group in options.rows:
            print(f"{group.name} …", file=sys.stderr, flush=True)
            rows += group.measure(ready)
    page.write(rows, begun, options.json, options.markdown)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="another checkout with its .venv: the column `before`")
    parser.add_argument("--rows", type=_groups, default=[*GROUPS.values()], help=f"some of {','.join(GROUPS)}")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured")
    parser.add_argument("--quick", action="store_true", help="the whole within ten minutes: fewer and shorter runs")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--markdown", type=Path, help="write the page there (assets/docs/performance.md)")
    return parser.parse_args()


def _groups(names: str) -> list[Group]:
    return [GROUPS[name] for name in names.split(",")]


if __name__ == "__main__":
    main()
