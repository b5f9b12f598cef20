"""The desk's rooms by what a fresh interpreter loaded with one: none of those above it, no server, no engine."""

import subprocess
import sys

import pytest

ROOMS = ("storage", "notifications", "payments", "invoices", "renewals", "operators", "http")
_PROGRAM = """
import importlib, pkgutil, sys
room = importlib.import_module("tui.desk." + sys.argv[1])
for found in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if "migrations" not in found.name:
        importlib.import_module(found.name)
print(*sys.modules)
"""


@pytest.mark.parametrize("room", ["storage", "payments", "renewals"])
def test_a_room_loads_nothing_of_those_above_it(room: str) -> None:
    words = [sys.executable, "-c", _PROGRAM, room]
    loaded = set(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.split())
    above = {f"tui.desk.{name}" for name in (*ROOMS[ROOMS.index(room) + 1 :], "platforms", "engine", "wiring", "serve")}
    assert f"tui.desk.{room}" in loaded
    assert not loaded & {*above, "litestar", "uvicorn", "textual"}
