"""What a test needs, read off the code that it runs: its own, its fixtures' and that of the helpers they name."""

from collections.abc import Callable, Iterator
from functools import cache
from inspect import unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import is_hypothesis_test

NEEDS = {
    "subprocess": "process",
    "tests.rig.stem": "process",
    "tests.harness.token.launcher": "",
    "multiprocessing": "process",
    "pexpect": "process",
    "pty": "process",
    "tests.rig.child": "process",
    "tests.harness.kiosk.program": "process",
    "tests.harness.kiosk.stage": "screen",
    "tui.kiosk.app": "screen",
    "tests.rig.card": "token",
    "tests.rig.pcsc": "token",
    "tests.rig.remote": "token",
    "tests.rig.simulator": "token",
    "tests.rig.softhsm": "token",
    "tests.rig.softhsm.TestCa": "",
    "tests.rig.softhsm.make_ca": "",
    "tests.rig.postgres": "postgres",
    "tests.desk.storage.test_postgresql.server": "postgres",
    "tests.desk.payments.machine.walk.walk": "property",
    "tests.harness.desk.town.make_town": "desk",
    "tests.harness.desk.town.Town": "desk",
    "tests.harness.desk.world": "gateway",
    "tests.harness.gateways.callers": "gateway",
    "tests.harness.gateways.served": "gateway",
    "tests.end_to_end": "journey",
    "tests.harness.end_to_end": "journey",
    "tui.token.tokens": "token",
}
"""Module, or a name in one -> mark; the longest that fits counts, and the empty one means that nothing is needed."""
FAST = "fast"
"""The mark of a test that needs nothing of all that."""


def marks_of(item: pytest.Function) -> set[str]:
    """The marks of one test; `fast` alone where there is no other."""
    functions = [item.function, *(fixtures[-1].func for fixtures in item._fixtureinfo.name2fixturedefs.values())]
    found = {mark for function in functions for mark in needed(function)}
    return found or {FAST}


@cache
def needed(function: Callable[..., Any]) -> frozenset[str]:
    """The marks that one function gives, by all that it names and that those name in their turn."""
    marks: set[str] = set()
    seen: set[int] = set()
    left: list[Any] = [function]
    while left:
        thing = unwrap(left.pop())
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if is_hypothesis_test(thing):
            marks.add("property")
            left += [thing.hypothesis.inner_test] if hasattr(thing, "hypothesis") else []
        elif (mark := _mark(_name(thing))) is not None:
            marks.add(mark)
        elif _name(thing).startswith("tests."):
            left.extend(_named(thing))
    return frozenset(marks - {""})


def _mark(name: str) -> str | None:
    """What the longest prefix of a dotted name needs."""
    while name:
        if name in NEEDS:
            return NEEDS[name]
        name = name.rpartition(".")[0]
    return None


def _name(thing: object) -> str:
    if isinstance(thing, ModuleType):
        return thing.__name__
    if not isinstance(thing, FunctionType | type):
        thing = type(thing)
    return f"{thing.__module__}.{thing.__qualname__}"


def _named(thing: object) -> Iterator[object]:
    """What a function names, or a class in its methods."""
    if isinstance(thing, type):
        members = (getattr(held, "__func__", getattr(held, "fget", held)) for held in vars(thing).values())
        yield from (held for held in (*thing.__bases__, *members) if isinstance(held, FunctionType | type))
    elif isinstance(thing, FunctionType):
        yield from (held for held in thing.__annotations__.values() if isinstance(held, type))
        yield from (cell.cell_contents for cell in thing.__closure__ or ())
        yield from (thing.__globals__[name] for name in _names(thing.__code__) if name in thing.__globals__)


def _names(code: CodeType) -> Iterator[str]:
    """Of globals, also as a text: `request.getfixturevalue("server")`."""
    yield from code.co_names
    for constant in code.co_consts:
        match constant:
            case CodeType():
                yield from _names(constant)
            case str():
                yield constant
