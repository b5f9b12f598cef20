"""A process to call functions in that load a library, block, or crash."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Process:
    """One call at a time; the module-level state of what is called lasts between calls."""

    pool: ProcessPoolExecutor

    def start(self, function: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> Future[_R]:
        """Call a function of a module there."""
        return self.pool.submit(function, *arguments, **named)

    def call(self, function: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
        """Call it and wait for its result."""
        return self.start(function, *arguments, **named).result()


@contextmanager
def process(environment: tuple[tuple[str, str], ...]) -> Iterator[Process]:
    """A process with this environment, to call functions in one at a time."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, _prepare, (environment,)) as pool:
        yield Process(pool)


def _prepare(environment: tuple[tuple[str, str], ...]) -> None:
    os.environ.update(environment)
