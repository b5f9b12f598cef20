"""Times as UnionPay tells them: without a year, by a clock that is not ours."""

from pathlib import Path

import pytest

from tests.harness.gateways.served import Clock
from tui.desk.platforms.common.units import COMPACT, DASHED, from_beijing, to_beijing
from tui.desk.platforms.unionpay.gateway import UnionPay
from tui.sandbox.gateways.unionpay.keys import unionpay_settings
from tui.sandbox.gateways.unionpay.speaker import UnionPaySpeaker


@pytest.mark.parametrize(
    ("began", "trace", "paid"),
    [
        ("2027-12-31 23:59:50", "0101000010", "2028-01-01 00:00:10"),
        ("2028-01-01 00:00:05", "1231235955", "2027-12-31 23:59:55"),  # by the platform's clock, which is behind
        ("2027-12-31 12:00:00", "1231120010", "2027-12-31 12:00:10"),
        ("2028-02-29 12:00:00", "0229120010", "2028-02-29 12:00:10"),
    ],
)
def test_the_time_of_payment_is_of_the_year_that_puts_it_nearest(
    unionpay_directory: Path, clock: Clock, began: str, trace: str, paid: str
) -> None:
    settings = unionpay_settings(unionpay_directory, "")
    fields = {
        "merId": settings.mer_id,
        "txnType": "01",
        "respCode": "00",
        "orderId": "K202611220001",
        "txnTime": to_beijing(from_beijing(began, DASHED), COMPACT),
        "txnAmt": "8880",
        "currencyCode": "156",
        "queryId": "442611221830050467846",
        "traceTime": trace,
    }
    notice = UnionPay(settings, clock).read_notice(UnionPaySpeaker(unionpay_directory).notice(fields), "https://desk/")
    assert notice.outcome.paid_at == from_beijing(paid, DASHED)
