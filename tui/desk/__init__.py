"""The renewal service: accounts, prices, applications, payments, issuing, invoices and messages."""

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_modules.setdefault("httpx._main", None)
"""httpx's own command line, which it imports with click, rich and pygments where they are installed, and can miss."""
