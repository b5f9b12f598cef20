"""An enrolment cut off at every single point: `python -m tests.bench.interruptions [pull|kill]`.

The card is pulled out at its first, second, … command, before and after the command takes effect; the driver's process
is killed at every frame. Each time the old pair must still sign, a second try complete, and no object be left over.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.harness.token.interruptions import Outcome, Phase, killed, pulled
from tests.rig.card.manners import Pull
from tests.rig.card.pcscd import private_pcscd
from tests.rig.card.provision import Shelf
from tests.rig.softhsm import make_ca


@dataclass(slots=True)
class Row:
    """One phase, cut off at every point."""

    points: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    dead: int = 0


async def sweep(cut: Callable[[int], Awaitable[Outcome]]) -> Row:
    """Cut at 1, 2, … until the phase is over before."""
    row = Row()
    for at in range(1, 1000):
        try:
            outcome = await cut(at)
        except Exception as error:  # noqa: BLE001 - the sweep tells all that went wrong
            row.bad.append(f"{at}: {type(error).__name__} {getattr(error, 'failure', error)}"[:160])
            row.points += 1
            continue
        row.used.add(outcome.lost)
        if not outcome.cut:
            break
        row.points += 1
        row.dead += outcome.dead
        row.reasons[outcome.failure.reason.value if outcome.failure else "went on"] += 1
    return row


def show(name: str, row: Row) -> None:
    """One line, and one for each point that did not hold."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in row.reasons.most_common())
    used = f"{min(row.used)}-{max(row.used)}" if row.used else "-"
    good = row.points - len(row.bad)
    print(f"{name:28} {row.points:4} points  {good:4} good  {reasons}; card bytes used {used}; dead entries {row.dead}")
    for bad in row.bad:
        print(f"    {bad}", flush=True)


async def main() -> None:
    """All phases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("pull", "kill", "all"), nargs="?", default="all")
    parser.add_argument("--phase", choices=[phase.value for phase in Phase])
    asked = parser.parse_args()
    phases = [Phase(asked.phase)] if asked.phase else list(Phase)
    with private_pcscd() as reader:
        shelf = Shelf(reader, make_ca())
        for phase in phases:
            if asked.kind in ("pull", "all"):
                for effect in (False, True):
                    name = f"{phase.value}, pulled {'after' if effect else 'before'}"
                    show(name, await sweep(lambda at: pulled(reader, shelf, phase, Pull(at, takes_effect=effect))))  # noqa: B023
            if asked.kind in ("kill", "all"):
                show(f"{phase.value}, killed", await sweep(lambda at: killed(reader, shelf, phase, at)))  # noqa: B023


if __name__ == "__main__":
    asyncio.run(main())
