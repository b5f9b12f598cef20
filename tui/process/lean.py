"""Import msgspec and `dataclasses` without what neither needs here.

msgspec takes `typing_extensions` where it is there, for Pythons older than ours, and `msgspec.inspect` for schemas that
nobody asks it for. `dataclasses` takes `inspect`, and with it `ast` and `tokenize`, for classes without a docstring;
from Python 3.12 on it asks it for the fields of every class, and gets it then. All three are 1.6 MiB of a process that
waits all day, and some milliseconds of its start.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_modules: dict[str, Any] = sys.modules
_EXTENSIONS: Final = "typing_extensions"


@contextmanager
def _put_off(name: str) -> Iterator[None]:
    """What is imported meanwhile gets this module no sooner than it asks something of it."""
    if name in _modules:
        yield
        return

    def asked(attribute: str) -> Any:
        __import__(name)
        return getattr(_modules[name], attribute)

    _modules[name] = stand_in = ModuleType(name)
    stand_in.__getattr__ = asked  # type: ignore[method-assign]  # PEP 562
    try:
        yield
    finally:
        del _modules[name]


with _put_off("inspect"):
    import dataclasses  # noqa: F401
with _put_off("msgspec.inspect"):
    if is_to_be_left_out := _EXTENSIONS not in _modules:
        _modules[_EXTENSIONS] = None  # then its import fails (The import system, 5.3.1)
    import msgspec  # noqa: F401

    if is_to_be_left_out:
        del _modules[_EXTENSIONS]
