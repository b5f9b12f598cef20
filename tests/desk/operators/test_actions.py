"""Operators: what they see, what they may decide, and what is kept of it."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from cryptography import x509
from sqlalchemy import select

from tests.harness.desk.world import BUSINESS_NO, PRICE, World, world
from tui.cli.parser import parser
from tui.core.order import RETURNED, ApplicationStatus, AttemptState, InvoiceStatus, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.ca.port import IssuingFailed
from tui.desk.invoices.service import invoice
from tui.desk.operators import commands as operator_commands
from tui.desk.operators.actions import Act, NotAllowed, refund, release
from tui.desk.payments.apply import apply
from tui.desk.payments.gateway import GatewayUnknown
from tui.desk.payments.machine.events import CodeTakenDown, GaveUp, ReturnedByPlatform
from tui.desk.progress import Progress
from tui.desk.renewals.issuing import issue
from tui.desk.storage.audit_log import ActKind, ActRecord
from tui.desk.storage.database import reading, writing
from tui.desk.storage.invoices import InvoiceRecord, RedInvoiceRecord
from tui.desk.storage.records import ApplicationRecord
from tui.sandbox.faults import Fault

REFUND = Act(ActKind.REFUND, "operator", "客户要求，电话13800138000")
RETURN = Act(ActKind.RETURN, "operator", "金额不符")
CREDIT = Act(ActKind.CREDIT, "operator", "平台已确认")


@pytest.fixture
def town() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def run(town: World, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]):  # type: ignore[no-untyped-def]
    """One command on the town's desk: its exit code and what it printed."""
    monkeypatch.setattr("tui.desk.commands.load", lambda path: town.desk.settings)
    monkeypatch.setattr(operator_commands, "build", lambda settings, engine: town.desk)

    def act(*words: str) -> tuple[int, str]:
        arguments = vars(parser().parse_args(["desk", words[0], "--config", "desk.toml", *words[1:]]))
        code = arguments["command"].run(arguments)
        return int(code), capsysbinary.readouterr().out.decode()

    return act


def pay(town: World, method: PaymentMethod = PaymentMethod.ALIPAY, *faults: Fault) -> str:
    town.pay(method)
    town.arm(method, *faults)
    town.phone()
    town.notices()
    return town.attempts()[-1].attempt_no


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_money_goes_back_before_the_issue_and_the_application_ends(town: World, method: PaymentMethod) -> None:
    number = pay(town, method)
    assert refund(town.desk, BUSINESS_NO, REFUND) == number
    assert town.application().status is ApplicationStatus.WITHDRAWN
    town.quiet()
    assert (town.taken_fen(), town.application().payment_status) == (0, PaymentStatus.REFUNDED)
    with reading(town.desk.engine) as db:
        (kept,) = db.unit.scalars(select(ActRecord))
    assert (kept.kind, kept.operator, kept.reason.decode(), kept.attempt_no) == (
        ActKind.REFUND,
        "operator",
        REFUND.reason,
        number,
    )
    with pytest.raises(NotAllowed, match="no credited payment"):
        refund(town.desk, BUSINESS_NO, REFUND)
    with pytest.raises(NotAllowed, match="goes back already"):
        refund(town.desk, BUSINESS_NO, REFUND, attempt_no=number)


def test_a_refund_decided_while_the_ca_signs_wins(  # type: ignore[no-untyped-def]
    town: World, run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pay(town)
    assert run("orders", "--revoke", "--json") == (0, "[]\n")
    signed, sign = list[bytes](), town.ca.issue

    def sign_meanwhile(request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        refund(town.desk, BUSINESS_NO, REFUND)
        signed.append(sign(request_id, csr, old_certificate, not_after))
        return signed[0]

    monkeypatch.setattr(town.ca, "issue", sign_meanwhile)
    assert issue(town.desk, BUSINESS_NO) is Progress.OVER
    town.quiet()
    assert (town.taken_fen(), town.application().status) == (0, ApplicationStatus.WITHDRAWN)
    assert (town.application().certificate, town.application().challenge) == (b"", b"")
    (told,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    serial = f"{x509.load_der_x509_certificate(signed[0]).serial_number:x}"
    assert serial in told.getMessage()
    (listed,) = json.loads(run("orders", "--revoke", "--json")[1])
    assert (listed["business_no"], listed["withheld_serial"]) == (BUSINESS_NO, serial)


@pytest.mark.parametrize("asked", [False, True])
def test_a_certificate_that_may_have_been_signed_is_listed(  # type: ignore[no-untyped-def]
    town: World, run, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    def answer_lost(*_: object) -> bytes:
        raise IssuingFailed("timeout", final=False)

    pay(town)
    monkeypatch.setattr(town.ca, "issue", answer_lost)
    if asked:
        assert issue(town.desk, BUSINESS_NO) is Progress.LATER
    refund(town.desk, BUSINESS_NO, REFUND)
    assert issue(town.desk, BUSINESS_NO) is Progress.OVER
    listed = json.loads(run("orders", "--revoke", "--json")[1])
    assert [one["withheld_serial"] for one in listed] == ([""] if asked else [])
    assert ("可能已签发" in run("orders", BUSINESS_NO)[1]) is asked


@pytest.mark.parametrize("status", [ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED])
def test_after_the_issue_only_when_it_is_said(town: World, status: ApplicationStatus) -> None:
    pay(town)
    town.issue()
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, BUSINESS_NO).status = status
    with pytest.raises(NotAllowed, match="--after-issue"):
        refund(town.desk, BUSINESS_NO, REFUND)
    refund(town.desk, BUSINESS_NO, REFUND, after_issue=True)
    town.quiet()
    assert (town.taken_fen(), town.application().status) == (0, status)
    assert invoice(town.desk, BUSINESS_NO) is Progress.OVER  # nobody is invoiced for what went back


def test_the_invoice_of_a_refunded_bill_is_taken_back(town: World) -> None:
    pay(town)
    town.issue()
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, BUSINESS_NO).status = ApplicationStatus.INSTALLED
        db.unit.add(
            InvoiceRecord(business_no=BUSINESS_NO, number="26442000000000000001", requested_at=town.desk.clock())
        )
    refund(town.desk, BUSINESS_NO, REFUND, after_issue=True)
    with reading(town.desk.engine) as db:
        assert [red.business_no for red in db.unit.scalars(select(RedInvoiceRecord))] == [BUSINESS_NO]


def test_a_frozen_code_beside_it_keeps_no_refunded_bill_invoiced(town: World) -> None:
    town.pay(PaymentMethod.UNIONPAY)
    undecided = town.attempts()[0].attempt_no
    apply(town.desk, CodeTakenDown(undecided))
    pay(town)
    town.issue()
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, BUSINESS_NO).status = ApplicationStatus.INSTALLED
        db.unit.add(
            InvoiceRecord(business_no=BUSINESS_NO, number="26442000000000000001", requested_at=town.desk.clock())
        )
    apply(town.desk, GaveUp(undecided))  # from now on the bill is frozen, whatever becomes of its money
    refund(town.desk, BUSINESS_NO, REFUND, after_issue=True)
    town.later(days=2)
    assert release(town.desk, BUSINESS_NO, undecided, RETURN) is AttemptState.CLOSED
    assert town.application().payment_status in RETURNED
    with reading(town.desk.engine) as db:
        assert [red.business_no for red in db.unit.scalars(select(RedInvoiceRecord))] == [BUSINESS_NO]


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_another_amount_can_be_returned_and_never_credited(town: World, method: PaymentMethod) -> None:
    number = pay(town, method, Fault.WRONG_AMOUNT)
    with pytest.raises(NotAllowed, match="right amount"):
        release(town.desk, BUSINESS_NO, number, CREDIT)
    with pytest.raises(NotAllowed, match="desk release"):
        refund(town.desk, BUSINESS_NO, REFUND, attempt_no=number)
    assert town.end().net_fen == 1
    assert release(town.desk, BUSINESS_NO, number, RETURN) is AttemptState.REFUNDING
    town.quiet()
    assert (town.taken_fen(), town.attempts()[0].state) == (0, AttemptState.REFUNDED)


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_money_that_the_platform_denies_afterwards_is_not_taken_for_returned(
    town: World, method: PaymentMethod
) -> None:
    number = pay(town, method, Fault.WRONG_AMOUNT)
    town.later(hours=1)
    town.arm(method, Fault.NO_SUCH_TRADE)
    with pytest.raises(NotAllowed, match="not decided"):
        release(town.desk, BUSINESS_NO, number, RETURN)
    release(town.desk, BUSINESS_NO, number, RETURN)
    town.quiet()
    assert (town.taken_fen(), town.attempts()[0].state) == (0, AttemptState.REFUNDED)


@pytest.mark.parametrize("act", [CREDIT, RETURN])
def test_what_was_not_decided_is_released_by_the_platforms_word(town: World, act: Act) -> None:
    town.pay(PaymentMethod.UNIONPAY)
    number = town.attempts()[0].attempt_no
    apply(town.desk, GaveUp(number))
    with pytest.raises(NotAllowed, match="right amount" if act is CREDIT else "not decided"):
        release(town.desk, BUSINESS_NO, number, act)
    town.phone()
    town.wires[PaymentMethod.UNIONPAY].fate = "unanswered"
    with pytest.raises(GatewayUnknown):
        release(town.desk, BUSINESS_NO, number, act)
    assert town.attempts()[0].state is AttemptState.FROZEN
    release(town.desk, BUSINESS_NO, number, act)
    town.quiet()
    bought = act is CREDIT
    assert town.taken_fen() == (PRICE if bought else 0)
    assert town.application().status is (ApplicationStatus.ISSUED if bought else ApplicationStatus.ENTERED)
    with pytest.raises(NotAllowed, match="not frozen"):
        release(town.desk, BUSINESS_NO, number, act)


def test_a_decision_wakes_the_desks_that_run(town: World, run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    woken = list[object]()
    monkeypatch.setattr(operator_commands, "notify", woken.append)
    pay(town)
    assert run("refund", "--reason", " ", BUSINESS_NO)[0] == 2
    assert not woken
    assert run("refund", "--reason", "x", BUSINESS_NO)[0] == 0
    assert len(woken) == 1


def test_orders_are_listed_and_shown_with_personal_data_masked(town: World, run) -> None:  # type: ignore[no-untyped-def]
    number = pay(town, PaymentMethod.ALIPAY, Fault.WRONG_AMOUNT)
    assert run("orders", "--refunding")[1] == ""
    assert run("orders", "--open")[1] == ""
    assert BUSINESS_NO in run("orders", "--frozen")[1]
    assert run("refund", "--reason", "x", BUSINESS_NO)[0] == 3
    assert run("release", "--attempt", number, "--credit", "--reason", "x", BUSINESS_NO)[0] == 3
    assert run("release", "--attempt", number, "--return", "--reason", " ", BUSINESS_NO)[0] == 2
    not_utf8 = RETURN.reason + "\udcff"
    assert run("release", "--attempt", number, "--return", "--reason", not_utf8, BUSINESS_NO)[0] == 0
    assert run("orders", "--refunding")[1].startswith(BUSINESS_NO)
    code, told = run("orders", "--json", BUSINESS_NO)
    seen = json.loads(told)
    assert (code, seen["payment_status"], seen["attempts"][0]["paid_fen"]) == (0, "refunding", 1)
    assert seen["acts"][0]["kind"] == "return"
    assert seen["acts"][0]["operator"] == operator_commands.operator()
    assert [refund["cause"] for refund in seen["refunds"]] == ["operator"]
    assert "13800138000" not in told
    assert "张三" not in told
    assert "qr.alipay" not in told
    assert json.loads(run("orders", "--json")[1])[0] == seen
    assert run("orders", "--json", "YW0")[0] == 3
    told = run("orders", BUSINESS_NO)[1]
    assert f"{number} alipay refunding ¥ 200.00 实收 / paid ¥ 0.01\n" in told
    assert f"RF{number} operator ¥ 0.01 退款中 / open" in told
    assert f"return {number} {operator_commands.operator()} " in told
    assert "13800138000" not in told
    assert "张三" not in told


def test_an_invoice_is_shown_and_tried_again(town: World, run) -> None:  # type: ignore[no-untyped-def]
    assert run("invoice", BUSINESS_NO)[0] == 3
    with writing(town.desk.engine) as db:
        db.unit.add(InvoiceRecord(business_no=BUSINESS_NO, requested_at=town.desk.clock(), failure="22 开票员未登录"))
    assert run("invoice", "--again", BUSINESS_NO)[0] == 3
    with writing(town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, BUSINESS_NO).invoice_status = InvoiceStatus.FAILED
    code, told = run("invoice", BUSINESS_NO)
    seen = json.loads(told)
    assert (code, seen["status"], seen["failure"]) == (0, "failed", "22 开票员未登录")
    assert run("invoice", "--again", BUSINESS_NO) == (0, "")
    with reading(town.desk.engine) as db:
        assert db.unit.get_one(InvoiceRecord, BUSINESS_NO).next_query_at is not None


def test_a_certificate_that_a_live_application_still_gets_is_not_listed(  # type: ignore[no-untyped-def]
    town: World, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, sign = pay(town), town.ca.issue

    def sign_meanwhile(*asked: object) -> bytes:
        apply(town.desk, ReturnedByPlatform(number))
        return sign(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(town.ca, "issue", sign_meanwhile)
    assert issue(town.desk, BUSINESS_NO) is Progress.OVER
    assert town.application().status is ApplicationStatus.ENTERED
    assert town.application().withheld_serial
    assert run("orders", "--revoke", "--json") == (0, "[]\n")
