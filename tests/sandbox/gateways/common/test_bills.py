"""Daily bills of both payment stand-ins, read as published parsers read the real ones."""

import base64
import csv
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest

from tests.harness.gateways import plain
from tests.harness.gateways.callers import NUMBER, AlipayCaller, Caller, UnionPayCaller
from tests.harness.gateways.served import Clock
from tui.core.beijing import BEIJING
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.alipay.bill import COLUMNS
from tui.sandbox.gateways.alipay.download import LATE

BILL = "alipay.data.dataservice.bill.downloadurl.query"
WIDTHS = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32),
    *(13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
)
"""UnionPay's own demo reads a ZM line by these."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a reconciliation compares."""

    order: str
    refund: str
    fen: int


def day(clock: Clock, form: str) -> str:
    return clock.now.astimezone(BEIJING).strftime(form)


def address(alipay: AlipayCaller, date: str, kind: str = "trade") -> dict[str, str]:
    return alipay.ask(BILL, {"bill_type": kind, "bill_date": date})


def unpacked(content: bytes) -> dict[str, str]:
    """The files of Alipay's zip; names are GBK, which zipfile takes for CP437."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            info.filename.encode("cp437").decode("gbk"): archive.read(info).decode("gbk") for info in archive.filelist
        }


def details(alipay: AlipayCaller, date: str) -> list[str]:
    content = plain.get(address(alipay, date)["bill_download_url"]).content
    return next(text for name, text in unpacked(content).items() if name.endswith("_业务明细.csv")).splitlines()


def alipay_lines(alipay: AlipayCaller, date: str) -> list[Line]:
    """By the columns' names, as far as the line that ends the list."""
    rows = details(alipay, date)
    begin = next(at for at, row in enumerate(rows) if row.startswith("#---") and row.rstrip("-").endswith("列表"))
    end = next(at for at, row in enumerate(rows) if "业务明细列表结束" in row)
    found = []
    for row in csv.DictReader(rows[begin + 1 : end]):
        fen = round(float(row["商家实收（元）"]) * 100)
        assert (fen < 0) == (row["业务类型"].strip() == "退款")
        found.append(Line(row["商户订单号"].strip(), row["退款批次号/请求号"].strip(), fen))
    return found


def zm_file(unionpay: UnionPayCaller, date: str, fields: dict[str, str] | None = None) -> dict[str, str]:
    asked = {"settleDate": date, "fileType": "00"} | (fields or {})
    return unionpay.ask("/", ("76", "01"), asked)


def zm_lines(answer: dict[str, str]) -> list[list[str]]:
    with zipfile.ZipFile(BytesIO(zlib.decompress(base64.b64decode(answer["fileContent"])))) as archive:
        (name,) = (name for name in archive.namelist() if "ZM_" in name)
        text = archive.read(name).decode("gbk")
    cut = []
    for line in text.splitlines():
        assert len(line) == sum(WIDTHS) + len(WIDTHS) - 1
        left, values = 0, []
        for width in WIDTHS:
            values.append(line[left : left + width].strip())
            assert line[left + width : left + width + 1] in {" ", ""}
            left += width + 1
        cut.append(values)
    return cut


def unionpay_lines(unionpay: UnionPayCaller, date: str) -> list[Line]:
    found = []
    for values in zm_lines(zm_file(unionpay, date)):
        back = values[19] in {"04", "31"}
        fen = int(values[6])
        assert values[16] == f"{'D' if back else 'C'}{fen:012d}"
        found.append(Line(values[40] or values[11], values[11] if back else "", -fen if back else fen))
    return found


def lines(caller: Caller, clock: Clock) -> list[Line]:
    """Yesterday's bill."""
    clock.forward(timedelta(days=-1))
    yesterday = day(clock, "%Y-%m-%d"), day(clock, "%m%d")
    clock.forward(timedelta(days=1))
    if isinstance(caller, AlipayCaller):
        return alipay_lines(caller, yesterday[0])
    return unionpay_lines(caller, yesterday[1])


@pytest.fixture
def traded(caller: Caller, clock: Clock) -> Caller:
    """Yesterday at ten: one paid and partly refunded, one paid, one never paid; today another."""
    clock.now = clock.now.astimezone(BEIJING).replace(hour=10)
    caller.platform.pay(caller.precreate())
    caller.refund(2000, "R202611220001")
    caller.platform.pay(caller.precreate("K202611220002"))
    caller.precreate("K202611220003")
    clock.forward(timedelta(days=1))
    caller.platform.pay(caller.precreate("K202611220004"))
    return caller


WHOLE = [Line(NUMBER, "", 8880), Line(NUMBER, "R202611220001", -2000), Line("K202611220002", "", 8880)]


def test_a_bill_has_the_days_money_and_nothing_else(traded: Caller, clock: Clock) -> None:
    assert lines(traded, clock) == WHOLE


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.BILL_MISSING, WHOLE[1:]),
        (Fault.BILL_AMOUNT, [Line(NUMBER, "", 8881), *WHOLE[1:]]),
    ],
)
def test_a_bill_that_differs_once(traded: Caller, clock: Clock, fault: Fault, expected: list[Line]) -> None:
    traded.platform.faults.arm(fault)
    assert [lines(traded, clock) for _ in range(2)] == [expected, WHOLE]


def test_an_entry_that_nobody_knows(traded: Caller, clock: Clock) -> None:
    traded.platform.faults.arm(Fault.BILL_EXTRA)
    (extra,) = set(lines(traded, clock)) - set(WHOLE)
    assert extra.fen == 100
    assert traded.platform.trade(extra.order) is None


def test_alipay_frames_its_bill_with_lines_of_its_own(alipay: AlipayCaller, clock: Clock) -> None:
    clock.now = clock.now.astimezone(BEIJING).replace(year=2026, month=11, day=22, hour=10, minute=0, second=0)
    alipay.platform.pay(alipay.precreate())
    alipay.refund(2000)
    clock.forward(timedelta(days=1))
    rows = details(alipay, "2026-11-22")
    assert rows[:5] == [
        "#支付宝业务明细查询",
        "#账号：[20880001000000010156]",
        "#起始日期：[2026年11月22日 00:00:00]   终止日期：[2026年11月23日 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        ",".join(COLUMNS),
    ]
    trade = alipay.platform.trade(NUMBER)
    assert trade
    blank, zeros = "\t,\t,\t,\t", "0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00"
    for row, kind, yuan, batch in zip(rows[5:7], ("交易", "退款"), ("88.80", "-20.00"), ("", "R1"), strict=True):
        assert row == (
            f"{trade.platform_no}\t,{NUMBER}\t,{kind}\t,一年续期,2026-11-22 10:00:00,2026-11-22 10:00:00,{blank},"
            f"**三(138******01)\t,{yuan},{yuan},{zeros},{batch}\t,0.00,0.00,"
        )
    assert rows[7:] == [
        "#-----------------------------------------业务明细列表结束------------------------------------",
        "#交易合计：1笔，商家实收共88.80元，商家优惠共0.00元",
        "#退款合计：1笔，商家实收退款共-20.00元，商家优惠退款共0.00元",
        "#导出时间：[2026年11月23日 10:00:00]",
    ]
    content = plain.get(address(alipay, "2026-11-22")["bill_download_url"]).content
    assert [*unpacked(content)] == [
        "20880001000000010156_20261122_业务明细.csv",
        "20880001000000010156_20261122_业务明细(汇总).csv",
    ]


def test_alipay_gives_no_bill_before_the_day_is_over_or_without_trades(alipay: AlipayCaller, clock: Clock) -> None:
    alipay.platform.pay(alipay.precreate())
    today = day(clock, "%Y-%m-%d")
    for date, kind in ((today, "trade"), ("2026-11", "trade"), ("yesterday", "trade"), ("2026-01-01", "signcustomer")):
        assert address(alipay, date, kind)["sub_code"] == "invalid_arguments"
    assert address(alipay, "2020-01-01")["sub_code"] == "isp.bill_not_exist"
    alipay.platform.faults.arm(Fault.BILL_TODAY)
    assert alipay_lines(alipay, today) == [Line(NUMBER, "", 8880)]
    clock.forward(timedelta(days=1))
    alipay.platform.faults.arm(Fault.BILL_NONE)
    assert address(alipay, today)["sub_code"] == "isp.bill_not_exist"
    assert alipay_lines(alipay, today) == [Line(NUMBER, "", 8880)]


def test_alipays_address_lives_for_half_a_minute(alipay: AlipayCaller, clock: Clock) -> None:
    alipay.platform.pay(alipay.precreate())
    date = day(clock, "%Y-%m-%d")
    clock.forward(timedelta(days=1))
    url = address(alipay, date)["bill_download_url"]
    assert url.startswith(f"{alipay.base}/downloadBillFile.resource?bizType=trade&userId=20880001000000010156&")
    clock.forward(timedelta(seconds=31))
    assert plain.get(url).text == LATE
    assert plain.get(f"{alipay.base}/downloadBillFile.resource?token=0").text == LATE


def test_unionpay_names_original_and_refund(unionpay: UnionPayCaller, clock: Clock) -> None:
    clock.now = clock.now.astimezone(BEIJING).replace(year=2026, month=11, day=22, hour=10, minute=0, second=7)
    unionpay.platform.pay(unionpay.precreate())
    unionpay.refund(2000)
    trade = unionpay.platform.trade(NUMBER)
    assert trade
    clock.forward(timedelta(days=1))
    answer = zm_file(unionpay, "1122")
    mer_id = answer["merId"]
    assert answer["fileName"] == f"{mer_id}_20261122.zip"
    paid, back = zm_lines(answer)
    assert (paid[3:5], paid[6], paid[9], paid[11]) == (
        ["100007", "1122100007"],
        "000000008880",
        trade.platform_no,
        NUMBER,
    )
    assert (paid[19:22], paid[26:28], paid[40]) == (["01", "07", "000000"], ["", mer_id], "")
    assert (back[6], back[9], back[11]) == ("000000002000", trade.refunds[0].platform_no, "R202611220001")
    assert (back[13:15], back[19:21], back[26], back[40]) == (
        ["100007", "1122100007"],
        ["04", "00"],
        trade.platform_no,
        NUMBER,
    )
    with zipfile.ZipFile(BytesIO(zlib.decompress(base64.b64decode(answer["fileContent"])))) as archive:
        assert archive.namelist() == [f"INN26112288ZM_{mer_id}", f"INN26112288ZME_{mer_id}"]


def test_unionpay_has_no_file_before_the_day_is_over_or_without_trades(unionpay: UnionPayCaller, clock: Clock) -> None:
    unionpay.platform.pay(unionpay.precreate())
    today = day(clock, "%m%d")
    assert zm_file(unionpay, today)["respCode"] == "98"
    unionpay.platform.faults.arm(Fault.BILL_TODAY)
    assert unionpay_lines(unionpay, today) == [Line(NUMBER, "", 8880)]
    clock.forward(timedelta(days=1))
    unionpay.platform.faults.arm(Fault.BILL_NONE)
    assert zm_file(unionpay, today)["respCode"] == "98"
    assert unionpay_lines(unionpay, today) == [Line(NUMBER, "", 8880)]
    assert zm_file(unionpay, "1301")["respCode"] == "10"
    assert zm_file(unionpay, today, {"fileType": "99"})["respCode"] == "10"


def test_unionpays_day_has_no_year_and_is_never_to_come(unionpay: UnionPayCaller, clock: Clock) -> None:
    clock.now = clock.now.astimezone(BEIJING).replace(year=2026, month=12, day=31, hour=10)
    unionpay.platform.pay(unionpay.precreate())
    clock.forward(timedelta(days=1))
    assert unionpay_lines(unionpay, "1231") == [Line(NUMBER, "", 8880)]
