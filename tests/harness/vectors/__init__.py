"""Requests signed by the platforms' own SDKs, with keys made for tests."""

import json
from pathlib import Path
from typing import Any


def load(name: str) -> Any:
    """The content of one vector file."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text())


def read(name: str) -> bytes:
    """The bytes of one file."""
    return (Path(__file__).parent / name).read_bytes()
