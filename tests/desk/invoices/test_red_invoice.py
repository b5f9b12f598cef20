"""The e-invoice that is taken back when the money goes back."""

from tests.harness.desk.invoice_case import Case
from tests.harness.desk.invoice_doubles import ISSUED, RED
from tests.harness.desk.town import do_due, sweep
from tui.core.order import InvoiceStatus
from tui.desk.invoices.service import try_again
from tui.desk.invoices.tax_platform import InvoiceOutcome, InvoiceState, TaxPlatformDown
from tui.desk.progress import Progress
from tui.desk.storage.database import writing
from tui.desk.storage.invoices import RedState


def test_a_red_order_that_is_not_taken_waits_for_a_person_in_the_end(case: Case) -> None:
    case.tax.blue, case.tax.red = ISSUED, InvoiceOutcome(InvoiceState.REJECTED, text="E9999 未授权")
    case.invoice()
    case.refund()
    do_due(case.town.desk)
    assert [red.state for red in case.view().red] == [RedState.REQUESTED]
    sweep(case.town, days=4)
    assert [red.state for red in case.view().red] == [RedState.FAILED]
    case.tax.red = RED
    with writing(case.town.desk.engine) as db:
        assert try_again(db, case.number, case.town.clock.now)
    sweep(case.town, minutes=1)
    assert [red.state for red in case.view().red] == [RedState.FAILED, RedState.ISSUED]


def test_a_refund_takes_the_invoice_back_and_tells(case: Case) -> None:
    case.tax.blue = ISSUED
    case.invoice()
    first = case.refund()
    assert first == f"HZ{case.number}01"
    assert case.refund() == first
    do_due(case.town.desk)
    case.tax.red = InvoiceOutcome(InvoiceState.AWAITING_BUYER, text="02")
    sweep(case.town, minutes=1)
    assert [(red.state, red.failure) for red in case.view().red] == [("awaiting_buyer", "02")]
    case.tax.red = RED
    sweep(case.town, hours=1)
    sweep(case.town, minutes=1)
    assert {(red.request_no, red.blue_number) for red in case.tax.reds} == {(first, ISSUED.number)}
    assert [(red.state, red.number) for red in case.view().red] == [("issued", RED.number)]
    assert case.status() is InvoiceStatus.REDDENED
    assert RED.number in case.told("red-invoice", "sms")[0]
    words, names = case.told("red-invoice", "mail")
    assert "已红冲" in words
    assert names == [f"{RED.number}.pdf"]
    assert case.refund() == first


def test_a_refused_red_invoice_begins_anew_when_asked(case: Case) -> None:
    case.tax.blue, case.tax.red = ISSUED, InvoiceOutcome(InvoiceState.FAILED, text="07 购方超过72小时未确认")
    case.invoice()
    case.refund()
    do_due(case.town.desk)
    sweep(case.town, hours=5)
    assert [red.state for red in case.view().red] == ["failed"]
    assert case.refund() == f"HZ{case.number}02"
    case.tax.red = RED
    do_due(case.town.desk)
    assert [red.state for red in case.view().red] == ["failed", "issued"]


def test_a_platform_that_is_down_is_asked_again_for_the_red_one(case: Case) -> None:
    case.tax.blue, case.tax.red = ISSUED, TaxPlatformDown("tax platform: HTTP 502")
    case.invoice()
    case.refund()
    do_due(case.town.desk)
    assert [(red.state, red.failure) for red in case.view().red] == [("requested", "tax platform: HTTP 502")]
    case.tax.red = RED
    sweep(case.town, minutes=1)
    assert case.status() is InvoiceStatus.REDDENED


def test_no_invoice_is_ordered_for_money_that_went_back(case: Case) -> None:
    assert case.refund() is None
    assert case.invoice() is Progress.OVER
    assert case.tax.orders == []
    assert case.person.see(case.number).invoice_status is InvoiceStatus.NOT_REQUESTED


def test_an_invoice_that_is_issued_after_the_refund_is_taken_back(case: Case) -> None:
    case.invoice()
    case.refund()
    do_due(case.town.desk)
    assert case.tax.reds == []
    case.tax.blue, case.tax.red = ISSUED, RED
    sweep(case.town, minutes=1)
    sweep(case.town, minutes=1)
    assert case.status() is InvoiceStatus.REDDENED


def test_a_refund_in_the_midst_of_the_order_is_not_missed(case: Case) -> None:
    case.tax.during_issue, case.tax.blue = case.refund, ISSUED
    case.invoice()
    case.tax.red = RED
    do_due(case.town.desk)
    assert case.status() is InvoiceStatus.REDDENED


def test_an_invoice_that_never_was_needs_no_red_one(case: Case) -> None:
    case.tax.blue = TaxPlatformDown("tax platform: HTTP 502")
    case.invoice()
    case.tax.orders.clear()
    case.refund()
    sweep(case.town, minutes=1)
    assert [red.state for red in case.view().red] == ["requested"]
    sweep(case.town, minutes=30)
    assert [red.state for red in case.view().red] == [RedState.NEEDLESS.value]


def test_a_refused_invoice_needs_no_red_one(case: Case) -> None:
    case.invoice()
    case.refund()
    case.tax.blue = InvoiceOutcome(InvoiceState.FAILED)
    do_due(case.town.desk)
    assert [red.state for red in case.view().red] == ["needless"]
    assert case.refund() is None
