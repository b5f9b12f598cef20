"""Renewals where CKA_ID tells nothing or lies, many times: `python -m tests.bench.key_matrix [--runs 20]`.

Objects before and after are compared by public key. Each run shuffles the simulator's objects in another way.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

from tests.harness.token.key_matrix import ALGORITHMS, Bench, Case, Keys, Layout, Policy, Stack, expected, renewed
from tests.rig.layout import layouts
from tests.rig.simulator import build
from tests.rig.softhsm import KeyKind, make_ca

Cell = tuple[KeyKind, Case]


async def run(bench: Bench, good: Counter[Cell], bad: list[str], *, kinds: tuple[KeyKind, ...], seed: int) -> None:
    """The whole matrix once, with new keys."""
    for kind in kinds:
        keys = Keys.make(kind)
        for case in (Case(*cell) for cell in product(Layout, Policy, Stack)):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    before, after = await renewed(bench, Path(folder), case, keys, seed)
                except Exception as error:  # noqa: BLE001 - the table tells all that went wrong
                    bad.append(f"{kind} {case}: {type(error).__name__} {getattr(error, 'failure', error)}")
                    continue
            if after == expected(before, case.policy):
                good[kind, case] += 1
            else:
                bad.append(f"{kind} {case}: {dict(after)}")


def show(good: Counter[Cell], bad: list[str], *, kinds: tuple[KeyKind, ...], runs: int) -> None:
    """A line for each layout and policy, a column for each algorithm and stack; then what went wrong."""
    columns = list(product(kinds, Stack))
    print(f"{'good of ' + str(runs):50}" + "".join(f"{kind + ' ' + stack:>24}" for kind, stack in columns))
    for layout, policy in product(Layout, Policy):
        counts = [good[kind, Case(layout, policy, stack)] for kind, stack in columns]
        print(f"{layout + ', ' + policy:50}" + "".join(f"{count:24}" for count in counts))
    for line in bad:
        print(f"    {line}")


async def main() -> None:
    """All runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--kind", choices=ALGORITHMS, action="append")
    asked = parser.parse_args()
    kinds = tuple(asked.kind or ALGORITHMS)
    good: Counter[Cell] = Counter()
    bad: list[str] = []
    done = 0
    with tempfile.TemporaryDirectory() as folder, layouts() as process:
        bench = Bench(process, make_ca(), build(Path(folder)))
        try:
            for done in range(asked.runs):
                await run(bench, good, bad, kinds=kinds, seed=done + 1)
                print(f"run {done + 1}: {len(bad)} bad so far", flush=True)
        finally:
            show(good, bad, kinds=kinds, runs=asked.runs)


if __name__ == "__main__":
    asyncio.run(main())
