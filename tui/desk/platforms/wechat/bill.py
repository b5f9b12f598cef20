"""Reads WeChat Pay's daily trade bill (交易账单, ALL): CSV, a grave accent before each field, then the sums.

A payment stands under the day it was paid, a refund under the day it was asked for, in the state it had at the time.
"""

from tui.core.text_safety import printable
from tui.desk.payments.bill import Bill, BillLine, Odd, OddLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.common.units import to_fen

MCHID, NUMBER, STATE, AMOUNT = "商户号", "商户订单号", "交易状态", "订单金额"
REFUND_NO, REFUND_STATE, REFUNDED = "商户退款单号", "退款状态", "申请退款金额"
SUMS = "总交易单数"
LONGEST = 32
"""Characters of a merchant's order number (out_trade_no)."""
PAID, BACK, FAILED = "SUCCESS", "REFUND", "FAIL"


def read_bill(content: bytes, mchid: str) -> Bill:
    """The bill; a line that breaks the form is set aside by itself.

    :raises AnswerNotGenuine: not a bill of the published form.
    """
    rows = [row.removesuffix(b"\r").decode("utf-8", "replace") for row in content.split(b"\n")]
    names = rows[0].removeprefix("\ufeff").split(",")
    wanted = (MCHID, NUMBER, STATE, AMOUNT, REFUND_NO, REFUND_STATE, REFUNDED)
    if strange := [name for name in wanted if names.count(name) != 1]:
        raise AnswerNotGenuine(f"bill has {names.count(strange[0])} columns {strange[0]}")
    end = next((at for at, row in enumerate(rows) if row.startswith(SUMS)), None)
    if end is None:
        raise AnswerNotGenuine("bill has no end")
    lines, odd = list[BillLine](), list[OddLine]()
    for at, row in enumerate(rows[1:end], start=2):
        cells = _cells(row)
        told = dict(zip(names, cells, strict=False))
        try:
            if len(cells) != len(names):
                raise Odd("another number of fields")
            if line := _line(at, told, mchid):
                lines.append(line)
        except Odd as error:
            odd.append(OddLine(at, told.get(NUMBER, "")[:64], str(error), row))
    return Bill(tuple(lines), tuple(odd))


def _line(at: int, told: dict[str, str], mchid: str) -> BillLine | None:
    back = told[STATE] == BACK
    if told[MCHID] != mchid:
        raise Odd("another merchant")
    if not 0 < len(told[NUMBER]) <= LONGEST or (back and not told[REFUND_NO]):
        raise Odd("no number")
    if not back and told[STATE] != PAID:
        raise Odd("another kind")
    try:
        amount = to_fen(told[REFUNDED if back else AMOUNT])
    except ValueError as error:
        raise Odd("no amount") from error
    if back and told[REFUND_STATE] == FAILED:
        return None  # nothing moved
    return BillLine(told[NUMBER], told[REFUND_NO] if back else "", amount, at)


def _cells(row: str) -> list[str]:
    """A name may hold commas; only a grave accent after one begins a field."""
    return [printable(cell) for cell in row.removeprefix("`").split(",`")]
