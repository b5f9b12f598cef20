"""From the money to the invoice by the engine: at once, again after a refusal, and after a restart at each state."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.harness.desk.invoice_doubles import SETTINGS
from tests.harness.desk.running import Post, StubbornCa, Tax, awaited, has, running
from tests.harness.desk.town import INVOICE, Person, Town, claimed, do_due, make_town, paid, shown
from tui.core.order import Application, ApplicationStatus, InvoiceStatus
from tui.core.payment_method import PaymentMethod
from tui.desk.ca.local.settings import LocalCaSettings
from tui.desk.ca.port import IssuingFailed
from tui.desk.engine.obligations import OBLIGATIONS
from tui.desk.payments.apply import apply, apply_outcome
from tui.desk.payments.gateway import TradeState
from tui.desk.payments.machine.events import ReturnedByPlatform
from tui.desk.progress import Progress
from tui.desk.renewals.issuing import issue
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord

ISSUE = next(kind for kind in OBLIGATIONS if kind.act is issue)
LOCKED = OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = make_town(tmp_path, invoices=SETTINGS, takeover_seconds=1)
    yield town
    town.desk.engine.dispose()


def test_a_desk_restarted_at_each_state_goes_on(town: Town) -> None:
    person, tax, post = town.person(), Tax(), Post()
    with running(town, tax, post):
        business_no = person.entered().business_no
    with running(town, tax, post):
        person.pay(business_no)
    town.alipay.state = TradeState.PAID
    person.ask("POST", f"/applications/{business_no}/payments/query")  # settled while no engine runs
    assert person.see(business_no).status is ApplicationStatus.ISSUING
    with running(town, tax, post):
        issued = awaited(person, business_no, has(ApplicationStatus.ISSUED))
    with running(town, tax, post):
        assert person.prove(issued).status is ApplicationStatus.INSTALLED
    with running(town, tax, post):
        awaited(person, business_no, lambda application: is_sent(town, application))
    assert [order.buyer_tax_number for order in tax.ordered] == [INVOICE.tax_number]
    assert sorted(post.sent) == [
        (f"{business_no}-invoice-mail", "zhangsan@example.cn"),
        (f"{business_no}-invoice-sms", "13800138000"),
        (f"{business_no}-issued-mail", "zhangsan@example.cn"),
        (f"{business_no}-issued-sms", "13800138000"),
    ]


def is_sent(town: Town, application: Application) -> bool:
    """Whether the invoice is with the agent; time passes while it is waited for."""
    town.later(seconds=1)
    return application.invoice_status is InvoiceStatus.SENT


def test_the_certificate_follows_the_money_by_itself(town: Town) -> None:
    person = town.person()
    with running(town):
        business_no = person.entered().business_no
        person.pay(business_no, PaymentMethod.UNIONPAY)
        town.unionpay.state = TradeState.PAID
        person.ask("POST", f"/applications/{business_no}/payments/query")
        issued = awaited(person, business_no, has(ApplicationStatus.ISSUED))
        assert len(issued.challenge) == 32


def owed(town: Town, business_no: str) -> timedelta | None:
    """How long until the CA is asked; None when it is not to be asked."""
    with reading(town.desk.engine) as db:
        due = db.unit.get_one(ApplicationRecord, business_no).next_issue_at
    return None if due is None else max(due - town.clock.now, timedelta())


def test_a_certificate_is_owed_while_the_application_is_issuing_and_no_longer(town: Town, person: Person) -> None:
    business_no = person.entered().business_no
    assert owed(town, business_no) is None
    person.pay(business_no)
    apply_outcome(town.desk, shown(person.see(business_no))[0], paid(town, shown(person.see(business_no))[0]))
    assert owed(town, business_no) == timedelta()
    issue(town.desk, business_no)
    assert owed(town, business_no) is None
    assert claimed(town.desk, ISSUE) == []


def test_a_ca_that_is_down_is_asked_again_and_less_and_less_often(town: Town, person: Person) -> None:
    refusals: list[Exception] = [IssuingFailed("down", final=False)] * 3
    town.desk = replace(town.desk, ca=StubbornCa(town, refusals))
    business_no = town.paid(person).business_no
    for seconds in (2, 4, 8):
        assert claimed(town.desk, ISSUE) == [business_no]
        assert issue(town.desk, business_no) is Progress.LATER
        assert owed(town, business_no) == timedelta(seconds=seconds)
        town.later(seconds=seconds - 1)
        assert claimed(town.desk, ISSUE) == []
        town.later(seconds=1)
    assert claimed(town.desk, ISSUE) == [business_no]
    assert issue(town.desk, business_no) is Progress.DONE


def test_a_desk_restarted_while_a_defect_lasts_goes_on(town: Town, person: Person) -> None:
    refusals: list[Exception] = [LOCKED]
    town.desk = replace(town.desk, ca=StubbornCa(town, refusals))
    with running(town):
        business_no = town.paid(person).business_no
        awaited(person, business_no, lambda _: not refusals)
    town.later(seconds=1)
    with running(town):
        awaited(person, business_no, has(ApplicationStatus.ISSUED))


def test_money_taken_back_before_the_issue_may_come_again_and_is_answered_at_once(town: Town, person: Person) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [IssuingFailed("down", final=False)]))
    business_no = person.entered().business_no
    attempt_no, _ = shown(person.pay(business_no))
    apply_outcome(town.desk, attempt_no, paid(town, attempt_no))
    assert issue(town.desk, business_no) is Progress.LATER
    apply(town.desk, ReturnedByPlatform(attempt_no))
    assert person.see(business_no).status is ApplicationStatus.ENTERED
    assert owed(town, business_no) is None
    again, _ = shown(person.pay(business_no))
    apply_outcome(town.desk, again, paid(town, again))
    assert owed(town, business_no) == timedelta()
    assert issue(town.desk, business_no) is Progress.DONE


class SlowCa(StubbornCa):
    """While it signs for one desk, another one takes over and is answered first."""

    def __init__(self, town: Town, between: Callable[[], None] = lambda: None) -> None:
        super().__init__(town, [])
        self._town, self._between, self._asked = town, between, False

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: datetime) -> bytes:
        """As the real one."""
        if not self._asked:
            self._asked = True
            assert issue(self._town.desk, request_id) is Progress.DONE
            self._between()
        return super().issue(request_id, csr, old_certificate, not_after)


def test_two_desks_that_let_one_certificate_be_issued_get_the_same(
    town: Town, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    town.desk = replace(town.desk, ca=SlowCa(town))
    business_no = town.paid(person).business_no
    assert issue(town.desk, business_no) is Progress.DONE
    assert person.prove(person.see(business_no)).status is ApplicationStatus.INSTALLED
    assert not [record for record in caplog.records if record.levelname == "CRITICAL"]


def test_a_ca_that_signs_twice_is_an_alarm_and_the_first_certificate_stands(
    town: Town, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def forget() -> None:
        local = town.desk.settings.ca
        assert isinstance(local, LocalCaSettings)
        for file in local.issued.glob("*.der"):
            file.unlink()

    town.desk = replace(town.desk, ca=SlowCa(town, forget))
    business_no = town.paid(person).business_no
    assert issue(town.desk, business_no) is Progress.DONE
    assert person.prove(person.see(business_no)).status is ApplicationStatus.INSTALLED
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert "nobody gets it" in told


def test_a_ca_that_refuses_for_good_sends_the_money_back(town: Town, person: Person) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [IssuingFailed("no", final=True)]))
    with running(town) as desk:
        business_no = town.paid(person).business_no
        failed = awaited(person, business_no, has(ApplicationStatus.FAILED))
        assert [refund.cause for refund in failed.refunds] == ["issuing_failed"]
    do_due(desk)
    refunded = person.see(business_no)
    assert [refund.done for refund in refunded.refunds] == [True]
    assert refunded.payment_status.value == "refunded"
