"""From a key to the screen: in the application form beside a bare Input, key by key in turns, at rest and not."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.bench.performance.bench import Bench
from tests.bench.performance.checkout import Town
from tests.bench.performance.figures import REFERENCE, Row, Take, Target
from tests.bench.performance.journey import ERASE, Visit
from tests.bench.performance.reference.one_input import READY
from tests.bench.performance.terminal import Terminal

INPUT = "a bare Input"
_TEXT = b"0123456789"
_QUIET = 0.06
"""Seconds of silence after which a key is drawn; the next program has its turn then."""
_CALM = 1.0
_TURN = 0.15
"""Seconds after which the second token comes or goes: about as often as the token host looks."""
_Samples = defaultdict[str, list[float]]


def measure(bench: Bench) -> list[Row]:
    """Ten characters in each program twice a run, then once a run with tokens that come and go."""
    still, stormy = _Samples(list), _Samples(list)
    with ExitStack() as open_:
        programs = {REFERENCE: open_.enter_context(Terminal(bench.reference("one_input")))}
        programs[REFERENCE].until(READY)
        for town in bench.towns:
            kiosk = open_.enter_context(Terminal([town.checkout.kiosk, "--config", town.config]))
            visit = Visit(kiosk, town, hurried=True)
            visit.sign_in()
            visit.to_the_form()
            programs[town.checkout.name] = kiosk
        for program in programs.values():
            program.rest(_CALM)
        for counts in bench.rounds(2):
            _typed(programs, still if counts else _Samples(list))
        for town in bench.towns:
            both = {name: programs[name] for name in (REFERENCE, town.checkout.name)}
            with tokens_come_and_go(town):
                for _round in bench.rounds():
                    _typed(both, stormy)
    storm = "from a key to the screen in the form, while tokens come and go"
    return [
        Row("key", "from a key to the screen in the form", "ms", Target(1.2, ratio=True), still, INPUT, digits=1),
        Row("key-max", "the same", "ms", Target(40), still, INPUT, Take.LARGEST, 1),
        Row("key-token", storm, "ms", Target(40), stormy, INPUT, Take.LARGEST, 1),
    ]


def _typed(programs: dict[str, Terminal], samples: dict[str, list[float]]) -> None:
    for character in _TEXT:
        for name, program in programs.items():
            if echo := program.press(bytes([character]), _QUIET):
                samples[name].append(1000 * echo.seconds)
    for program in programs.values():
        program.press(ERASE * len(_TEXT), 2 * _QUIET)


@contextmanager
def tokens_come_and_go(town: Town) -> Iterator[None]:
    """A second token is plugged and pulled all the time, so that the token host reads it and tells the kiosk."""
    other = town.second_token()
    here = other.parent
    away = here.with_name("away")
    over = Event()
    worker = Thread(target=_turn_about, args=(other, away / other.name, over))
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def _turn_about(here: Path, away: Path, over: Event) -> None:
    """Ends with the token pulled."""
    away.parent.mkdir(exist_ok=True)
    while True:
        here.rename(away)
        if over.wait(_TURN):
            return
        away.rename(here)
        over.wait(_TURN)
