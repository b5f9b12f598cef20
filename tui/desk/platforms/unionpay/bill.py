"""Reads UnionPay's reconciliation file (文件接口, ZM): lines of fixed widths, a blank between two fields."""

import base64
from collections.abc import Iterator
from itertools import accumulate

from tui.core.text_safety import printable
from tui.desk.payments.bill import Bill, BillLine, Odd, OddLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.common.archive import inflate, unpack

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


def read_file(content: str, mer_id: str) -> Bill:
    """The bill in ``fileContent`` (base64 of a zlib stream of a zip); a line that breaks the form is set aside.

    :raises AnswerNotGenuine: not a file of the published form.
    """
    try:
        archive = inflate(base64.b64decode(content, validate=True))
    except ValueError as error:
        raise AnswerNotGenuine("bill is not base64") from error
    files = [text for name, text in unpack(archive).items() if "ZM_" in name]
    if len(files) != 1:
        raise AnswerNotGenuine("bill has no list of trades")
    return _read(files[0], mer_id)


def _read(content: bytes, mer_id: str) -> Bill:
    lines, odd = list[BillLine](), list[OddLine]()
    for at, raw in enumerate(content.splitlines(), start=1):
        if not raw.strip():
            continue
        number = ""
        try:
            fields = _fields(raw)
            number = fields[NUMBER]
            lines.append(_line(at, fields, mer_id))
        except Odd as error:
            odd.append(OddLine(at, number[:64], str(error), raw.decode("gb18030", "replace")))
    return Bill(tuple(lines), tuple(odd))


def _line(at: int, fields: tuple[str, ...], mer_id: str) -> BillLine:
    back = fields[KIND] in BACK
    number = fields[ORIGINAL] if back else fields[NUMBER]
    if fields[MER_ID] != mer_id:
        raise Odd("another merchant")
    if not number or not (back or fields[KIND] == PAYMENT):
        raise Odd("another kind")
    if not (fields[AMOUNT].isascii() and fields[AMOUNT].isdigit()):
        raise Odd("no amount")
    return BillLine(number, fields[NUMBER] if back else "", int(fields[AMOUNT]), at)


def _fields(raw: bytes) -> tuple[str, ...]:
    # Widths count bytes; a merchant's Chinese name is shorter in characters, and some files count those.
    if len(raw) == LENGTH:
        return tuple(printable(part.decode("gb18030", "replace")) for part in _cut(raw, 1))
    try:
        line = raw.decode("gb18030").encode("utf-16-be")
    except UnicodeDecodeError as error:
        raise Odd("not GBK") from error
    if len(line) != 2 * LENGTH:
        raise Odd("another length")
    return tuple(printable(part.decode("utf-16-be", "replace")) for part in _cut(line, 2))


def _cut(line: bytes, unit: int) -> Iterator[bytes]:
    return (line[unit * at : unit * (at + width)] for at, width in zip(STARTS, WIDTHS, strict=False))
