"""Alipay's daily bill as zips hold it: several lists, copies, folders, and what a Mac puts beside them."""

import io
import zipfile

import pytest

from tui.desk.payments.bill import Bill, BillLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.alipay.bill import read_bill

SELLER, ANOTHER = "2088000100000001", "2088000100000002"
COLUMNS = "商户订单号,业务类型,商品名称,订单金额（元）,退款批次号/请求号"
FRAME = "#-----业务明细列表----"
END = "#-----业务明细列表结束----"
FOOT = "#交易合计：1笔，商家实收共1.00元，商家优惠共0.00元"
SUMMARY = (
    "#账号：[20880001000000010156]\r\n#-----业务汇总列表----\r\n门店编号\r\n合计\r\n#-----业务汇总列表结束----\r\n"
)
OURS, ALSO = BillLine("K1", "", 100), BillLine("K2", "", 200)
TRADE, FURTHER = "K1\t,交易\t,章,1.00,\t", "K2\t,交易\t,章,2.00,\t"


def bill(*rows: str, seller: str = SELLER, charset: str = "gb18030", ends: str = "\r\n") -> bytes:
    """One list of trades."""
    lines = "#支付宝业务明细查询", f"#账号：[{seller}0156]", FRAME, COLUMNS, *rows, END, FOOT, ""
    return ends.join(lines).encode(charset)


def found(files: dict[str, bytes]) -> Bill:
    """What is read of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return read_bill(packed.getvalue(), SELLER)


def test_every_list_of_ours_is_read_and_the_summary_is_none() -> None:
    both = found({"汇总.csv": SUMMARY.encode("gb18030"), "1.csv": bill(TRADE), "2.csv": bill(FURTHER, "x")})
    assert both.lines == (OURS, ALSO)
    assert [one.line for one in both.odd] == [6]


def test_a_list_of_another_account_beside_ours_is_passed_over() -> None:
    assert found({"1.csv": bill("K9,交易,章,9.00,", seller=ANOTHER), "2.csv": bill(TRADE)}).lines == (OURS,)
    assert found({"1.csv": bill(seller=ANOTHER)[:-90], "2.csv": bill(TRADE)}).lines == (OURS,)
    with pytest.raises(AnswerNotGenuine, match="another account"):
        found({"1.csv": bill(TRADE, seller=ANOTHER)})


def test_a_copy_counts_once_and_folders_and_what_a_mac_adds_not_at_all() -> None:
    files = {
        "bill/": b"",
        "bill/20880_业务明细.csv": bill(TRADE),
        "bill/20880_业务明细 2.csv": bill(TRADE),
        "__MACOSX/bill/._20880_业务明细.csv": b"\0\5\x16\7\0\2\0\0Mac OS X        ",
        "bill/.DS_Store": b"\0\0\0\1Bud1",
    }
    assert found(files).lines == (OURS,)


def test_one_list_in_two_charsets_counts_once() -> None:
    named = TRADE.replace("章", "章\U0001f600")
    copies = {
        "1.csv": bill(TRADE.replace("章", "章?"), "x"),
        "utf8/1.csv": bill(named, "x", charset="utf-8-sig", ends="\n"),
        "utf8/2.csv": bill(named, "x", charset="utf-8").rstrip(b"\r\n"),
    }
    both = found(copies)
    assert both.lines == (OURS,)
    assert [one.line for one in both.odd] == [6]


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_either_charset_and_line_end(charset: str, ends: str) -> None:
    rows = 'K1\t,交易\t,"章, 两枚",1.00,\t', "K2,交易,章,2.00,"
    assert found({"1.csv": bill(*rows, charset=charset, ends=ends)}) == Bill((OURS, ALSO))


def test_a_day_without_trades_has_no_lines() -> None:
    assert found({"1.csv": bill()}) == Bill(())


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "no list"),
        ({"汇总.csv": SUMMARY.encode("gb18030")}, "no list"),
        ({"1.csv": bill(TRADE), "2.csv": bill(FURTHER).split(b"K2")[0]}, "cut off"),
        ({"1.csv": bill(TRADE), "2.csv": bill(FURTHER).replace("业务类型".encode("gb18030"), b"x")}, "0 columns"),
    ],
)
def test_of_what_is_not_whole_nothing_is_read(files: dict[str, bytes], why: str) -> None:
    with pytest.raises(AnswerNotGenuine, match=why):
        found(files)
