"""The program, imported once for many commands."""

from collections.abc import Iterator

import pytest

from tests.rig.stem import Stem


@pytest.fixture(scope="session")
def program() -> Iterator[Stem]:
    """Commands branch off it; those of the desk import the same, for the most part."""
    stem = Stem(
        "tui.cli.main",
        "tui.cli.run",
        "tui.cli.parser",
        "tui.desk.commands",
        "tui.desk.serve",
        "tui.desk.operators.commands",
    )
    yield stem
    stem.close()
