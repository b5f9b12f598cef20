"""Reads Alipay's daily trade bill: a zip of CSV files in GBK, of which one lists every payment and refund."""

import csv
from collections.abc import Iterator

from tui.core.text_safety import printable
from tui.desk.payments.archive import unpack
from tui.desk.payments.port import AnswerNotGenuine, BillLine
from tui.desk.payments.units import to_fen

NUMBER, KIND, AMOUNT, REFUND_NO = "商户订单号", "业务类型", "订单金额（元）", "退款批次号/请求号"
LIST, END, ACCOUNT = "业务明细列表", "业务明细列表结束", "#账号"


def read_bill(archive: bytes, seller_id: str) -> tuple[BillLine, ...]:
    """The lines of the bill, which must be of this seller.

    :raises AnswerNotGenuine: not a bill of the published form.
    """
    for name, content in unpack(archive).items():
        # zipfile takes a name without the flag for UTF-8 as code page 437.
        if name.encode("cp437", "replace").decode("gbk", "replace").endswith("业务明细.csv"):
            return tuple(_lines(content, seller_id))
    raise AnswerNotGenuine("bill has no list of trades")


def _lines(content: bytes, seller_id: str) -> Iterator[BillLine]:
    try:
        rows = [row.removesuffix("\r") for row in content.decode("gb18030").split("\n")]
    except UnicodeDecodeError as error:
        raise AnswerNotGenuine("bill is not GBK") from error
    frames = [at for at, row in enumerate(rows) if row.startswith("#-") and LIST in row]
    if len(frames) != 2 or END not in rows[frames[1]]:
        raise AnswerNotGenuine("bill has no list of trades")
    if not any(row.startswith(ACCOUNT) and f"[{seller_id}" in row for row in rows[: frames[0]]):
        raise AnswerNotGenuine("bill of another account")
    listed = csv.DictReader(rows[frames[0] + 1 : frames[1]])
    try:
        if missing := {NUMBER, KIND, AMOUNT, REFUND_NO} - set(listed.fieldnames or ()):
            raise AnswerNotGenuine(f"bill has no {min(missing)}")
        for row in listed:
            yield _line({name: printable(row[name] or "") for name in (NUMBER, KIND, AMOUNT, REFUND_NO)})
    except csv.Error as error:
        raise AnswerNotGenuine("bill is no list of fields") from error


def _line(row: dict[str, str]) -> BillLine:
    back = row[KIND] == "退款"
    if row[KIND] not in {"交易", "退款"} or row[AMOUNT].startswith("-") is not back or not row[NUMBER]:
        raise AnswerNotGenuine("bill has a line of another kind")
    try:
        amount = to_fen(row[AMOUNT].removeprefix("-"))
    except ValueError as error:
        raise AnswerNotGenuine("bill has a line without amount") from error
    # A refund without a number of its own goes by the trade's, as after a cancel.
    return BillLine(row[NUMBER], (row[REFUND_NO] or row[NUMBER]) if back else "", amount)
