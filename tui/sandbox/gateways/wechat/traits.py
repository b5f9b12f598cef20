"""What can be told of this platform without starting it."""

from tui.sandbox.faults import Fault

CODE = "weixin://wxpay/bizpayurl?"
"""What its payment codes begin with."""
CANNOT = frozenset({Fault.ESCAPED_SLASH, Fault.WRONG_CHAIN, Fault.A6, Fault.CANCEL_REFUNDS, Fault.CANCEL_RETRY})
"""Faults for which its protocol has no place."""
