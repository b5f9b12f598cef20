"""The renewal's workflow: continues after a restart at each state, and issues soon after the money."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from dbos import DBOS
from sqlalchemy.exc import OperationalError

from tests.harness.desk.town import INVOICE, Person, Town, do_due, make_town, paid, shown
from tui.core.order import Application, ApplicationStatus, InvoiceStatus, Method
from tui.desk.ca.port import IssuingFailed
from tui.desk.context import Desk
from tui.desk.invoices.tax_platform import InvoiceOrder, InvoiceOutcome, InvoiceState, Links, RedOrder
from tui.desk.notifications.messages import Attachment
from tui.desk.payments.apply import apply, apply_outcome
from tui.desk.payments.gateway import TradeState
from tui.desk.payments.machine.events import ReturnedByPlatform
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.workflow import Workflows

pytestmark = pytest.mark.xdist_group("dbos")
DEADLINE = 20.0
TAX = TaxPlatformSettings("https://t", "https://t", "k", b"s", "91440300100012316L", "3040201000000000000", Path("t"))


class Tax:
    """Issues every invoice at the second question."""

    def __init__(self) -> None:
        self.ordered: list[InvoiceOrder] = []

    def issue(self, order: InvoiceOrder) -> InvoiceOutcome:
        """Ordered."""
        self.ordered.append(order)
        return InvoiceOutcome(InvoiceState.PENDING)

    def query(self, request_no: str) -> InvoiceOutcome | None:
        """Issued once ordered."""
        if not self.ordered:
            return None
        links = Links(f"https://tax.example/{request_no}.pdf")
        return InvoiceOutcome(InvoiceState.ISSUED, "24442000000000000001", links)

    def reissue(self, request_no: str) -> None:
        """Nothing failed here."""

    def redden(self, order: RedOrder) -> InvoiceOutcome:
        """Nothing is taken back here."""
        return InvoiceOutcome(InvoiceState.PENDING)


class Post:
    """Mail and SMS that arrive here."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, number: str, receiver: str, *_: str | tuple[Attachment, ...]) -> None:
        """Kept."""
        self.sent.append((number, receiver))


@contextmanager
def running(town: Town, tax: Tax | None = None, post: Post | None = None) -> Iterator[Desk]:
    """The workflow runtime over this town's database."""
    workflows = Workflows(town.desk.settings)
    desk = replace(town.desk, signals=workflows, tax=tax, mail=post, sms=post)
    workflows.launch(desk)
    town.client.app.state["desk"] = desk
    try:
        yield desk
    finally:
        workflows.stop()
        town.client.app.state["desk"] = town.desk


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = make_town(tmp_path, invoices=TAX)
    yield town
    town.desk.engine.dispose()


def awaited(person: Person, business_no: str, reached: Callable[[Application], bool]) -> Application:
    """The application once it is as wished."""
    end, tick = time.monotonic() + DEADLINE, threading.Event()
    while not reached(application := person.see(business_no)):
        assert time.monotonic() < end, application.status
        tick.wait(0.02)
    return application


def has(status: ApplicationStatus) -> Callable[[Application], bool]:
    """Reached this status."""
    return lambda application: application.status is status


def test_a_desk_restarted_at_each_state_goes_on(town: Town) -> None:
    person, tax, post = town.person(), Tax(), Post()
    with running(town, tax, post):
        business_no = person.entered().business_no
    with running(town, tax, post):
        person.pay(business_no)
    town.alipay.state = TradeState.PAID
    person.ask("POST", f"/applications/{business_no}/payments/query")  # settled while no workflow runs
    assert person.see(business_no).status is ApplicationStatus.ISSUING
    with running(town, tax, post):
        issued = awaited(person, business_no, has(ApplicationStatus.ISSUED))
    with running(town, tax, post):
        assert person.prove(issued).status is ApplicationStatus.INSTALLED
    with running(town, tax, post) as desk:
        awaited(person, business_no, lambda application: application.invoice_status is InvoiceStatus.ISSUED)
        do_due(desk)
        assert person.see(business_no).invoice_status is InvoiceStatus.SENT
    assert [order.buyer_tax_number for order in tax.ordered] == [INVOICE.tax_number]
    assert sorted(post.sent) == [
        (f"{business_no}-invoice-mail", "zhangsan@example.cn"),
        (f"{business_no}-invoice-sms", "13800138000"),
        (f"{business_no}-issued-mail", "zhangsan@example.cn"),
        (f"{business_no}-issued-sms", "13800138000"),
    ]


def test_the_certificate_follows_the_money_by_itself(town: Town) -> None:
    person = town.person()
    with running(town):
        business_no = person.entered().business_no
        person.pay(business_no, Method.UNIONPAY)
        town.unionpay.state = TradeState.PAID
        person.ask("POST", f"/applications/{business_no}/payments/query")
        issued = awaited(person, business_no, has(ApplicationStatus.ISSUED))
        assert len(issued.challenge) == 32


def test_a_withdrawn_application_ends_its_workflow(town: Town) -> None:
    person = town.person()
    with running(town):
        business_no = person.entered().business_no
        withdrawn = person.ask("POST", f"/applications/{business_no}/withdrawal")
        assert withdrawn.status is ApplicationStatus.WITHDRAWN
        assert DBOS.retrieve_workflow(business_no).get_result() is None


class StubbornCa:
    """Refuses, for now or for good."""

    def __init__(self, town: Town, refusals: list[Exception]) -> None:
        self._ca, self._refusals = town.desk.ca, refusals
        self.chain, self.not_after, self.flaw = self._ca.chain, self._ca.not_after, self._ca.flaw

    def recognises(self, certificate: bytes) -> bool:
        """As the real one."""
        return self._ca.recognises(certificate)

    def issue(self, request_id: str, csr: bytes, old_certificate: bytes, not_after: object) -> bytes:
        """As the real one, after the refusals."""
        if self._refusals:
            raise self._refusals.pop(0)
        return self._ca.issue(request_id, csr, old_certificate, not_after)  # type: ignore[arg-type]


def test_a_ca_that_is_down_is_asked_again(town: Town) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [IssuingFailed("down", final=False)]))
    person = town.person()
    with running(town):
        business_no = town.paid(person).business_no
        awaited(person, business_no, has(ApplicationStatus.ISSUED))


LOCKED = OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))


def test_a_step_that_fails_is_tried_again(town: Town) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [LOCKED, ValueError("broken answer")]))
    person = town.person()
    with running(town):
        awaited(person, town.paid(person).business_no, has(ApplicationStatus.ISSUED))


def test_a_desk_restarted_while_a_step_fails_goes_on(town: Town) -> None:
    refusals: list[Exception] = [LOCKED]
    town.desk = replace(town.desk, ca=StubbornCa(town, refusals))
    person = town.person()
    with running(town):
        business_no = town.paid(person).business_no
        awaited(person, business_no, lambda _: not refusals)
    with running(town):
        awaited(person, business_no, has(ApplicationStatus.ISSUED))


def test_a_workflow_that_ended_in_an_error_begins_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [LOCKED]))
    person = town.person()
    with running(town), monkeypatch.context() as changed:
        changed.setattr("tui.desk.workflow._ATTEMPTS", 1)
        business_no = town.paid(person).business_no
        awaited(person, business_no, lambda _: bool(DBOS.list_workflows(status="ERROR")))
    with running(town):
        awaited(person, business_no, has(ApplicationStatus.ISSUED))
        assert [workflow.workflow_id for workflow in DBOS.list_workflows(name="renewal")] == [business_no]


def test_money_taken_back_before_the_issue_may_come_again(town: Town) -> None:
    refusals: list[Exception] = [IssuingFailed("down", final=False)]
    town.desk = replace(town.desk, ca=StubbornCa(town, refusals))
    person = town.person()
    with running(town) as desk:
        business_no = person.entered().business_no
        attempt_no, _ = shown(person.pay(business_no))
        apply_outcome(desk, attempt_no, paid(town, attempt_no))
        awaited(person, business_no, lambda _: not refusals)
        apply(desk, ReturnedByPlatform(attempt_no))
        assert person.see(business_no).status is ApplicationStatus.ENTERED
        again, _ = shown(person.pay(business_no))
        apply_outcome(desk, again, paid(town, again))
        awaited(person, business_no, has(ApplicationStatus.ISSUED))


def test_a_ca_that_refuses_for_good_sends_the_money_back(town: Town) -> None:
    town.desk = replace(town.desk, ca=StubbornCa(town, [IssuingFailed("no", final=True)]))
    person = town.person()
    with running(town) as desk:
        business_no = town.paid(person).business_no
        failed = awaited(person, business_no, has(ApplicationStatus.FAILED))
        assert [(refund.cause, refund.done) for refund in failed.refunds] == [("issuing_failed", False)]
        do_due(desk)
    refunded = person.see(business_no)
    assert [refund.done for refund in refunded.refunds] == [True]
    assert refunded.payment_status.value == "refunded"
