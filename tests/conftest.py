"""Every test is marked by what it needs, so that `pytest -m fast` is the inner loop."""

import gc

import pytest

from tests.harness.marks import marks_of


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark before `-m` selects."""
    for item in items:
        for mark in marks_of(item) if isinstance(item, pytest.Function) else ():
            item.add_marker(mark)


def pytest_collection_finish() -> None:
    """Set the tests themselves aside: through all of them, the search for garbage after a step takes up to a second."""
    gc.collect()
    gc.freeze()
