"""What both payment stand-ins do wrong on command: notices, connections, money, and how it is commanded."""

import logging
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from tests.harness.gateways import plain
from tests.harness.gateways.callers import NUMBER, AlipayCaller, Caller, UnionPayCaller
from tests.harness.gateways.served import Clock, Merchant, served
from tui.core.exits import Exit
from tui.sandbox import commands
from tui.sandbox.faults import ABOUT, CHANNELS, Fault, Faults, Played, only
from tui.sandbox.files import SERVICES, Addresses
from tui.sandbox.gateways.alipay.certificates import ROOT_CERTIFICATES
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.common.control import SandboxRefused
from tui.sandbox.gateways.common.http import Call, Fate, Reply
from tui.sandbox.gateways.common.ledger import Stage

PAID = {"TRADE_SUCCESS", "00"}
NOT_FOUND = {"ACQ.TRADE_NOT_EXIST", "34"}


def number_in(notice: bytes) -> str:
    fields = parse_qs(notice.decode())
    return (fields.get("out_trade_no") or fields["orderId"])[0]


def stage(caller: Caller, number: str = NUMBER) -> Stage | None:
    trade = caller.platform.trade(number)
    return trade.stage if trade else None


def test_every_fault_is_described_and_has_a_platform() -> None:
    assert list(ABOUT) == list(Fault)
    assert all(" / " in about and about.isprintable() for about in ABOUT.values())
    assert {channel for able in only().values() for channel in able} == set(CHANNELS)


def test_a_fault_is_played_as_often_as_it_was_armed_for() -> None:
    faults = Faults("alipay")
    assert not faults.take(Fault.RESET)
    faults.arm(Fault.RESET, 2)
    faults.arm(Fault.CANCEL_RETRY)
    assert faults.armed() == {Fault.RESET: 2, Fault.CANCEL_RETRY: 1}
    assert [faults.take(Fault.RESET, "K1") for _ in range(3)] == [True, True, False]
    assert faults.played == [Played(Fault.RESET, "K1")] * 2
    faults.clear()
    assert faults.armed() == {}


@pytest.mark.parametrize(("fault", "count"), [(Fault.A6, 1), (Fault.RESET, 0)])
def test_what_a_platform_cannot_play_is_not_armed(fault: Fault, count: int) -> None:
    with pytest.raises(ValueError, match="cannot play"):
        Faults("alipay").arm(fault, count)


def test_faults_are_commanded_over_loopback(caller: Caller) -> None:
    address = f"{caller.base}/sandbox/faults"
    assert plain.post(address, json={"name": "reset", "count": 3}).json() == {"reset": 3}
    assert plain.post(address, json={"name": "paid-late"}).json() == {"reset": 3, "paid-late": 1}
    assert plain.get(address).json() == {"reset": 3, "paid-late": 1}
    strange = next(name for name, able in only().items() if caller.platform.faults._channel not in able)
    for refused in ({"name": "nonsense"}, {"name": strange}, {"name": "reset", "count": 0}, {"title": "reset"}):
        answer = plain.post(address, json=refused)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert plain.post(address, json={"name": "clear"}).json() == {}
    assert caller.platform.faults.armed() == {}


def test_a_dropped_notice_never_comes(caller: Caller, merchant: Merchant) -> None:
    caller.platform.faults.arm(Fault.NOTICE_DROPPED)
    qr, other = caller.precreate(), caller.precreate("K202611220002")
    assert caller.platform.pay(qr).faults == (Fault.NOTICE_DROPPED,)
    assert caller.platform.pay(other).faults == ()
    assert number_in(merchant.next()) == "K202611220002"
    assert caller.query() in PAID
    caller.platform.close()
    assert merchant.arrived.empty()


def test_a_doubled_notice_comes_twice_although_confirmed(caller: Caller, merchant: Merchant) -> None:
    caller.platform.faults.arm(Fault.NOTICE_DOUBLED)
    caller.platform.pay(caller.precreate())
    assert merchant.next() == merchant.next()


def test_a_lost_confirmation_brings_the_same_notice_again(caller: Caller, merchant: Merchant) -> None:
    caller.platform.faults.arm(Fault.NOTICE_RESENT, 2)
    caller.platform.pay(caller.precreate())
    assert len({merchant.next() for _ in range(3)}) == 1
    caller.platform.close()
    assert merchant.arrived.empty()


def test_a_notice_comes_before_the_answer_to_precreate(caller: Caller, merchant: Merchant) -> None:
    caller.platform.faults.arm(Fault.NOTICE_EARLY)
    caller.precreate()
    assert number_in(merchant.arrived.get_nowait()) == NUMBER
    assert caller.query() in PAID


def test_a_late_notice_waits_for_the_end_of_the_code(caller: Caller, merchant: Merchant, clock: Clock) -> None:
    caller.platform.faults.arm(Fault.NOTICE_LATE)
    caller.platform.pay(caller.precreate())
    assert caller.query() in PAID
    assert merchant.arrived.empty()
    clock.forward(timedelta(minutes=5))
    caller.query("K202611229999")
    assert number_in(merchant.next()) == NUMBER


def test_a_reset_connection_did_nothing(caller: Caller) -> None:
    caller.platform.faults.arm(Fault.RESET)
    host, port = urlsplit(caller.base).hostname, urlsplit(caller.base).port
    path = "/gateway.do?method=alipay.trade.query"
    if isinstance(caller, UnionPayCaller):
        path = "/gateway/api/queryTrans.do?txnType=00&txnSubType=00"
    with socket.create_connection((host or "", port or 0), 5) as bare:
        bare.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            bare.recv(1)
    caller.platform.faults.arm(Fault.RESET)
    with pytest.raises(httpx.TransportError):
        caller.precreate()
    assert stage(caller) is None


def test_precreate_is_done_but_never_answered(caller: Caller) -> None:
    caller.platform.faults.arm(Fault.PRECREATE_TIMEOUT)
    with pytest.raises(httpx.TransportError):
        caller.precreate()
    assert stage(caller) is Stage.OPEN


def test_refund_is_done_but_never_answered(caller: Caller) -> None:
    caller.platform.pay(caller.precreate())
    caller.platform.faults.arm(Fault.REFUND_TIMEOUT)
    with pytest.raises(httpx.TransportError):
        caller.refund()
    assert stage(caller) is Stage.CLOSED


def test_a_query_is_never_answered(caller: Caller) -> None:
    caller.platform.faults.arm(Fault.QUERY_TIMEOUT)
    with pytest.raises(httpx.TransportError):
        caller.query()
    assert caller.query() in NOT_FOUND


def test_a_silent_platform_keeps_the_connection_until_the_caller_leaves(
    alipay_directory: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    platform = AlipaySandbox(alipay_directory, clock=clock)
    with served(platform) as base:
        platform.faults.arm(Fault.QUERY_TIMEOUT)
        with pytest.raises(httpx.ReadTimeout):
            plain.get(f"{base}/gateway.do?method=alipay.trade.query", timeout=0.2)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_trade_that_exists_is_not_found_once(caller: Caller) -> None:
    caller.platform.faults.arm(Fault.NO_SUCH_TRADE)
    qr = caller.precreate()
    assert caller.query() in NOT_FOUND
    caller.platform.pay(qr)
    assert caller.query() in NOT_FOUND
    assert caller.query() in PAID


def test_the_end_of_a_code_passes_just_before_a_query(caller: Caller) -> None:
    qr = caller.precreate()
    caller.platform.scan(qr)
    caller.platform.faults.arm(Fault.TIME_JUMP)
    assert caller.query() in {"TRADE_CLOSED", "01"}
    with pytest.raises(SandboxRefused, match="expired"):
        caller.platform.pay(qr)


def test_another_amount_is_paid(caller: Caller) -> None:
    caller.platform.faults.arm(Fault.WRONG_AMOUNT)
    assert caller.platform.pay(caller.precreate()).amount_fen == 1
    trade = caller.platform.trade(NUMBER)
    assert trade
    assert (trade.amount_fen, trade.stage) == (1, Stage.PAID)


@pytest.mark.parametrize("scanned", [False, True])
def test_a_code_is_paid_after_its_end(caller: Caller, clock: Clock, scanned: bool) -> None:
    qr = caller.precreate()
    asked = clock.now
    if scanned:
        caller.platform.scan(qr)
    clock.forward(timedelta(minutes=6))
    with pytest.raises(SandboxRefused, match="expired"):
        caller.platform.pay(qr)
    caller.platform.faults.arm(Fault.PAID_LATE)
    assert caller.platform.pay(qr).faults == (Fault.PAID_LATE,)
    clock.now = asked
    assert caller.query() in PAID
    with pytest.raises(SandboxRefused, match="already_paid"):
        caller.platform.pay(qr)


def test_the_earlier_code_for_the_same_thing_is_paid_too(caller: Caller, merchant: Merchant, clock: Clock) -> None:
    caller.precreate()
    clock.forward(timedelta(minutes=6))
    caller.platform.faults.arm(Fault.PAID_TWICE)
    caller.platform.pay(caller.precreate("K202611220002"))
    assert [number_in(merchant.next()) for _ in range(2)] == ["K202611220002", NUMBER]
    assert [stage(caller, number) for number in (NUMBER, "K202611220002")] == [Stage.PAID] * 2


def test_a_refund_is_refused_once(caller: Caller) -> None:
    caller.platform.pay(caller.precreate())
    caller.platform.faults.arm(Fault.REFUND_REFUSED)
    refused = caller.refund()
    assert (refused.get("sub_code") or refused["respCode"]) in {"ACQ.SELLER_BALANCE_NOT_ENOUGH", "64"}
    assert stage(caller) is Stage.PAID
    caller.refund()
    assert stage(caller) is Stage.CLOSED


def phone_of(caller: Caller, folder: Path) -> None:
    """Make `folder` a sandbox whose platforms are all this caller's."""
    trusted = next(path for path in caller.directory.iterdir() if path.name in {"bundle.pem", ROOT_CERTIFICATES})
    everywhere = dict.fromkeys(SERVICES, caller.base)
    addresses = Addresses(**everywhere, ca_file=str(trusted), account="supplier01")
    (folder / "sandbox.json").write_bytes(msgspec.json.encode(addresses))


def test_the_phone_says_in_two_languages_why_it_does_not_pay(
    caller: Caller, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone_of(caller, tmp_path)
    paid, late = caller.precreate(), caller.precreate("K202611220002")
    caller.platform.pay(paid)
    clock.forward(timedelta(minutes=6))
    codes = {paid: "already_paid", late: "expired", f"{late}0": "unknown_qr", "https://example.com/": ""}
    for qr, code in codes.items():
        assert commands.pay(tmp_path, qr=qr) == Exit.PAYMENT
        said = capsys.readouterr().err
        assert (code in said, said.count(" / ")) == (True, 2)


def test_a_fault_that_a_platform_does_not_take_is_told_in_two_languages(
    caller: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone_of(caller, tmp_path)
    assert commands.fault(tmp_path, "reset", count=0) == Exit.PAYMENT
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("没有设好 / not armed: "), "bad_request" in said.err) == ("", True, True)


def test_the_phone_says_what_went_wrong(caller: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    phone_of(caller, tmp_path)
    channel = "alipay" if isinstance(caller, AlipayCaller) else "unionpay"
    assert commands.fault(tmp_path, "wrong-amount", channel=channel) == 0
    assert commands.pay(tmp_path, qr=caller.precreate()) == 0
    said = capsys.readouterr()
    assert said.out == f'{{"{channel}":{{"wrong-amount":1}}}}\n'
    assert said.err == f"wrong-amount: {ABOUT[Fault.WRONG_AMOUNT]}\n"


def test_a_platform_driven_by_hand_needs_no_server(alipay_directory: Path, clock: Clock) -> None:
    platform = AlipaySandbox(alipay_directory, clock=clock, by_hand=True)
    caller = AlipayCaller(platform, "", alipay_directory, clock, "http://127.0.0.1:9/notify")

    def ask(method: str, biz: dict[str, object]) -> Reply:
        reply = platform.answer(Call("/gateway.do", "", caller.signed(method, biz)))
        assert reply
        return reply

    platform.faults.arm(Fault.NOTICE_LATE)
    platform.faults.arm(Fault.CANCEL_TIMEOUT)
    ask("alipay.trade.precreate", caller.order())
    trade = platform.trade(NUMBER)
    assert trade
    platform.pay(trade.qr)
    assert platform.pending() == []
    assert ask("alipay.trade.cancel", {"out_trade_no": NUMBER}).fate is Fate.SILENT
    late, refund = platform.pending()
    assert (late.url, number_in(late.body)) == (caller.notify_url, NUMBER)
    for notice in (late, refund):
        platform.confirm(notice)
    assert platform.pending() == []
