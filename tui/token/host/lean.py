"""Import msgspec and `dataclasses` without what neither needs here.

msgspec takes `typing_extensions` where it is there, for Pythons older than ours. `dataclasses` takes `inspect`, and
with it `ast` and `tokenize`, for classes without a docstring; from Python 3.12 on it asks it for the fields of every
class, and gets it then. Both are 1.4 MiB of a process that waits all day, and some milliseconds of its start.
"""

import sys
from types import ModuleType
from typing import Any, Final

_modules: dict[str, Any] = sys.modules
_EXTENSIONS: Final = "typing_extensions"
_INSPECT: Final = "inspect"


def _asked(name: str) -> Any:
    """What `dataclasses` wants of `inspect` after all."""
    import inspect

    return getattr(inspect, name)


if _INSPECT not in _modules:
    _modules[_INSPECT] = stand_in = ModuleType(_INSPECT)
    stand_in.__getattr__ = _asked  # type: ignore[method-assign]  # PEP 562
    import dataclasses  # noqa: F401

    del _modules[_INSPECT]
if _EXTENSIONS not in _modules:
    _modules[_EXTENSIONS] = None  # then its import fails (The import system, 5.3.1)
    import msgspec  # noqa: F401

    del _modules[_EXTENSIONS]
