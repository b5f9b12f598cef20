"""WeChat Pay's trade bill: ours are read, an odd line is counted by itself, what is no bill is refused."""

import pytest

from tui.desk.payments.bill import BillLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.wechat.bill import read_bill
from tui.sandbox.gateways.wechat.bill import COLUMNS, SUMS

MCHID = "1900000109"


def row(**told: str) -> str:
    values = {
        "商户号": MCHID,
        "商户订单号": "SHOP1",
        "交易状态": "SUCCESS",
        "订单金额": "200.00",
        "商户退款单号": "0",
    } | told
    return ",".join(f"`{values.get(name, '')}" for name in COLUMNS)


def bill(*rows: str) -> bytes:
    return "\r\n".join(["\ufeff" + ",".join(COLUMNS), *rows, ",".join(SUMS), "`1,`200.00"]).encode()


def test_payments_and_refunds_are_read() -> None:
    back = {"交易状态": "REFUND", "商户退款单号": "RF1", "申请退款金额": "0.01"}
    found = read_bill(
        bill(row(商品名称="甲,乙"), row(**back, 退款状态="PROCESSING"), row(**back, 退款状态="FAIL")), MCHID
    )
    assert found.lines == (BillLine("SHOP1", "", 20000), BillLine("SHOP1", "RF1", 1))
    assert [line.line for line in found.lines] == [2, 3]
    assert not found.odd, "a refund that failed moved nothing"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (row(商户号="1900000001"), "another merchant"),
        (row(交易状态="REVOKED"), "another kind"),
        (row(订单金额="二百"), "no amount"),
        (row(商户订单号=""), "no number"),
        (row(商户订单号="S" * 33), "no number"),
        (row(交易状态="REFUND", 商户退款单号=""), "no number"),
        ("`SHOP1", "another number of fields"),
        ("", "another number of fields"),
        (row(商品名称="甲,`乙"), "another number of fields"),
    ],
)
def test_every_kind_of_oddity_is_one_lines_own(odd: str, why: str) -> None:
    found = read_bill(bill(row(), odd, row(商户订单号="SHOP2")), MCHID)
    assert [line.number for line in found.lines] == ["SHOP1", "SHOP2"]
    assert [(line.line, line.why) for line in found.odd] == [(3, why)]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", bill(row()).partition(SUMS[0].encode())[0], bill(row()).replace("订单金额".encode(), b"x")],
)
def test_what_is_no_whole_bill_is_refused(content: bytes) -> None:
    with pytest.raises(AnswerNotGenuine, match=r"bill has (no|0) "):
        read_bill(content, MCHID)


def test_of_two_amounts_none_is_taken() -> None:
    with pytest.raises(AnswerNotGenuine, match="2 columns 订单金额"):
        read_bill(bill(row(商品名称="9.99")).replace("商品名称".encode(), "订单金额".encode()), MCHID)
