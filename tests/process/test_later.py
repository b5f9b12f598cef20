"""A module that is put off is imported when something of it is asked, and not before."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tui.process.later import put_off

SEEN = 'def answer(of=1): return 42 * of\nclass Sum(list):\n    zero = 0\nNOT_A_CALL = "text"\n'


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules that import `seldom`: whole, by its names, and a name that is none of those put off."""
    (tmp_path / "seldom.py").write_text(SEEN)
    (tmp_path / "whole.py").write_text("import seldom\ndef asked(): return seldom.NOT_A_CALL\n")
    (tmp_path / "by_name.py").write_text("from seldom import answer, Sum\nclass More(Sum): pass\n")
    (tmp_path / "by_another.py").write_text("from seldom import NOT_A_CALL\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("seldom", "whole", "by_name", "by_another"):
        sys.modules.pop(name, None)


def imported(name: str, *names: str) -> ModuleType:
    """The module, imported while `seldom` is put off."""
    with put_off("seldom", *names):
        __import__(name)
    return sys.modules[name]


@pytest.mark.usefixtures("library")
def test_a_module_comes_when_something_of_it_is_asked() -> None:
    whole = imported("whole")
    assert "seldom" not in sys.modules
    assert whole.asked() == "text"
    assert "seldom" in sys.modules


@pytest.mark.usefixtures("library")
def test_a_name_comes_when_it_is_called_or_asked() -> None:
    by_name = imported("by_name", "answer", "Sum")
    assert "seldom" not in sys.modules
    assert by_name.answer(of=2) == 84
    assert by_name.Sum([1, 2]) == [1, 2]
    assert by_name.Sum.zero == 0


@pytest.mark.usefixtures("library")
def test_a_name_that_is_not_put_off_brings_the_module() -> None:
    assert imported("by_another", "answer").NOT_A_CALL == "text"


@pytest.mark.usefixtures("library")
def test_what_is_there_stays() -> None:
    there = __import__("seldom")
    assert imported("by_name", "answer", "Sum").answer is there.answer
    assert sys.modules["seldom"] is there
