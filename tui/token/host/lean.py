"""Import msgspec without `typing_extensions`, which it takes where it is there, for Pythons older than ours.

That is 0.5 MiB of a process that waits all day, and some milliseconds of its start.
"""

import sys
from typing import Any, Final

_NAME: Final = "typing_extensions"
_modules: dict[str, Any] = sys.modules
if _NAME not in _modules:
    _modules[_NAME] = None  # then its import fails (The import system, 5.3.1)
    import msgspec  # noqa: F401

    del _modules[_NAME]
