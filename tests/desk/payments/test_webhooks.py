"""Notices of the payment platforms: kept, proved, settled once, acknowledged only when genuine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from tests.harness.desk.town import Person, Town, paid, shown, sweep
from tui.core.order import ApplicationStatus, PaymentStatus
from tui.desk.context import REFUSED_PER_MINUTE
from tui.desk.payments import webhooks
from tui.desk.payments.apply import apply, apply_outcome
from tui.desk.payments.gateway import (
    AnswerNotGenuine,
    GatewayUnknown,
    NoticeKind,
    Outcome,
    PaymentNotice,
    RefundState,
    TradeState,
)
from tui.desk.payments.machine.events import CodeTakenDown, ReturnedByPlatform
from tui.desk.payments.notice_rules import NoticeRules
from tui.desk.storage.database import reading
from tui.desk.storage.records import AttemptRecord, NoticeRecord
from tui.desk.storage.rows import seek


def test_a_notice_is_kept_settled_and_acknowledged(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    for _ in range(2):
        answer = town.client.post("/notify/alipay", content=b"out_trade_no=1")
        assert (answer.status_code, answer.content) == (200, b"success")
    assert person.see(number).status is ApplicationStatus.ISSUING
    with reading(town.desk.engine) as db:
        kept = [(notice.body, notice.result) for notice in db.unit.scalars(select(NoticeRecord))]
    assert kept == [(b"out_trade_no=1", "settled")] * 2


def test_a_second_notice_of_another_amount_changes_nothing_and_is_told(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = shown(person.pay(number))
    right = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    assert right.outcome.paid_fen
    for fen in (right.outcome.paid_fen, right.outcome.paid_fen, right.outcome.paid_fen - 1):
        town.alipay.notice = replace(right, outcome=replace(right.outcome, paid_fen=fen))
        assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    application = person.see(number)
    assert (application.status, application.refunds) == (ApplicationStatus.ISSUING, ())
    with reading(town.desk.engine) as db:
        results = list(db.unit.scalars(select(NoticeRecord.result).order_by(NoticeRecord.id)))
    alarm = f"attempt {attempt_no} was told of with another amount than before"
    assert results == ["settled", "settled", alarm]
    assert [record.levelname for record in caplog.records if record.getMessage() == alarm] == ["CRITICAL"]


def test_another_amount_is_told_also_where_the_first_word_comes_while_the_notice_is_read(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt_no, _ = shown(person.pay(number))
    first = paid(town, attempt_no)
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, replace(first, paid_fen=40000))

    def seek_and_be_overtaken(connection: Connection, kind: type[AttemptRecord], key: str) -> AttemptRecord | None:
        found = seek(connection, kind, key)
        apply_outcome(town.desk, attempt_no, first)
        return found

    monkeypatch.setattr(webhooks, "seek", seek_and_be_overtaken)
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    assert person.see(number).status is ApplicationStatus.ISSUING
    with reading(town.desk.engine) as db:
        (result,) = db.unit.scalars(select(NoticeRecord.result))
    assert result == f"attempt {attempt_no} was told of with another amount than before"
    assert [record.levelname for record in caplog.records if record.getMessage() == result] == ["CRITICAL"]


def test_a_late_notice_of_another_amount_than_the_query_is_told(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, Outcome(TradeState.CLOSED))
    town.alipay.state, right = TradeState.PAID, paid(town, attempt_no)
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, replace(right, paid_fen=40000))
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    assert person.see(number).status is ApplicationStatus.ISSUING
    assert [record.levelname for record in caplog.records if "another amount than" in record.getMessage()] == [
        "CRITICAL"
    ]


@pytest.mark.parametrize("first", [20000, 40000])
def test_a_query_that_names_another_amount_is_told_of_a_frozen_payment_too(
    town: Town, person: Person, number: str, first: int, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = shown(person.pay(number))
    outcome = paid(town, attempt_no)
    for fen in (first, first, 60000 - first, first):
        apply_outcome(town.desk, attempt_no, replace(outcome, paid_fen=fen))
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert [text for text in told if "than before" in text] == [
        f"attempt {attempt_no} was told of with another amount than before"
    ]


def test_a_notice_that_proves_nothing_is_kept_and_not_acknowledged(town: Town, person: Person, number: str) -> None:
    person.pay(number)
    town.alipay.notice = AnswerNotGenuine("signature is wrong")
    answer = town.client.post("/notify/alipay", content=b"forged")
    assert (answer.status_code, answer.content) == (400, b"failure")
    assert person.see(number).payment_status is PaymentStatus.PAYING
    assert town.client.post("/notify/cash", content=b"x").status_code == 404


def test_a_flood_of_forged_notices_is_kept_in_part_and_not_for_ever(town: Town) -> None:
    def results() -> list[str]:
        with reading(town.desk.engine) as db:
            return list(db.unit.scalars(select(NoticeRecord.result).order_by(NoticeRecord.id)))

    genuine = PaymentNotice(NoticeKind.PAYMENT, "ZF0", Outcome(TradeState.UNKNOWN))
    town.alipay.notice = AnswerNotGenuine("signature is wrong")
    for _ in range(REFUSED_PER_MINUTE + 5):
        assert town.client.post("/notify/alipay", content=b"forged").status_code == 400
    assert results() == ["refused: signature is wrong"] * REFUSED_PER_MINUTE
    town.alipay.notice = genuine
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    town.alipay.notice = AnswerNotGenuine("signature is wrong")
    town.later(days=7)
    town.client.post("/notify/alipay", content=b"forged")
    assert len(results()) == REFUSED_PER_MINUTE + 2
    town.later(seconds=1)
    town.client.post("/notify/alipay", content=b"forged")
    assert results() == ["unknown attempt"] + ["refused: signature is wrong"] * 2


def test_notices_of_unknown_attempts_and_other_times_credit_nothing(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    right = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    for notice in (replace(right, number="ZF0"), replace(right, txn_time=town.clock.now - timedelta(hours=1))):
        town.alipay.notice = notice
        assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    assert person.see(number).payment_status is PaymentStatus.PAYING


def test_a_late_notice_is_credited_only_if_the_money_is_still_here(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, Outcome(TradeState.CLOSED))
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    town.alipay.failure = GatewayUnknown("timeout")
    assert town.client.post("/notify/alipay", content=b"x").status_code == 400
    town.alipay.failure, town.alipay.state, town.alipay.paid_fen = None, TradeState.CLOSED, 20000
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    application = person.see(number)
    assert (application.status, application.payment_status) == (ApplicationStatus.ENTERED, PaymentStatus.REFUNDED)
    assert [refund.done for refund in application.refunds] == [True]


@pytest.mark.parametrize("denied", [TradeState.CLOSED, TradeState.NOT_SCANNED, TradeState.SCANNED, TradeState.UNKNOWN])
def test_a_late_notice_that_the_platforms_query_denies_comes_again(
    town: Town, person: Person, number: str, denied: TradeState
) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, Outcome(TradeState.CLOSED))
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    town.alipay.state = denied
    assert town.client.post("/notify/alipay", content=b"x").status_code == 400
    assert person.see(number).refunds == ()  # nothing says that the money went back
    town.alipay.state = TradeState.PAID
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    assert person.see(number).status is ApplicationStatus.ISSUING


def test_a_late_notice_of_money_that_is_here_pays_the_bill(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, Outcome(TradeState.CLOSED))
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))
    town.alipay.state = TradeState.PAID
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    assert person.see(number).status is ApplicationStatus.ISSUING


SETTLED = {
    TradeState.CLOSED: (200, ApplicationStatus.ENTERED),
    TradeState.PAID: (200, ApplicationStatus.ISSUING),
    TradeState.UNKNOWN: (400, ApplicationStatus.ENTERED),
}


@pytest.mark.parametrize("state", SETTLED)
def test_a_notice_that_a_codes_end_overtakes_is_settled_by_a_query(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch, state: TradeState
) -> None:
    """The code is ended while the notice is read; the answer to the cancel, which gave money back, was lost."""
    attempt_no, _ = shown(person.pay(number))
    town.alipay.notice = PaymentNotice(NoticeKind.PAYMENT, attempt_no, paid(town, attempt_no))

    def seek_and_be_overtaken(connection: Connection, kind: type[AttemptRecord], key: str) -> AttemptRecord | None:
        seen = seek(connection, kind, key)
        apply(town.desk, CodeTakenDown(attempt_no))
        town.alipay.state, town.alipay.paid_fen = state, 20000
        return seen

    monkeypatch.setattr(webhooks, "seek", seek_and_be_overtaken)
    code = town.client.post("/notify/alipay", content=b"x").status_code
    assert (code, person.see(number).status) == SETTLED[state]


def test_a_refund_notice_makes_the_desk_ask_at_once(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    person.ask("POST", f"/applications/{number}/withdrawal")
    town.alipay.refund_state = RefundState.PENDING
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    sweep(town)
    town.alipay.refund_state = RefundState.DONE
    town.alipay.notice = PaymentNotice(NoticeKind.REFUND, f"RF{attempt_no}", paid(town, attempt_no))
    town.client.post("/notify/alipay", content=b"x")
    sweep(town)
    assert [refund.done for refund in person.see(number).refunds] == [True]


def test_a_notice_of_a_refund_that_nobody_ordered_is_told(
    town: Town, person: Person, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    town.alipay.notice = PaymentNotice(NoticeKind.REFUND, "20261127001", paid(town, attempt_no))
    assert town.client.post("/notify/alipay", content=b"x").status_code == 200
    with reading(town.desk.engine) as db:
        assert list(db.unit.scalars(select(NoticeRecord.result))) == ["unknown refund"]
    told = "a genuine notice of alipay names an unknown refund"
    assert [record.levelname for record in caplog.records if record.getMessage() == told] == ["ERROR"]


def test_a_refund_is_known_by_any_of_its_numbers_at_its_own_platform(town: Town, person: Person, number: str) -> None:
    attempt_no, _ = shown(person.pay(number))
    apply(town.desk, ReturnedByPlatform(attempt_no))
    for platform, name in ((town.alipay, "alipay"), (town.unionpay, "unionpay")):
        for told in (f"RF{attempt_no}", f"RF{attempt_no}02", attempt_no):
            platform.notice = PaymentNotice(NoticeKind.REFUND, told, paid(town, attempt_no))
            assert town.client.post(f"/notify/{name}", content=b"x").status_code == 200
    with reading(town.desk.engine) as db:
        results = list(db.unit.scalars(select(NoticeRecord.result).order_by(NoticeRecord.id)))
    assert results == ["refund"] * 3 + ["unknown refund"] * 3


def test_headers_that_prove_a_notice_are_kept_with_it_and_the_answer_is_the_platforms(town: Town) -> None:
    town.alipay.notices = NoticeRules(b"", b'{"code":"FAIL"}', "application/json", ("x-proof",))
    town.alipay.notice = AnswerNotGenuine("signature is wrong")
    answer = town.client.post("/notify/alipay", content=b"{}", headers={"X-Proof": "p", "X-Other": "o"})
    assert (answer.status_code, answer.content) == (400, b'{"code":"FAIL"}')
    assert answer.headers["content-type"].startswith("application/json")
    with reading(town.desk.engine) as db:
        assert [notice.body for notice in db.unit.scalars(select(NoticeRecord))] == [b"x-proof: p\r\n\r\n{}"]
