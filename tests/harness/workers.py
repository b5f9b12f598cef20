"""How several workers (pytest-xdist) share the tests, so that at beginning and end none waits for the others."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/end_to_end/",)
"""Folders whose modules go to one worker: they share a sandbox, and wait so much that the others need the processor."""
COSTLY = ("journey", "postgres", "token", "process", "gateway", "property", "screen", "desk")
"""Marks, those whose tests take longest first."""


class Rooms(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Gives a worker a module at a time: what a module makes is made once, and the order is that of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if module.startswith(folder)), module)


def costly_first(items: list[pytest.Item]) -> None:
    """Sort modules by the costliest that one of their tests needs: what is left at the end is short everywhere."""
    ranks: dict[Path, int] = {}
    for item in items:
        ranks[item.path] = min(ranks.get(item.path, len(COSTLY)), _rank(item))
    items.sort(key=lambda item: ranks[item.path])


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, mark in enumerate(COSTLY) if item.get_closest_marker(mark)), len(COSTLY))
