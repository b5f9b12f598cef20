"""The platforms' daily bills against our records: every kind of difference, at both platforms, through the adapters."""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.desk.operators.test_actions import pay, run
from tests.harness.desk.town import claimed
from tests.harness.desk.world import World, world
from tui.core.beijing import BEIJING
from tui.core.order import ApplicationStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.engine.obligations import Obligation
from tui.desk.payments.bill import Bill
from tui.desk.payments.comparison import Comparison
from tui.desk.payments.gateway import AnswerNotGenuine, PaymentGateway
from tui.desk.payments.reconciliation import reconcile, reconcile_due, schedule_days
from tui.desk.platforms.alipay.bill import read_bill
from tui.desk.platforms.unionpay.bill import read_file
from tui.desk.storage.database import reading
from tui.desk.storage.reconciliations import DifferenceKind, DifferenceRecord, ReconciliationRecord
from tui.desk.storage.records import AttemptRecord, RefundRecord
from tui.sandbox.faults import Fault

__all__ = ["run"]
DAILY = Obligation(ReconciliationRecord.reconciliation_no, ReconciliationRecord.next_try_at, reconcile_due)


@pytest.fixture
def town() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(params=list(PaymentMethod), ids=lambda method: method.value)
def method(request: pytest.FixtureRequest) -> PaymentMethod:
    chosen: PaymentMethod = request.param
    return chosen


def today(town: World) -> date:
    return town.clock.now.astimezone(BEIJING).date()


def compared(town: World, method: PaymentMethod, *faults: Fault) -> Comparison:
    """Today, tomorrow."""
    day = today(town)
    town.later(days=1)
    town.arm(method, *faults)
    comparison = reconcile(town.desk, method, day)
    town.later(days=-1)
    return comparison


def test_a_day_that_fits(town: World, method: PaymentMethod) -> None:
    town.ca.refuses = True
    pay(town, method)
    town.quiet()
    comparison = compared(town, method)
    assert (comparison.entries, comparison.ours, comparison.differences) == (2, 2, ())
    with reading(town.desk.engine) as db:
        assert {db.unit.scalars(select(kind.billed_on)).one() for kind in (AttemptRecord, RefundRecord)} == {
            today(town).isoformat()
        }


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.BILL_MISSING, (DifferenceKind.MISSING_THERE, 20000, None)),
        (Fault.BILL_AMOUNT, (DifferenceKind.AMOUNT, 20000, 20001)),
        (Fault.BILL_EXTRA, (DifferenceKind.MISSING_HERE, None, 100)),
    ],
)
def test_what_differs_is_told_and_kept(
    town: World,
    method: PaymentMethod,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    expected: tuple[DifferenceKind, int | None, int | None],
) -> None:
    town.ca.refuses = True
    pay(town, method)
    town.quiet()
    (difference,) = compared(town, method, fault).differences
    assert (difference.kind, difference.ours_fen, difference.theirs_fen) == expected
    assert not difference.settled
    assert [record.levelname for record in caplog.records if record.name == "tui.desk.payments.reconciliation"] == [
        "CRITICAL"
    ]
    with reading(town.desk.engine) as db:
        assert [kept.kind for kept in db.unit.scalars(select(DifferenceRecord))] == [expected[0]]
    assert compared(town, method).differences == ()  # the day again, with a bill that is right
    with reading(town.desk.engine) as db:
        assert list(db.unit.scalars(select(DifferenceRecord))) == []


def test_a_refund_that_the_bill_does_not_list_is_told(
    town: World, method: PaymentMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.ca.refuses = True
    pay(town, method)
    town.quiet()
    adapter = type(town.desk.gateways[method])
    whole = adapter.bill

    def without_refunds(self: PaymentGateway, day: date) -> Bill | None:
        found = whole(self, day)
        return found and Bill(tuple(line for line in found.lines if not line.refund_no))

    monkeypatch.setattr(adapter, "bill", without_refunds)
    comparison = compared(town, method)
    (difference,) = comparison.differences
    assert (comparison.entries, difference.kind, difference.ours_fen) == (1, DifferenceKind.MISSING_THERE, 20000)
    assert difference.refund_no == f"RF{difference.attempt_no}"


def test_money_that_nobody_told_of_is_credited_by_the_signed_answer(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.quiet()
    town.clock.now = town.clock.now.astimezone(BEIJING).replace(hour=12)
    pay_late(town, method)
    assert town.application().status is ApplicationStatus.ENTERED
    (difference,) = compared(town, method).differences
    assert (difference.kind, difference.settled) == (DifferenceKind.MISSING_HERE, True)
    assert town.application().status is ApplicationStatus.ISSUING


def test_a_line_alone_credits_nothing(town: World, method: PaymentMethod) -> None:
    town.pay(method)
    town.quiet()
    town.clock.now = town.clock.now.astimezone(BEIJING).replace(hour=12)
    pay_late(town, method)
    town.arm(method, Fault.NO_SUCH_TRADE)
    (difference,) = compared(town, method).differences
    assert (difference.kind, difference.settled) == (DifferenceKind.MISSING_HERE, False)
    assert town.application().status is ApplicationStatus.ENTERED


def pay_late(town: World, method: PaymentMethod) -> None:
    town.arm(method, Fault.PAID_LATE, Fault.NOTICE_DROPPED)
    assert town.phone()


@pytest.mark.parametrize(("faults", "settled"), [((), True), ((Fault.QUERY_TIMEOUT,), False)])
def test_a_refund_that_we_do_not_know_to_be_done_is_asked_for(
    town: World, method: PaymentMethod, faults: tuple[Fault, ...], settled: bool
) -> None:
    town.ca.refuses = True
    pay(town, method)
    town.arm(method, Fault.REFUND_TIMEOUT, Fault.CANCEL_TIMEOUT)  # UnionPay cancels on the same day
    town.sweep()
    town.lose_notices()
    town.sweep()
    (difference,) = compared(town, method, *faults).differences
    assert (difference.kind, difference.settled) == (DifferenceKind.STATE, settled)


def test_a_refund_that_stood_in_an_earlier_bill_is_not_missed_later(town: World, method: PaymentMethod) -> None:
    town.ca.refuses = True
    town.clock.now = town.clock.now.astimezone(BEIJING).replace(hour=12)
    pay(town, method)
    town.arm(method, Fault.REFUND_TIMEOUT, Fault.CANCEL_TIMEOUT)
    town.sweep()
    town.lose_notices()
    town.sweep()
    day = today(town)
    town.later(days=1)
    assert [one.settled for one in reconcile(town.desk, method, day).differences] == [True]
    day = today(town)
    town.later(days=1)
    assert reconcile(town.desk, method, day).ours == 0


def test_the_watch_compares_each_day_once_and_waits_for_the_bill(town: World, method: PaymentMethod) -> None:
    other = next(one for one in PaymentMethod if one is not method)
    pay(town, method)
    midnight = datetime.combine(today(town) + timedelta(days=1), datetime.min.time(), BEIJING).astimezone(UTC)
    town.clock.now = midnight + timedelta(hours=9)
    schedule_days(town.desk, town.clock.now)
    assert claimed(town.desk, DAILY) == []
    town.arm(method, Fault.BILL_NONE)
    done = []
    for hours in (10.1, 11.2, 12.4):
        town.clock.now = midnight + timedelta(hours=hours)
        schedule_days(town.desk, town.clock.now)
        for number in claimed(town.desk, DAILY):
            reconcile_due(town.desk, number)
        with reading(town.desk.engine) as db:
            rows = {row.method: row for row in db.unit.scalars(select(ReconciliationRecord))}
        done.append((rows[method].done_at is not None, rows[other].done_at is not None))
    assert done == [(False, False), (True, False), (True, False)]
    assert rows[method].entries == 1
    town.clock.now = midnight + timedelta(hours=34)  # a day without trade has no bill
    for number in claimed(town.desk, DAILY):
        reconcile_due(town.desk, number)
    with reading(town.desk.engine) as db:
        row = db.unit.get_one(ReconciliationRecord, rows[other].reconciliation_no)
    assert (row.done_at is not None, row.entries) == (True, 0)


def test_a_bill_that_stays_away_from_a_day_with_money_is_an_alarm_and_asked_for_again(
    town: World, method: PaymentMethod, caplog: pytest.LogCaptureFixture
) -> None:
    pay(town, method)
    midnight = datetime.combine(today(town) + timedelta(days=1), datetime.min.time(), BEIJING).astimezone(UTC)
    town.clock.now = midnight + timedelta(hours=11)
    schedule_days(town.desk, town.clock.now)
    (number,) = (one for one in claimed(town.desk, DAILY) if method.value in one)
    for days, alarms in ((0, 0), (1.1, 1)):
        town.later(days=days)
        town.arm(method, Fault.BILL_NONE)
        reconcile_due(town.desk, number)
        assert caplog.messages.count(f"bill {number} is still not there") == alarms
    with reading(town.desk.engine) as db:
        row = db.unit.get_one(ReconciliationRecord, number)
    assert (row.done_at, row.next_try_at) == (None, town.clock.now + timedelta(hours=1))


def test_days_that_were_missed_are_made_up(town: World) -> None:
    schedule_days(town.desk, town.clock.now)
    town.later(days=3)
    schedule_days(town.desk, town.clock.now)
    with reading(town.desk.engine) as db:
        days = list(
            db.unit.scalars(select(ReconciliationRecord.day).where(ReconciliationRecord.method == PaymentMethod.ALIPAY))
        )
    assert days == [(today(town) - timedelta(days=n)).isoformat() for n in (4, 3, 2, 1)]


def test_the_command_ends_with_6_where_something_differs(town: World, method: PaymentMethod, run) -> None:  # type: ignore[no-untyped-def]
    pay(town, method)
    day = today(town).isoformat()
    town.later(days=1)
    asked = ("reconcile", "--json", "--date", day, "--channel", method.value)
    code, told = run(*asked)
    assert (code, json.loads(told)[0]["entries"]) == (0, 1)
    town.arm(method, Fault.BILL_EXTRA)
    code, told = run(*asked)
    assert (code, [one["kind"] for one in json.loads(told)[0]["differences"]]) == (6, ["missing_here"])
    town.arm(method, Fault.BILL_NONE)
    assert run(*asked)[0] == 5
    town.arm(method, Fault.WRONG_SIGNATURE)
    assert run(*asked)[0] == 5
    assert run("reconcile", "--date", day)[1].count("\n") == len(PaymentMethod)


@pytest.mark.parametrize("url", ["https://bill.example/alipay.com/x.zip", "https://["])
def test_a_bill_from_elsewhere_is_not_fetched(town: World, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    pay(town)
    day = today(town)
    town.later(days=1)
    billing = town.platforms[PaymentMethod.ALIPAY]._billing  # type: ignore[attr-defined]
    monkeypatch.setattr(billing, "url", lambda *_: url)
    with pytest.raises(AnswerNotGenuine, match="somebody else"):
        town.desk.gateways[PaymentMethod.ALIPAY].bill(day)


def zipped(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """One file, as Alipay names it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("20881_业务明细.csv".encode("gbk").decode("cp437"), content)
    return made.getvalue()


HEAD = "#账号：[2088000100000001]\n#-----业务明细列表----\n商户订单号,业务类型,订单金额（元）,退款批次号/请求号\n"
TAIL = "#-----业务明细列表结束----\n"


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK\x03\x04",
        b"no zip",
        zipped(b"x" * 99, zipfile.ZIP_LZMA).replace(b"x", b"y"),
        zipped(b"x").replace(b"20881_", b"\xff" * 6),
    ],
)
def test_what_is_no_bill_is_refused(archive: bytes) -> None:
    with pytest.raises(AnswerNotGenuine):
        read_bill(archive, "2088000100000001")
    with pytest.raises(AnswerNotGenuine):
        read_file(base64.b64encode(zlib.compress(archive)).decode(), "777290058110048")
    with pytest.raises(AnswerNotGenuine):
        read_file(base64.b64encode(archive).decode() + "！", "777290058110048")


def test_nothing_in_a_bill_steers_a_terminal_or_stops_a_database() -> None:
    rows = "K1\x1b[2J\0,交易,1.00,\n\x1b[2JK2\0,\x07,1.00,\n"
    bill = read_bill(zipped(f"{HEAD}{rows}{TAIL}".encode("gb18030")), "2088000100000001")
    assert [line.number for line in bill.lines] == ["K1[2J"]
    assert [line.number for line in bill.odd] == ["[2JK2"]
