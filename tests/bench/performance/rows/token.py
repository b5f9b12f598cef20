"""Commands that end by themselves, and what they have to do with the token."""

import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import REFERENCE, Row, Target
from tests.bench.performance.processes import clean_environment
from tests.rig.softhsm import MODULE

_TIMES = 3
"""Each is so short that a run takes it so often."""


def certs(bench: Bench) -> list[Row]:
    """Each in turns, on the token of its sandbox."""
    took: dict[str, list[float]] = defaultdict(list)
    reference = (*bench.reference("certs"), MODULE)
    for counts in bench.rounds(_TIMES):
        milliseconds = {REFERENCE: _timed(reference, bench.towns[-1].environment)}
        for town in bench.towns:
            words = (town.checkout.kiosk, "certs", "--json", "--module", MODULE)
            milliseconds[town.checkout.name] = _timed(words, town.environment)
        for name, value in milliseconds.items() if counts else ():
            took[name].append(value)
    beside = "PyKCS11 and cryptography in one process"
    return [Row("certs", "certs --json", "ms", Target(2.0, ratio=True), took, beside)]


def _timed(words: Sequence[str | Path], environment: Mapping[str, str]) -> float:
    """Milliseconds from the command to its exit."""
    begun = monotonic()
    subprocess.run(words, env={**clean_environment(), **environment}, stdout=subprocess.DEVNULL, timeout=60, check=True)
    return 1000 * (monotonic() - begun)
