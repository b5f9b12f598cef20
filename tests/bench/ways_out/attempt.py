"""One way out, tried; what must be true after it."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

from tests.bench.performance.processes import tree
from tests.bench.ways_out.starts import STARTS, Counter, Start
from tests.bench.ways_out.way import FIRST, Way
from tests.harness.end_to_end.terminal import occurrences
from tests.harness.kiosk.counter import ESCAPE, F1, F10

HELP = "帮助："
_ENDS_WHAT_IS_UNFINISHED = b"\x1b\\\x1b[201~"
_LEAVE = "结束本次办理"
"""Heads the dialogue that F10 opens on a person's screens."""
_PATIENCE = 60.0


def attempt(kiosk: Counter, way: Way, start: Start = STARTS["first"]) -> str:
    """Try it; what is wrong afterwards, or nothing."""
    try:
        before = kiosk.program
        way.act(kiosk)
        kiosk.settle()
        if way.kills:
            _until_another(kiosk, before)
            start = STARTS["first"]
        elif start.walk is not None:
            assert kiosk.program == before, "the program is another one"
        _help_answers(kiosk, start)
        assert not (others := list(_strangers(kiosk))), f"below the supervisor runs {others}"
        assert not (traces := list(kiosk.sprung())), f"{traces}"
        assert not kiosk.copied, "something lies in the terminal's clipboard"
        if way.kills:
            assert not (kept := list(remains(kiosk))), f"kept: {kept}"
    except (AssertionError, LookupError, OSError) as error:  # the latter two where no process is left
        return f"{type(error).__name__}: {error}"
    if kiosk.supervisor.poll() is not None:
        return f"the supervisor ended with {kiosk.supervisor.returncode}"
    return ""


def leave(kiosk: Counter, start: Start) -> str:
    """The person goes, after all the ways; what is left of them."""
    try:
        before = kiosk.program
        asks_nothing = start in (STARTS["sign-in"], STARTS["operator"])
        kiosk.type(ESCAPE if asks_nothing else F10)
        if not asks_nothing:
            kiosk.until(_LEAVE)
            kiosk.settle()
            kiosk.type(b"\t\r")
        _until_another(kiosk, before)
        return f"kept: {kept}" if (kept := list(remains(kiosk))) else ""
    except AssertionError as error:
        return f"{error}"


def remains(kiosk: Counter) -> Iterator[str]:
    """Where the person's values lie: on the screen, and in the memory of all processes."""
    plain = kiosk.screen.text.replace(" ", "")
    yield from (f"{name} on the screen" for name, value in kiosk.values.items() if value.replace(" ", "") in plain)
    for pid in tree(kiosk.supervisor.pid) if kiosk.values else ():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended, and holds nothing
            yield from (f"{name} in {pid}" for name, count in occurrences(pid, kiosk.values).items() if count)


def _until_another(kiosk: Counter, program: int) -> None:
    end = monotonic() + _PATIENCE
    while program in tree(kiosk.supervisor.pid) or FIRST not in kiosk.screen.text:
        assert monotonic() < end, f"no other program: {kiosk.screen.text}"
        kiosk.read(0.1)


def _help_answers(kiosk: Counter, start: Start) -> None:
    """F1 does, and the same step is behind it."""
    kiosk.type(_ENDS_WHAT_IS_UNFINISHED)
    kiosk.settle()
    _opened(kiosk)
    kiosk.settle()
    _closed(kiosk, HELP)
    _closed(kiosk, _LEAVE)
    kiosk.until(start.head, "F1")
    assert HELP not in kiosk.screen.text, kiosk.screen.text


def _opened(kiosk: Counter) -> None:
    """By F1; again only where the first came while the page was still drawn, and was dropped."""
    for _again in range(3):
        if HELP in kiosk.screen.text:
            return
        kiosk.type(F1)
        end = monotonic() + _PATIENCE / 4
        while HELP not in kiosk.screen.text and monotonic() < end:
            kiosk.read(0.1)
    raise AssertionError(f"F1 does not answer: {kiosk.screen.text}")


def _closed(kiosk: Counter, head: str) -> None:
    """By Esc, once: a second one would lead back; again only where the first came too early and was dropped."""
    for _again in range(3):
        if head not in kiosk.screen.text:
            return
        kiosk.type(ESCAPE)
        end = monotonic() + _PATIENCE
        while head in kiosk.screen.text and monotonic() < end:
            kiosk.read(0.1)
    raise AssertionError(f"Esc does not close {head}: {kiosk.screen.text}")


def _strangers(kiosk: Counter) -> Iterator[str]:
    """Programs below the supervisor that are not this interpreter: a shell, a pager, an editor."""
    own = os.path.realpath(sys.executable)
    for pid in tree(kiosk.supervisor.pid):
        try:
            runs = str(Path(f"/proc/{pid}/exe").readlink())
        except OSError:  # it has ended
            continue
        if runs != own:
            yield runs
