"""The stand-ins of the payment platforms, found by the platforms' names."""

from importlib import import_module

from tui.core.payment_method import PaymentMethod
from tui.sandbox.gateways.common.counterpart import Counterpart


def counterpart(method: PaymentMethod) -> Counterpart:
    """The platform's own, from its folder."""
    found: Counterpart = import_module(f"tui.sandbox.gateways.{method.value}.counterpart").COUNTERPART
    return found
