"""The commands: one table, their exit codes, and what they print.

They begin with Python's own modules, and without what these would import in vain.
"""

import tui.process.standard  # noqa: F401
from tui.process.later import put_off

with put_off("ipaddress"):  # for hosts in brackets; up to Python 3.12 `pathlib` brings `urllib`
    import urllib.parse  # noqa: F401
