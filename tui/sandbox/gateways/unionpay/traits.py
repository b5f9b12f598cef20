"""What can be told of this platform without starting it."""

from tui.sandbox.faults import Fault

CODE = "https://qr.95516.com/"
"""What its payment codes begin with."""
CANNOT = frozenset({Fault.ESCAPED_SLASH, Fault.CANCEL_REFUNDS, Fault.CANCEL_RETRY})
"""Faults for which its protocol has no place."""
