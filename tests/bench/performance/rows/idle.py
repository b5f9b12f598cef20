"""What a kiosk that nobody touches writes and computes: on the waiting screen, and while the code is shown."""

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import Row, Target
from tests.bench.performance.journey import WAITING, Visit
from tests.bench.performance.processes import processor, used_since
from tests.bench.performance.terminal import Chunk, Terminal

_MINUTE = 60.0
"""Seconds: the clock turns once."""
_SHORT = 20.0
_DIGITS = 60
"""Bytes for a move of the cursor, colours, and the digits that have changed."""
_CALM = 3.0
_ONE_WRITE = 0.005
"""Seconds within which what arrives was written together."""
_Columns = dict[str, list[float]]


def measure(bench: Bench) -> list[Row]:
    """All kiosks at the same time: none of them has anything to do."""
    with ExitStack() as open_:
        visits = {}
        for town in bench.towns:
            kiosk = open_.enter_context(Terminal([town.checkout.kiosk, "--config", town.config]))
            kiosk.until(*WAITING)
            visits[town.checkout.name] = Visit(kiosk, town, hurried=True)
        kiosks = {name: visit.kiosk for name, visit in visits.items()}
        waiting, waiting_share = _left_alone(kiosks, _MINUTE)
        for visit in visits.values():
            visit.sign_in()
            visit.to_the_form()
            visit.apply()
            visit.to_the_code()
        seconds = _SHORT if bench.quick else _MINUTE
        code, code_share = _left_alone(kiosks, seconds)
    minute = {name: [float(sum(len(chunk.data) for chunk in came))] for name, came in waiting.items()}
    writes = {name: [float(len(write)) for write in _writes(came)] for name, came in code.items()}
    often = {name: [len(sizes) / seconds] for name, sizes in writes.items()}
    return [
        Row("idle", "idle waiting screen, a minute", "B", Target(_DIGITS), minute),
        Row("idle-cpu", "idle waiting screen, processor", "%", Target(0.2), waiting_share, digits=2),
        Row("code-bytes", "idle code, one write", "B", Target(40), writes),
        Row("code-writes", "idle code, writes", "/s", Target(1.0), often, digits=2),
        Row("code-cpu", "idle code, processor", "%", Target(0.3), code_share, digits=2),
    ]


def _left_alone(kiosks: dict[str, Terminal], seconds: float) -> tuple[dict[str, list[Chunk]], _Columns]:
    """What each wrote meanwhile, and percent of a core."""
    some = next(iter(kiosks.values()))
    some.watch(_CALM)
    before = {name: len(kiosk.chunks) for name, kiosk in kiosks.items()}
    used = {name: processor(kiosk.pids) for name, kiosk in kiosks.items()}
    some.watch(seconds)
    shares = {name: [100 * used_since(used[name], processor(kiosk.pids)) / seconds] for name, kiosk in kiosks.items()}
    return {name: kiosk.chunks[before[name] :] for name, kiosk in kiosks.items()}, shares


def _writes(chunks: Sequence[Chunk]) -> list[bytes]:
    """What was written together."""
    found = [chunk.data for chunk in chunks[:1]]
    for earlier, later in pairwise(chunks):
        if later.at - earlier.at < _ONE_WRITE:
            found[-1] += later.data
        else:
            found.append(later.data)
    return found
