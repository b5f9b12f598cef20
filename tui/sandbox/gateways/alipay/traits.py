"""What can be told of this platform without starting it."""

from tui.sandbox.faults import Fault

CODE = "https://qr.alipay.com/"
"""What its payment codes begin with."""
CANNOT = frozenset({Fault.WRONG_CHAIN, Fault.A6, Fault.REFUND_FAILED})
"""Faults for which its protocol has no place."""
