"""Bills of a seller with other shops: an odd line is counted and named, ours are compared, none of ours is missed."""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from tests.desk.operators.test_actions import pay, run
from tests.desk.payments.test_reconciliation import HEAD, TAIL, compared, method, today, zipped
from tests.harness.desk.world import World, world
from tests.harness.vectors import read
from tui.core.payment_method import PaymentMethod
from tui.desk.numbers import numbers_in
from tui.desk.payments.bill import Bill, BillLine
from tui.desk.payments.gateway import AnswerNotGenuine
from tui.desk.platforms.alipay import gateway as alipay
from tui.desk.platforms.alipay.bill import read_bill
from tui.desk.platforms.common.archive import inflate, unpack
from tui.desk.platforms.unionpay import gateway as unionpay
from tui.desk.platforms.unionpay.bill import KIND, LENGTH, MER_ID, NUMBER, STARTS, read_file
from tui.desk.platforms.wechat import gateway as wechat
from tui.desk.platforms.wechat.bill import read_bill as read_wechat_bill
from tui.desk.storage.database import reading
from tui.desk.storage.reconciliations import DifferenceKind
from tui.desk.storage.records import AttemptRecord
from tui.sandbox.faults import Fault
from tui.sandbox.gateways.wechat.bill import COLUMNS

__all__ = ["method", "run"]
SELLER, MERCHANT = "2088000100000001", "777290058110048"
OURS = "ZF2026112710000012345678"
FIRST = {PaymentMethod.ALIPAY: 6, PaymentMethod.UNIONPAY: 1, PaymentMethod.WECHAT: 2}
"""The first line of a bill that may be a trade."""


@pytest.fixture
def town() -> Iterator[World]:
    with world() as made:
        yield made


def alipay_bill(*rows: bytes) -> Bill:
    return read_bill(
        zipped(HEAD.encode("gb18030") + b"".join(row + b"\n" for row in rows) + TAIL.encode("gb18030")), SELLER
    )


def zm(number: str, kind: str = "01", merchant: str = MERCHANT, amount: str = "000000000100") -> bytes:
    """One line of UnionPay's file; the amount ends where a long number would push it."""
    line = bytearray(b" " * LENGTH)
    for at, text in ((6, amount), (NUMBER, number), (KIND, kind), (MER_ID, merchant)):
        line[STARTS[at] : STARTS[at] + len(text)] = text.encode()
    return bytes(line)


def unionpay_bill(*rows: bytes) -> Bill:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("INN26112788ZM_1", b"\r\n".join(rows))
    return read_file(base64.b64encode(zlib.compress(packed.getvalue())).decode(), MERCHANT)


@pytest.mark.parametrize(
    ("name", "why"), [("bill_other_kind", "another kind"), ("bill_name_with_comma", "another number of fields")]
)
def test_the_lines_around_an_odd_one_are_read(name: str, why: str) -> None:
    bill = read_bill(read(f"{name}.zip"), "20880000000000000156")
    assert bill.lines == (BillLine("K20261127000001", "", 35000), BillLine("K20261127000002", "", 35000))
    assert [(one.line, one.number, one.why) for one in bill.odd] == [(7, "SHOP00000001", why)]


def test_a_file_named_in_utf8_and_headings_between_blanks() -> None:
    content = HEAD.replace("商户订单号,业务类型", "商户订单号 ,\t业务类型") + "K1\t,交易,0.10,\nK2\t,交易,0.1,\n" + TAIL
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("20881_业务明细(汇总).csv", b"")
        archive.writestr("20881_业务明细.csv", content.encode("gb18030"))
    assert read_bill(packed.getvalue(), SELLER).lines == (BillLine("K1", "", 10), BillLine("K2", "", 10))


@pytest.mark.parametrize("brackets", ["（元）", "(元)"])
def test_a_column_is_known_by_either_brackets(brackets: str) -> None:
    content = HEAD.replace("（元）", brackets) + "K1,交易,0.10,\n" + TAIL
    assert read_bill(zipped(content.encode("gb18030")), SELLER).lines == (BillLine("K1", "", 10),)


@pytest.mark.parametrize("twice", ["订单金额（元）,订单金额（元）", "订单金额（元）,订单金额(元)"])
def test_of_two_amounts_none_is_taken(twice: str) -> None:
    content = HEAD.replace("订单金额（元）", twice) + "K1,交易,0.10,9.99,\n" + TAIL
    with pytest.raises(AnswerNotGenuine, match="2 columns 订单金额（元）"):
        read_bill(zipped(content.encode("gb18030")), SELLER)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_written_in_utf8(mark: bytes) -> None:
    content = f"{HEAD}K1,交易,0.10,\nK2,交易,0.1,\n".encode() + b"K3,\xe4\xba\n" + TAIL.encode()
    bill = read_bill(zipped(mark + content), SELLER)
    assert bill.lines == (BillLine("K1", "", 10), BillLine("K2", "", 10))
    assert [one.number for one in bill.odd] == ["K3"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("SHOP1,分账,1.00,".encode("gbk"), "another kind"),
        ("SHOP1,交易,-1.00,".encode("gbk"), "another kind"),
        ("SHOP1,退款,1.00,".encode("gbk"), "another kind"),
        ("SHOP1,交易,一元,".encode("gbk"), "no amount"),
        ("SHOP1,交易,,".encode("gbk"), "no amount"),
        ("SHOP1,交易,1.00".encode("gbk"), "another number of fields"),
        ("SHOP1,交易,1.00,红,蓝".encode("gbk"), "another number of fields"),
        ('SHOP1,交易,"1.00,'.encode("gbk"), "no amount"),
        (b"SHOP1,\xff\x80,1.00,", "another kind"),
        (",交易,1.00,".encode("gbk"), "no number"),
        (f"{'9' * 200_000},交易,1.00,".encode("gbk"), "no number"),
        (b"x", "another number of fields"),
    ],
)
def test_every_kind_of_oddity_at_alipay_is_one_lines_own(row: bytes, why: str) -> None:
    good = "K20261127000001,交易,350.00,".encode("gbk")
    bill = alipay_bill(good, row, b"", b'"K20261127000002\t",\xbd\xbb\xd2\xd7,1.00,\xd0')
    assert [line.number for line in bill.lines] == ["K20261127000001", "K20261127000002"]
    assert [(one.line, one.why) for one in bill.odd] == [(5, why)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (zm("SHOP0001", kind="99"), "another kind"),
        (zm("", kind="01"), "another kind"),
        (zm("SHOP0001", merchant="777290058110099"), "another merchant"),
        (zm("SHOP0001", amount="-1"), "no amount"),
        (zm("SHOP0001")[:-1], "another length"),
        (zm("SHOP0001") + b"\xff", "not GBK"),
    ],
)
def test_every_kind_of_oddity_at_unionpay_is_one_lines_own(row: bytes, why: str) -> None:
    bill = unionpay_bill(zm("K20261127000001"), row, b"", zm("K20261127000002")[:-1] + b"\xd0")
    assert [line.number for line in bill.lines] == ["K20261127000001", "K20261127000002"]
    assert [(one.line, one.why) for one in bill.odd] == [(2, why)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'2026,"{OURS}\t",续', [OURS]),
        (f"续{OURS}期", [OURS]),
        (f"RF{OURS} {OURS} {OURS[:10]}", [OURS, OURS[:10]]),
        (f"SHOP{OURS} XRF{OURS} 1{OURS} {OURS}1 {OURS}X {OURS[:9]}", []),
    ],
)
def test_a_number_of_this_desk_stands_by_itself(text: str, found: list[str]) -> None:
    assert numbers_in(text) == found


def put_in(monkeypatch: pytest.MonkeyPatch, method: PaymentMethod, change: Callable[[bytes], bytes]) -> None:
    """Change the list of trades on its way from the platform to the reader."""
    if method is PaymentMethod.ALIPAY:

        def read_changed(archive: bytes, seller: str) -> Bill:
            return read_bill(zipped(change(next(iter(unpack(archive).values())))), seller)

        monkeypatch.setattr(alipay, "read_bill", read_changed)
    elif method is PaymentMethod.WECHAT:
        monkeypatch.setattr(wechat, "read_bill", lambda content, mchid: read_wechat_bill(change(content), mchid))
    else:

        def read_changed_file(content: str, merchant: str) -> Bill:
            text = next(text for name, text in unpack(inflate(base64.b64decode(content))).items() if "ZM_" in name)
            return unionpay_bill(*change(text).splitlines())

        monkeypatch.setattr(unionpay, "read_file", read_changed_file)


def wechat_row(number: str, state: str) -> bytes:
    """One line of WeChat Pay's bill."""
    told = {"商户号": "1900000109", "商户订单号": number, "交易状态": state, "订单金额": "1.00"}
    return ",".join(f"`{told.get(name, '')}" for name in COLUMNS).encode() + b"\r"


def foreign(method: PaymentMethod, number: str) -> Callable[[bytes], bytes]:
    """A line of no known kind under this number, before all others."""

    def change(content: bytes) -> bytes:
        if method is PaymentMethod.UNIONPAY:
            return zm(number, kind="99") + b"\r\n" + content
        rows = content.split(b"\n")
        if method is PaymentMethod.WECHAT:
            return b"\n".join([rows[0], wechat_row(number, "PROFIT_SHARING"), *rows[1:]])
        return b"\n".join([*rows[:5], f"2026,{number},分账".encode("gbk"), *rows[5:]])

    return change


def test_another_shops_odd_line_is_listed_and_nothing_else(  # type: ignore[no-untyped-def]
    town: World, method: PaymentMethod, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(town, method)
    day = today(town).isoformat()
    town.later(days=1)
    put_in(monkeypatch, method, foreign(method, "SHOP00000001"))
    line = FIRST[method]
    code, told = run("reconcile", "--date", day, "--channel", method.value)
    assert (code, f"line {line}: SHOP00000001" in told) == (0, True)
    code, told = run("reconcile", "--json", "--date", day, "--channel", method.value)
    (result,) = json.loads(told)
    assert (code, result["entries"], result["ours"], result["differences"]) == (0, 1, 1, [])
    assert [(one["line"], one["number"]) for one in result["odd"]] == [(line, "SHOP00000001")]


def another_shops(method: PaymentMethod, *numbers: str) -> Callable[[bytes], bytes]:
    """Lines of the published form under these numbers, before all others."""

    def change(content: bytes) -> bytes:
        if method is PaymentMethod.UNIONPAY:
            return b"".join(zm(number) + b"\r\n" for number in numbers) + content
        rows = content.split(b"\n")
        if method is PaymentMethod.WECHAT:
            return b"\n".join([rows[0], *(wechat_row(number, "SUCCESS") for number in numbers), *rows[1:]])
        names = [cell.strip() for cell in rows[4].decode("gb18030").split(",")]
        told = {"业务类型": "交易", "订单金额（元）": "1.00"}
        made = [",".join({**told, "商户订单号": number}.get(name, "") for name in names) for number in numbers]
        return b"\n".join([*rows[:5], *(row.encode("gb18030") for row in made), *rows[5:]])

    return change


def test_another_shops_good_line_is_listed_and_no_difference(  # type: ignore[no-untyped-def]
    town: World, method: PaymentMethod, run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pay(town, method)
    day = today(town).isoformat()
    town.later(days=1)
    put_in(monkeypatch, method, another_shops(method, "SHOP1", "20261127000000000001"))
    line = FIRST[method]
    code, told = run("reconcile", "--date", day, "--channel", method.value)
    assert (code, f"line {line}: SHOP1 (another shop)" in told) == (0, True)
    code, told = run("reconcile", "--json", "--date", day, "--channel", method.value)
    (result,) = json.loads(told)
    assert (code, result["entries"], result["ours"], result["differences"], result["odd"]) == (0, 1, 1, [], [])
    assert [(one["line"], one["number"]) for one in result["others"]] == [
        (line, "SHOP1"),
        (line + 1, "20261127000000000001"),
    ]
    assert [record for record in caplog.records if record.name == "tui.desk.payments.reconciliation"] == []


def test_a_good_line_of_our_form_that_nobody_knows_is_a_difference(
    town: World, method: PaymentMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(town, method)
    put_in(monkeypatch, method, another_shops(method, "SHOP1", OURS))
    comparison = compared(town, method)
    assert [(one.kind, one.attempt_no) for one in comparison.differences] == [(DifferenceKind.MISSING_HERE, OURS)]
    assert [one.number for one in comparison.others] == ["SHOP1"]


def test_an_odd_line_beside_a_difference_hides_none(
    town: World, method: PaymentMethod, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pay(town, method)
    put_in(monkeypatch, method, foreign(method, "SHOP00000001"))
    comparison = compared(town, method, Fault.BILL_AMOUNT)
    assert [one.kind for one in comparison.differences] == [DifferenceKind.AMOUNT]
    (odd,) = comparison.odd
    told = [(record.levelname, record.getMessage()) for record in caplog.records if "odd" in record.getMessage()]
    number = f"{method.value}-{comparison.day.isoformat()}"
    assert told == [("WARNING", f"bill {number}: 1 lines are odd: {odd.line}")]


def test_an_odd_line_that_may_be_ours_is_a_difference(
    town: World,
    method: PaymentMethod,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pay(town, method)
    with reading(town.desk.engine) as db:
        attempt = db.unit.scalars(select(AttemptRecord.attempt_no)).one()
    for number, kept in ((attempt, attempt), (f"RF{attempt}", attempt), (OURS, OURS), ("", "line")):
        caplog.clear()
        with monkeypatch.context() as patched:
            put_in(patched, method, foreign(method, number))
            (difference,) = compared(town, method).differences
        assert (difference.kind, difference.attempt_no[: len(kept)]) == (DifferenceKind.UNREADABLE, kept)
        assert difference.ours_fen == (20000 if kept == attempt else None)
        assert [record.levelname for record in caplog.records][:1] == ["CRITICAL"]
    put_in(
        monkeypatch,
        method,
        lambda content: content.replace(b"200.00", b"200,00").replace(b" 000000020000 ", b" 0000000200OO "),
    )
    (difference,) = compared(town, method).differences
    assert (difference.kind, difference.attempt_no, difference.ours_fen) == (DifferenceKind.UNREADABLE, attempt, 20000)
