"""What a place in words stands for, imported when it is asked for."""

from importlib import import_module
from typing import Any


def found(place: str) -> Any:
    """What `module:name` names; the module is imported now."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
