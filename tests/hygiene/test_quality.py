"""Format, lint and types are part of the tests: one command says whether the tree is fit to land."""

import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "words",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        ["mypy"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_the_tree_is_clean(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
