"""Tests are marked by what they need, so that `pytest -m fast` is the inner loop; by that workers share them, too."""

import gc
from typing import Any

import pytest

from tests.harness.marks import marks_of
from tests.harness.workers import Rooms, costly_first


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms | None:
    """Unless another way of sharing is asked for."""
    if config.option.dist != "load":
        return None
    config.option.loadscopereorder = False
    return Rooms(config, log)
