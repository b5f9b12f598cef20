"""Import msgspec without what it does not need here.

It takes `typing_extensions` where it is there, for Pythons older than ours, and `msgspec.inspect` for schemas that
nobody asks it for: with what Python's own modules do without (`standard`) 1.6 MiB of a process that waits all day, and
some milliseconds of its start.
"""

import sys
from typing import Any, Final

import tui.process.standard  # noqa: F401 - msgspec imports `dataclasses`
from tui.process.later import put_off

_modules: dict[str, Any] = sys.modules
_EXTENSIONS: Final = "typing_extensions"

with put_off("msgspec.inspect"):
    if is_to_be_left_out := _EXTENSIONS not in _modules:
        _modules[_EXTENSIONS] = None  # then its import fails (The import system, 5.3.1)
    import msgspec  # noqa: F401

    if is_to_be_left_out:
        del _modules[_EXTENSIONS]
