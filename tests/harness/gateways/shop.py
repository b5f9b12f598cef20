"""A merchant's shop at one platform of the sandbox, as the desk's adapter for it sees both."""

from dataclasses import dataclass

from tests.harness.gateways.served import Clock, Merchant, attempt
from tui.desk.payments.gateway import PaymentGateway, Refund
from tui.sandbox.gateways.common.platform import PaymentSandbox


@dataclass
class Shop:
    """Everything one test needs."""

    platform: PaymentSandbox
    gateway: PaymentGateway
    merchant: Merchant
    notify_url: str
    base: str


def refund_of(clock: Clock, shop: Shop, fen: int, number: str = "R202611220001") -> Refund:
    """So much of the one attempt, which was paid."""
    asked = attempt(clock, shop.notify_url)
    return Refund(number, asked, shop.gateway.query(asked).platform_no or "", fen, "重复支付", clock.now)
