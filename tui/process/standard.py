"""Import Python's own modules without what is not asked of them here; before all others.

`dataclasses` takes `inspect`, and with it `ast` and `tokenize`, for classes without a docstring; from Python 3.12 on it
asks it for the fields of every class, and gets it then. `datetime` of Python 3.11 is written twice, in C and in Python,
of which the first wins: only that is taken.
"""

import sys

from tui.process.later import put_off

if sys.version_info < (3, 12):
    sys.modules.setdefault("datetime", __import__("_datetime"))
with put_off("inspect"):
    import dataclasses  # noqa: F401
