"""The desk's WeChat Pay adapter and the stand-in over HTTP: paid, told, given back; silence and lost connections."""

import queue
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.harness.gateways.served import Clock, attempt, served
from tui.core.beijing import BEIJING
from tui.desk.payments.gateway import (
    GatewayMisconfigured,
    GatewayUnknown,
    NoticeKind,
    Refund,
    RefundState,
    TradeState,
)
from tui.desk.platforms.wechat.gateway import Wechat
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.common.http import Call, Reply, Service
from tui.sandbox.gateways.wechat.gateway import WechatSandbox
from tui.sandbox.gateways.wechat.keys import make_keys, wechat_settings


@dataclass
class Town:
    """Both sides, and the address of the desk's notices."""

    gateway: Wechat
    platform: WechatSandbox
    clock: Clock
    directory: Path
    base: str
    notify_url: str = ""
    arrived: "queue.Queue[Call]" = field(default_factory=queue.Queue)
    statuses: list[HTTPStatus] = field(default_factory=list)

    def take(self, call: Call) -> Reply:
        """One notice; refused as often as `statuses` says."""
        self.arrived.put(call)
        return Reply(b"", self.statuses.pop(0) if self.statuses else HTTPStatus.OK)


@pytest.fixture
def town(tmp_path: Path, clock: Clock) -> Iterator[Town]:
    directory = tmp_path / "wechat"
    make_keys(directory)
    platform = WechatSandbox(directory, time_scale=0.0001, clock=clock)
    with served(platform) as base:
        made = Town(Wechat(wechat_settings(directory, base), clock), platform, clock, directory, base)
        with served(Service({("POST", "/notify/wechat"): made.take})) as address:
            made.notify_url = f"{address}/notify/wechat"
            yield made
            platform.close()


def test_paid_told_until_it_is_taken_and_given_back(town: Town) -> None:
    asked = attempt(town.clock, town.notify_url)
    town.statuses = [HTTPStatus.INTERNAL_SERVER_ERROR]
    code = town.gateway.start(asked)
    assert town.gateway.query(asked).state is TradeState.NOT_SCANNED
    town.platform.pay(code.qr)
    refused, taken = (town.arrived.get(timeout=10) for _ in range(2))
    assert refused.body == taken.body
    assert refused.header("wechatpay-nonce") != taken.header("wechatpay-nonce"), "signed anew"
    told = town.gateway.read_notice(taken.body, town.notify_url, taken.headers)
    assert told.outcome == town.gateway.query(asked)
    back = Refund(
        "RFK202611220001", asked, told.outcome.platform_no or "", asked.amount_fen, "续期失败", town.clock.now
    )
    assert town.gateway.refund(back).state is RefundState.DONE
    notice = town.arrived.get(timeout=10)
    assert town.gateway.read_notice(notice.body, "", notice.headers).kind is NoticeKind.REFUND
    day = town.clock.now.astimezone(BEIJING).date()
    town.clock.forward(timedelta(days=1))
    bill = town.gateway.bill(day)
    assert bill
    assert [line.refund_no for line in bill.lines] == ["", back.number]


def test_silence_and_a_lost_connection_are_unknown(town: Town) -> None:
    asked = attempt(town.clock, town.notify_url)
    for fault in (Fault.RESET, Fault.PRECREATE_TIMEOUT):
        town.platform.faults.arm(fault)
        with pytest.raises(GatewayUnknown):
            town.gateway.start(asked)
    assert town.gateway.start(asked).qr, "asked once more it is the same order"


def test_a_request_that_is_not_the_merchants_is_not_carried_out(town: Town, tmp_path: Path) -> None:
    make_keys(tmp_path / "other")
    asked = attempt(town.clock, town.notify_url)
    strangers = wechat_settings(tmp_path / "other", town.base)
    with pytest.raises(GatewayMisconfigured, match="SIGN_ERROR"):
        Wechat(strangers, town.clock).start(asked)
    late = Clock()
    late.now = town.clock.now - timedelta(minutes=6)
    with pytest.raises(GatewayMisconfigured, match="SIGN_ERROR"):
        Wechat(wechat_settings(town.directory, town.base), late).query(replace(asked, number="K202611229999"))
    assert town.platform.trade(asked.number) is None
