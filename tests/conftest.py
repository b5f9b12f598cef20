"""Tests are marked by what they need, so that `pytest -m fast` is the inner loop; by that workers share them, too."""

import gc
import signal
from typing import Any

import pytest

from tests.harness.marks import marks_of
from tests.harness.workers import Rooms, costly_first


def pytest_configure() -> None:
    """A script's background command ignores Ctrl-C, and so would each program that is started to be ended by it."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark before `-m` selects."""
    for item in items:
        for mark in marks_of(item) if isinstance(item, pytest.Function) else ():
            item.add_marker(mark)
    if hasattr(config, "workerinput"):
        costly_first(items)


def pytest_collection_finish() -> None:
    """Set the tests themselves aside: through all of them, the search for garbage after a step takes up to a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, *gc.get_threshold()[1:])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms | None:
    """Unless another way of sharing is asked for."""
    if config.option.dist != "load":
        return None
    config.option.loadscopereorder = False
    return Rooms(config, log)
