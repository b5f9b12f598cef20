"""Workers share the tests so that none waits for the others: whole modules, those that need most first."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from tests.harness.workers import Rooms, costly_first


@dataclass
class Marked:
    path: Path
    mark: str

    def get_closest_marker(self, name: str) -> object:
        return self if name == self.mark else None


def test_what_takes_long_begins_first_and_no_module_is_torn() -> None:
    rules, journey, desk = Path("test_rules.py"), Path("test_journey.py"), Path("test_desk.py")
    marked = [Marked(rules, "fast"), Marked(desk, "desk"), Marked(journey, "fast"), Marked(desk, "fast")]
    items = cast(list[pytest.Item], [*marked, Marked(journey, "journey")])
    costly_first(items)
    assert [item.path for item in items] == [journey, journey, desk, desk, rules]


def test_journeys_share_a_sandbox() -> None:
    share = object.__new__(Rooms)._split_scope
    assert share("tests/end_to_end/test_ssh.py::a[x::y]") == share("tests/end_to_end/screens/test_token.py::a")
    assert share("tests/desk/test_serve.py::a") != share("tests/desk/test_settings.py::a[tests/end_to_end/]")
