"""A journey from the start of the program: bytes of all, of a change of screens, of a character; memory after it."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.performance.bench import Bench
from tests.bench.performance.figures import REFERENCE, Row, Target
from tests.bench.performance.journey import Course, Phone, Visit
from tests.bench.performance.processes import proportional
from tests.bench.performance.reference.bare import READY
from tests.bench.performance.rows.start import BARE
from tests.bench.performance.terminal import Terminal

_PAUSES = (0.4, 1.1, 1.7, 0.8, 1.4)
"""Seconds that the code is looked at, so that no poll is always as far as the last time."""
_ASIDE = 3.0
_QUIET = 0.04
_TEXT = b"0123456789"
_VIM = ("vim", "-n", "-N", "-u", "NONE", "-i", "NONE")
_Samples = defaultdict[str, list[float]]


def measure(bench: Bench) -> list[Row]:
    """A journey of each in turns; the sandbox is as new for the first, so none is left out."""
    whole, change, memory, paid = (_Samples(list) for _ in range(4))
    typed = {"sign-in": _Samples(list), "form": _Samples(list)}
    changes: dict[str, list[float]] = {}
    for number in range(bench.journeys):
        with Terminal(bench.reference("bare")) as bare:
            bare.until(READY)
            bare.rest(_ASIDE)
            memory[REFERENCE].append(proportional(bare.pids))
        for town in bench.towns:
            name = town.checkout.name
            if number:
                town.new_person()
            with Terminal([town.checkout.kiosk, "--config", town.config]) as kiosk, Phone(town) as phone:
                visit = Visit(kiosk, town)
                course = visit.whole(phone, _PAUSES[number % len(_PAUSES)])
                whole[name].append(course.bytes / 1000)
                change[name] += [size / 1000 for size in _screens(course)]
                paid[name].append(1000 * course.paid)
                for where, samples in typed.items():
                    samples[name] += [echo.size for echo in course.typed[where]]
                visit.home()
                kiosk.rest(_ASIDE)
                memory[name].append(proportional(kiosk.pids))
                changes |= {f"{name}: {screen}": [size] for screen, size in course.changes.items()}
    field, vim = _typed_into(bench.reference("one_input")), _typed_into(_VIM, b"i") if shutil.which("vim") else []
    beside = f"a bare Input (vim: {median(vim):.0f} B)" if vim else "a bare Input"
    after = "PSS of all processes, after a journey"
    return [
        Row("memory-after", after, "MiB", Target(2.2, ratio=True), memory, BARE, digits=1),
        *(
            Row(f"typed-{where}", f"a typed character, {where}", "B", Target(60), {REFERENCE: field, **of}, beside)
            for where, of in typed.items()
        ),
        Row("change", "a change of screens", "kB", Target(4), change, digits=1, more=changes),
        Row("journey", "the whole journey", "kB", Target(90), whole, digits=1),
        Row("paid", "the code is gone after the platform says that it is paid", "ms", Target(300), paid),
    ]


def _screens(course: Course) -> Iterator[int]:
    """Bytes of each change from one screen to another; the first screen changes none."""
    yield from (size for name, size in course.changes.items() if name != "waiting")


def _typed_into(words: tuple[str | Path, ...], first: bytes = b"") -> list[float]:
    """Bytes of each character typed into another program."""
    with Terminal(words) as program:
        program.rest(1.0)
        if first:
            program.press(first, 0.3)
        echoes = [program.press(bytes([character]), _QUIET) for character in _TEXT]
    return [echo.size for echo in echoes if echo]
