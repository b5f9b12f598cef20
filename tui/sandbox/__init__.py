"""Stand-ins for the outside world that speak its real protocols, for demonstrations and tests."""

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_modules.setdefault("httpx._main", None)
"""httpx's own command line, which it imports with click, rich and pygments where they are installed, and can miss."""
