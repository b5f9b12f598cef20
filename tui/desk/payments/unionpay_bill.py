"""Reads UnionPay's reconciliation file (文件接口, ZM): lines of fixed widths, a blank between two fields."""

import base64
from collections.abc import Iterator
from itertools import accumulate

from tui.core.text_safety import printable
from tui.desk.payments.archive import inflate, unpack
from tui.desk.payments.port import AnswerNotGenuine, BillLine

WIDTHS = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32),
    *(13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
)
"""Of the fields in their order, as UnionPay's own demo reads them."""
STARTS = (0, *accumulate(width + 1 for width in WIDTHS))
LENGTH = STARTS[-1] - 1
AMOUNT, NUMBER, KIND, MER_ID, ORIGINAL = 6, 11, 19, 27, 40
PAYMENT, BACK = "01", {"04", "31"}
"""txnType: consume; refund and same-day cancellation."""


def read_file(content: str, mer_id: str) -> tuple[BillLine, ...]:
    """The lines in ``fileContent`` (base64 of a zlib stream of a zip), which must be of this merchant.

    :raises AnswerNotGenuine: not a file of the published form.
    """
    try:
        archive = inflate(base64.b64decode(content, validate=True))
    except ValueError as error:
        raise AnswerNotGenuine("bill is not base64") from error
    files = [text for name, text in unpack(archive).items() if "ZM_" in name]
    if len(files) != 1:
        raise AnswerNotGenuine("bill has no list of trades")
    return tuple(_lines(files[0], mer_id))


def _lines(content: bytes, mer_id: str) -> Iterator[BillLine]:
    for raw in content.splitlines():
        if not raw.strip():
            continue
        line = _fields(raw)
        back = line[KIND] in BACK
        number = line[ORIGINAL] if back else line[NUMBER]
        if line[MER_ID] != mer_id or not number or not (back or line[KIND] == PAYMENT):
            raise AnswerNotGenuine("bill has a line of another kind")
        if not (line[AMOUNT].isascii() and line[AMOUNT].isdigit()):
            raise AnswerNotGenuine("bill has a line without amount")
        yield BillLine(number, line[NUMBER] if back else "", int(line[AMOUNT]))


def _fields(raw: bytes) -> tuple[str, ...]:
    try:
        text = raw.decode("gb18030")
        # Widths count bytes; a merchant's Chinese name is shorter in characters, and some files count those.
        line = raw if len(raw) == LENGTH else text.encode("utf-16-be")
        unit = len(line) // LENGTH
        if unit * LENGTH != len(line):
            raise AnswerNotGenuine("bill has a line of another length")
        parts = (line[unit * at : unit * (at + width)] for at, width in zip(STARTS, WIDTHS, strict=False))
        return tuple(printable(part.decode("gb18030" if unit == 1 else "utf-16-be")) for part in parts)
    except UnicodeDecodeError as error:
        raise AnswerNotGenuine("bill is not GBK") from error
