"""Notices as they are posted: what each one tells, however it was written down, and what tells nothing."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.harness.gateways.served import Clock
from tui.desk.crypto.rsa_keys import load_private, sign
from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine, NoticeKind, PaymentNotice, TradeState
from tui.desk.platforms.alipay.gateway import Alipay
from tui.sandbox.gateways.alipay.keys import alipay_settings

NOTICE = {
    "notify_type": "trade_status_sync",
    "charset": "utf-8",
    "out_trade_no": "K202611220001",
    "trade_no": "2026",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "88.80",
    "gmt_payment": "2026-11-22 12:00:05",
    "subject": "数字证书续期",
    "seller_email": "a+b@example.cn",
    "body": "",
    "fund_bill_list": '[{"amount":"88.80","fundChannel":"ALIPAYACCOUNT"}]',
}
PAID = (TradeState.PAID, 8880, "2026-11-22T04:00:05+00:00")


class Sender:
    """Alipay, as it posts to this seller."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._settings = alipay_settings(directory, "http://127.0.0.1")
        self._key = load_private((directory / "alipay_private.pem").read_bytes())
        self._desk = Alipay(self._settings, clock)

    def form(self, more: dict[str, str], charset: str = "utf-8", escape: str = "+", bare: bool = False) -> bytes:
        """The signed form; `escape` says how a blank is written, `bare` that the signature is not escaped."""
        fields = {"app_id": self._settings.app_id, "seller_id": self._settings.seller_id, **NOTICE, **more}
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        signature = sign(self._key, text.encode(charset))
        write = quote_plus if escape == "+" else quote
        written = [f"{name}={write(value, encoding=charset)}" for name, value in fields.items()]
        return "&".join([*written, "sign_type=RSA2", f"sign={signature if bare else quote_plus(signature)}"]).encode()

    def read(self, body: bytes) -> PaymentNotice:
        """What the desk reads out of it."""
        return self._desk.read_notice(body, "")


@pytest.fixture
def sender(alipay_directory: Path, clock: Clock) -> Sender:
    return Sender(alipay_directory, clock)


def told(notice: PaymentNotice) -> tuple[TradeState, int | None, str | None]:
    outcome = notice.outcome
    return outcome.state, outcome.paid_fen, outcome.paid_at.isoformat() if outcome.paid_at else None


@pytest.mark.parametrize(
    ("charset", "escape", "bare"),
    [("utf-8", "+", False), ("utf-8", "%20", False), ("gbk", "+", False), ("gbk", "%20", True), ("utf-8", "+", True)],
)
def test_however_it_is_written_down_it_says_the_same(sender: Sender, charset: str, escape: str, bare: bool) -> None:
    for subject in ("数字证书续期", "A+B 100% /x", "A & B"):
        body = sender.form({"charset": charset, "subject": subject}, charset, escape, bare)
        assert told(sender.read(body)) == PAID


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"trade_status": "TRADE_FINISHED"}, PAID),
        ({"trade_status": "WAIT_BUYER_PAY"}, (TradeState.SCANNED, 8880, None)),
        ({"trade_status": "TRADE_CLOSED"}, (TradeState.CLOSED, 8880, None)),
        ({"trade_status": "TRADE_PENDING"}, (TradeState.UNKNOWN, 8880, None)),
        ({"trade_status": "trade_success"}, (TradeState.UNKNOWN, 8880, None)),
        ({"trade_status": ""}, (TradeState.UNKNOWN, 8880, None)),
        ({"total_amount": "0.1"}, (TradeState.PAID, 10, PAID[2])),
        ({"total_amount": "200.0"}, (TradeState.PAID, 20000, PAID[2])),
        ({"total_amount": "200"}, (TradeState.PAID, 20000, PAID[2])),
        ({"total_amount": "00200.00"}, (TradeState.PAID, 20000, PAID[2])),
        ({"total_amount": "100000000.00"}, (TradeState.PAID, 10_000_000_000, PAID[2])),
        ({"gmt_payment": "2026-11-22 12:00:05.123"}, PAID),
        ({"gmt_payment": "2026-11-22 00:00:00"}, (TradeState.PAID, 8880, "2026-11-21T16:00:00+00:00")),
        ({"gmt_payment": ""}, (TradeState.PAID, 8880, None)),
        ({"passback_params": "merchantBizType%3d3C%26x", "new_field": "1", "ext": '{"a":"b&c=d"}'}, PAID),
    ],
    ids=range(15),
)
def test_what_it_tells(sender: Sender, more: dict[str, str], wanted: tuple[TradeState, int | None, str | None]) -> None:
    notice = sender.read(sender.form(more))
    assert (notice.kind, notice.number, told(notice)) == (NoticeKind.PAYMENT, "K202611220001", wanted)


@pytest.mark.parametrize(
    "more",
    [
        *({"total_amount": amount} for amount in ("1e2", "-88.80", "+88.80", " 88.80", "1,088.80", "８８.80", "88.")),
        *({"total_amount": amount} for amount in (".80", "0x58", "NaN", "¥88.80", "88.80元", "88.801", "9999999999")),
        *({"gmt_payment": at} for at in ("2026-11-22T12:00:05", "2026-11-22", "20261122120005", "2026-1-7 1:00:05")),
        *({"gmt_payment": at} for at in ("2026-02-30 12:00:05", "2026-11-22 24:00:00", "0000-00-00 00:00:00")),
        {"trade_no": ""},
        {"app_id": "2021000000000000"},
        {"seller_id": "2088000000000000"},
        {"seller_id": "", "seller_email": "a@example.cn"},
    ],
    ids=str,
)
def test_what_tells_nothing(sender: Sender, more: dict[str, str]) -> None:
    with pytest.raises(AnswerNotGenuine):
        sender.read(sender.form(more))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda body: body.replace(b"88.80", b"0.01"), AnswerNotGenuine),
        (lambda body: body + b"&x=1", AnswerNotGenuine),
        (lambda body: body + b"&total_amount=88.80", AnswerAmbiguous),
        (lambda body: body.split(b"&sign=")[0], AnswerNotGenuine),
        (lambda body: body.split(b"&sign=")[0] + b"&sign=", AnswerNotGenuine),
        (lambda body: body.replace(b"sign=", b"sign=+", 1), AnswerNotGenuine),
        (lambda body: body.replace(b"seller_id=", b"seller_ID=", 1), AnswerNotGenuine),
    ],
    ids=range(7),
)
def test_a_form_that_was_changed_on_its_way(
    sender: Sender, change: Callable[[bytes], bytes], error: type[AnswerNotGenuine]
) -> None:
    with pytest.raises(error):
        sender.read(change(sender.form({})))


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, NoticeKind.PAYMENT),
        ({"refund_fee": "", "out_biz_no": "", "gmt_refund": ""}, NoticeKind.PAYMENT),
        ({"refund_fee": "0.00"}, NoticeKind.PAYMENT),
        ({"refund_fee": "20.00"}, NoticeKind.REFUND),
        ({"refund_fee": "20.00", "out_biz_no": "R1", "gmt_refund": "2026-11-22 12:00:00.123"}, NoticeKind.REFUND),
        ({"refund_fee": "88.80", "out_biz_no": "R1", "trade_status": "TRADE_CLOSED"}, NoticeKind.REFUND),
    ],
    ids=range(6),
)
def test_a_refund_notice_never_looks_like_a_payment(sender: Sender, more: dict[str, str], kind: NoticeKind) -> None:
    notice = sender.read(sender.form(more))
    assert notice.kind is kind
    assert notice.outcome.state is TradeState.PAID


@pytest.mark.parametrize(("named", "number"), [({"out_biz_no": "R1"}, "R1"), ({}, "K1")])
def test_a_refund_without_a_number_of_its_own_goes_by_the_trades(
    sender: Sender, named: dict[str, str], number: str
) -> None:
    notice = sender.read(sender.form({"refund_fee": "20.00", "out_trade_no": "K1", **named}))
    assert (notice.kind, notice.number) == (NoticeKind.REFUND, number)
