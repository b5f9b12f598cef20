"""What crosses the port to the platforms: errors without what steers a terminal, and what may be sent twice."""

import pytest

from tests.harness.desk.kit import Wire
from tests.harness.desk.world import world
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.gateway import GatewayRefused, GatewayUnknown
from tui.sandbox.faults import Fault


def test_a_foreign_reason_is_kept_harmless_and_short() -> None:
    assert str(GatewayUnknown("busy\x1b[2J" + "x" * 99)) == "busy[2J" + "x" * 56 + "…"
    refused = GatewayRefused("A\x1b1", "no\0")
    assert (refused.code, refused.text) == ("A1", "no")


@pytest.mark.parametrize("method", [PaymentMethod.ALIPAY, PaymentMethod.UNIONPAY])
def test_only_what_asks_may_reach_a_platform_twice(method: PaymentMethod, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[tuple[bool, bool]] = set()
    post = Wire.post

    def noted(self: Wire, url: str, form: str, limit: int = 1 << 25, *, asks: bool) -> bytes:
        queries = ".query" in url or "txnType=00" in form or "txnType=76" in form
        seen.add((queries, asks))
        return post(self, url, form, limit, asks=asks)

    monkeypatch.setattr(Wire, "post", noted)
    with world() as town:
        town.ca.refuses = True
        town.pay(method)
        assert town.phone()
        town.arm(method, Fault.NOTICE_DROPPED)
        town.query()
        town.quiet()
    assert seen == {(True, True), (False, False)}
