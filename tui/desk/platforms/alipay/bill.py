"""Reads Alipay's daily trade bill: a zip of CSV files in GBK or UTF-8; those with a list of trades are read.

The bill is the seller's and may hold other shops' trades; a line that breaks the form is set aside by itself.
"""

import csv
from codecs import BOM_UTF8

from tui.core.text_safety import printable
from tui.desk.payments.bill import Bill, BillLine, Odd, OddLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.common.archive import unpack
from tui.desk.platforms.common.units import to_fen

NUMBER, KIND, AMOUNT, REFUND_NO = "商户订单号", "业务类型", "订单金额（元）", "退款批次号/请求号"
_WIDE = str.maketrans("()", "（）")
LONGEST = 64
"""Characters of a merchant's order number (out_trade_no)."""
LIST, END, ACCOUNT = "业务明细列表", "业务明细列表结束", "#账号"


def read_bill(archive: bytes, seller_id: str) -> Bill:
    """The bill, which must be of this seller; its lists are joined, whatever their files are called.

    :raises AnswerNotGenuine: not a bill of the published form.
    """
    files = map(_rows, unpack(archive).values())
    lists = [(rows, frames) for rows in files if (frames := [at for at, row in enumerate(rows) if _is_frame(row)])]
    if not lists:
        raise AnswerNotGenuine("bill has no list of trades")
    read = (_read(rows, frames) for rows, frames in lists if _is_of(rows[: frames[0]], seller_id))
    ours = dict.fromkeys(read)  # a copy says nothing more, however it is written
    if not ours:
        raise AnswerNotGenuine("bill of another account")
    return Bill(tuple(line for one in ours for line in one.lines), tuple(odd for one in ours for odd in one.odd))


def _rows(content: bytes) -> list[str]:
    charset = "utf-8" if LIST.encode() in content else "gb18030"
    # No line break is a part of a letter in either; a name that was cut within a letter spoils nothing but itself.
    bare = content.removeprefix(BOM_UTF8)
    return [row.removesuffix(b"\r").decode(charset, "replace") for row in bare.split(b"\n")]


def _is_frame(row: str) -> bool:
    return row.startswith("#-") and LIST in row


def _is_of(head: list[str], seller_id: str) -> bool:
    return any(row.startswith(ACCOUNT) and f"[{seller_id}" in row for row in head)


def _read(rows: list[str], frames: list[int]) -> Bill:
    if len(frames) != 2 or END not in rows[frames[1]]:
        raise AnswerNotGenuine("bill has a list of trades that is cut off")
    begin, end = frames
    names = [printable(cell).translate(_WIDE) for cell in _cells(rows[begin + 1])]
    if strange := [name for name in (NUMBER, KIND, AMOUNT, REFUND_NO) if names.count(name) != 1]:
        raise AnswerNotGenuine(f"bill has {names.count(strange[0])} columns {strange[0]}")
    lines, odd = list[BillLine](), list[OddLine]()
    for at, row in enumerate(rows[begin + 2 : end], start=begin + 3):
        if not row.strip():
            continue
        try:
            lines.append(_line(at, row, names))
        except Odd as error:
            odd.append(OddLine(at, _number(row, names), str(error), row))
    return Bill(tuple(lines), tuple(odd))


def _line(at: int, row: str, names: list[str]) -> BillLine:
    cells = _cells(row)
    if len(cells) != len(names):
        cells = row.split(",")  # a name that begins with a quotation mark
    if len(cells) != len(names):
        raise Odd("another number of fields")
    told = {name: printable(cell) for name, cell in zip(names, cells, strict=True)}
    back = told[KIND] == "退款"
    if not 0 < len(told[NUMBER]) <= LONGEST:
        raise Odd("no number")
    if told[KIND] not in {"交易", "退款"} or told[AMOUNT].startswith("-") is not back:
        raise Odd("another kind")
    try:
        amount = to_fen(told[AMOUNT].removeprefix("-"))
    except ValueError as error:
        raise Odd("no amount") from error
    # A refund without a number of its own goes by the trade's, as after a cancel.
    return BillLine(told[NUMBER], (told[REFUND_NO] or told[NUMBER]) if back else "", amount, at)


def _number(row: str, names: list[str]) -> str:
    """The number stands before every field that a shop may write as it likes."""
    cells, at = row.split(","), names.index(NUMBER)
    return printable(cells[at], LONGEST) if at < len(cells) else ""


def _cells(row: str) -> list[str]:
    """One row by itself: a quotation mark that stays open must not swallow the rows after it."""
    try:
        return next(csv.reader([row]), [])
    except csv.Error:  # longer than any field may be
        return []
