"""Rules of the house that a look at the sources can prove."""

import re
from functools import cache
from pathlib import Path

import pytest

import tui
from tui.core.exits import LEGEND, Exit, exit_of
from tui.core.failure import Failure, Place, Reason

PACKAGE = Path(tui.__file__).parent


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    """Every file by its name, with its text."""
    return tuple((path.relative_to(PACKAGE).as_posix(), path.read_text()) for path in sorted(PACKAGE.rglob("*.py")))


@pytest.mark.parametrize("reason", list(Reason), ids=lambda reason: reason.value)
def test_every_reason_is_used_outside_its_definition_and_its_wording(reason: Reason) -> None:
    skipped = ("core/failure.py", "kiosk/text/reasons.py", "core/exits.py")
    used = re.compile(rf"Reason\.{reason.name}\b")
    assert [name for name, text in _sources() if name not in skipped and used.search(text)]


def test_only_the_settings_read_the_environment() -> None:
    readers = {name for name, text in _sources() if re.search(r"os\.(environ|getenv)\b", text)}
    allowed = {name for name in readers if name.startswith(("sandbox/", "desk/", "token/"))}
    assert readers - allowed == {"kiosk/settings.py", "process/environment.py"}


def test_everything_is_caught_in_outermost_loops_only() -> None:
    broad = re.compile(r"except (Base)?Exception\b|except:")
    kiosk = {"kiosk/app.py", "token/host/orders.py", "kiosk/runtime/polls.py", "kiosk/runtime/keeping.py"}
    outermost = kiosk | {"desk/engine/engine.py"}
    assert {name for name, text in _sources() if broad.search(text)} <= outermost


def test_what_a_command_imports_is_made_by_frozen() -> None:
    rooms = ("cli/", "core/", "deskclient/", "journey/", "kiosk/", "process/", "token/")
    slow = {name for name, text in _sources() if "@dataclass(frozen=True, slots=True)\n" in text}
    assert {name for name in slow if name.startswith(rooms)} == set()


def test_no_file_is_long() -> None:
    assert [name for name, text in _sources() if len(text.splitlines()) > 300] == []


@pytest.mark.parametrize("reason", list(Reason), ids=lambda reason: reason.value)
def test_every_reason_has_its_exit_code_and_every_code_its_line(reason: Reason) -> None:
    code = exit_of(Failure(reason))
    assert code is not Exit.DONE
    assert re.search(rf"^  {code.value} ", LEGEND, re.MULTILINE)


def test_a_place_decides_the_code() -> None:
    assert {exit_of(Failure(r)) for r in Reason if r.place is Place.TOKEN} == {Exit.TOKEN}
    assert {exit_of(Failure(r)) for r in Reason if r.place is Place.PAYMENT} == {Exit.PAYMENT}
    assert exit_of(Failure(Reason.SETTINGS_WRONG)) is Exit.USAGE
    assert exit_of(Failure(Reason.KIOSK_FAULT)) is Exit.FAULT
