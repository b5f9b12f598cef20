"""The commands: one table, their exit codes, and what they print.

They begin with Python's own modules, and without what these would import in vain.
"""

import tui.process.standard  # noqa: F401
from tui.process.later import put_off

with put_off("ipaddress"):  # `urllib` takes it, for URLs
    import pathlib  # noqa: F401
