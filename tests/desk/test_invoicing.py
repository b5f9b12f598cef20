"""The e-invoice from the installation to the agent, and back again when the money goes back."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.desk.invoice_doubles import ISSUED, RED, SETTINGS, FilesDouble, Letters, TaxDouble
from tests.desk.town import INVOICE, Person, Town, do_due, make_town, sweep
from tui.core.application import Buyer, InvoiceForm
from tui.core.order import InvoiceStatus, PaymentStatus
from tui.desk.database import reading, writing
from tui.desk.invoice_files import NotFetched
from tui.desk.invoice_records import FileKind, RedState
from tui.desk.invoice_view import InvoiceView, invoice_view
from tui.desk.invoices import InvoiceOutcome, InvoiceState, TaxPlatformDown
from tui.desk.invoicing import invoice, redden, try_again
from tui.desk.issuing import Progress
from tui.desk.records import ApplicationRecord


@dataclass
class Case:
    """An installed renewal that waits for its invoice."""

    town: Town
    person: Person
    number: str
    tax: TaxDouble
    files: FilesDouble
    letters: Letters

    def invoice(self) -> Progress:
        """The workflow's act."""
        return invoice(self.town.desk, self.number)

    def status(self) -> InvoiceStatus:
        """As it stands."""
        return self.view().status

    def view(self) -> InvoiceView:
        """As an operator sees it."""
        with reading(self.town.desk.engine) as db:
            view = invoice_view(db, self.number)
        assert view is not None
        return view

    def refund(self) -> str | None:
        """What the side of refunds does in its transaction; the number of the red invoice's application."""
        with writing(self.town.desk.engine) as db:
            db.get_one(ApplicationRecord, self.number, with_for_update=True).payment_status = PaymentStatus.REFUNDING
            red = redden(db, self.number, self.town.clock.now)
            return red.request_no if red else None

    def told(self, topic: str, kind: str) -> tuple[str, list[str]]:
        """Words and file names of one message."""
        words, attachments = self.letters.sent[f"{self.number}-{topic}-{kind}"]
        return words, [attachment.name for attachment in attachments]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    town, tax, files, letters = make_town(tmp_path, invoices=SETTINGS), TaxDouble(), FilesDouble(), Letters()
    town.desk = replace(town.desk, tax=tax, files=files, mail=letters.mail(), sms=letters.sms())
    town.client.app.state["desk"] = town.desk
    person = town.person()
    issued = town.issued(person)
    person.prove(issued)
    yield Case(town, person, issued.business_no, tax, files, letters)
    town.desk.engine.dispose()


def test_an_invoice_is_ordered_once_and_asked_after(case: Case) -> None:
    assert [case.invoice(), case.invoice()] == [Progress.LATER, Progress.LATER]
    (order,) = case.tax.orders
    assert (order.request_no, order.buyer_tax_number, order.total_fen) == (case.number, INVOICE.tax_number, 20000)
    assert order.callback_url == "https://desk.example/notify/invoices"
    assert case.status() is InvoiceStatus.PENDING
    case.tax.blue = ISSUED
    assert [case.invoice(), case.invoice()] == [Progress.DONE, Progress.DONE]
    assert case.status() is InvoiceStatus.ISSUED


def test_the_link_goes_by_sms_and_the_files_by_mail(case: Case) -> None:
    case.tax.blue = ISSUED
    case.invoice()
    do_due(case.town.desk)  # SMS, then the files
    do_due(case.town.desk)  # mail
    assert case.told("invoice", "sms")[0].endswith(f"{ISSUED.number}，下载链接：https://tax.example/a.pdf")
    assert case.told("invoice", "mail")[1] == [f"{ISSUED.number}.{kind}" for kind in ("xml", "pdf", "ofd")]
    assert case.status() is InvoiceStatus.SENT
    assert all(file.kept for file in case.view().files)


def test_the_mail_waits_for_a_file_and_goes_without_it_after_a_day(case: Case) -> None:
    case.tax.blue = ISSUED
    case.files.missing[FileKind.OFD] = NotFetched("HTTP 404", final=False)
    case.invoice()
    sweep(case.town, minutes=1)
    sweep(case.town, hours=12)
    assert f"{case.number}-invoice-mail" not in case.letters.sent
    assert case.status() is InvoiceStatus.ISSUED
    sweep(case.town, hours=13)
    sweep(case.town, minutes=1)
    assert case.told("invoice", "mail")[1] == [f"{ISSUED.number}.xml", f"{ISSUED.number}.pdf"]
    (gone,) = [file for file in case.view().files if not file.kept]
    assert (gone.name, gone.url, gone.failure) == (f"{case.number}.ofd", ISSUED.links.ofd, "HTTP 404")
    assert case.status() is InvoiceStatus.SENT


def test_without_hosts_the_mail_brings_links(case: Case) -> None:
    case.town.desk = replace(case.town.desk, files=None)
    case.tax.blue = ISSUED
    case.invoice()
    do_due(case.town.desk)
    words, names = case.told("invoice", "mail")
    assert ISSUED.links.pdf in words
    assert names == []
    assert [file.url for file in case.view().files] == [ISSUED.links.ofd, ISSUED.links.pdf, ISSUED.links.xml]


def test_files_stand_sealed(case: Case) -> None:
    case.tax.blue = ISSUED
    case.invoice()
    do_due(case.town.desk)
    with sqlite3.connect(case.town.folder / "desk.db") as connection:
        (content,) = connection.execute("SELECT content FROM invoice_files WHERE kind = 'pdf'").fetchone()
    connection.close()
    assert content
    assert b"pdf of" not in content


def test_a_person_has_no_tax_number(case: Case) -> None:
    person = case.town.person()
    number = person.entered().business_no
    person.pay(number, invoice=InvoiceForm("", "张三", Buyer.PERSON))
    invoice(case.town.desk, number)
    assert [(order.buyer_name, order.buyer_tax_number) for order in case.tax.orders] == [("张三", "")]


def test_an_older_stored_form_is_a_companys(case: Case) -> None:
    with writing(case.town.desk.engine) as db:
        db.get_one(ApplicationRecord, case.number).invoice = b'{"tax_number":"91440300100012316L","title":"X"}'
    assert case.person.see(case.number).invoice == InvoiceForm("91440300100012316L", "X", Buyer.COMPANY)


@pytest.mark.parametrize("state", [InvoiceState.UNKNOWN, InvoiceState.UNSEALED])
def test_what_is_not_decided_is_asked_again(case: Case, state: InvoiceState) -> None:
    case.tax.blue = InvoiceOutcome(state, text="24 签章失败")
    assert case.invoice() is Progress.LATER
    assert case.tax.reissued == ([case.number] if state is InvoiceState.UNSEALED else [])
    assert (case.status(), case.view().failure) == (InvoiceStatus.PENDING, "24 签章失败")
    case.tax.blue = TaxPlatformDown("tax platform: HTTP 502")
    assert case.invoice() is Progress.LATER


def test_an_order_that_is_not_taken_waits_for_a_person_in_the_end(case: Case) -> None:
    case.tax.blue, case.tax.known = InvoiceOutcome(InvoiceState.REJECTED, text="E9999 未授权"), False
    assert case.invoice() is Progress.LATER
    assert (case.status(), case.view().failure) == (InvoiceStatus.PENDING, "E9999 未授权")
    case.town.later(days=4)
    assert case.invoice() is Progress.OVER
    assert (case.status(), case.view().failure) == (InvoiceStatus.FAILED, "E9999 未授权")
    case.tax.blue = ISSUED
    with writing(case.town.desk.engine) as db:
        assert try_again(db, case.number, case.town.clock.now)
    do_due(case.town.desk)
    sweep(case.town, minutes=1)
    assert case.status() is InvoiceStatus.ISSUED


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


@pytest.mark.parametrize("state", [InvoiceState.FAILED, InvoiceState.VOIDED])
def test_what_was_refused_waits_for_a_person(case: Case, state: InvoiceState) -> None:
    case.tax.blue = InvoiceOutcome(state, text="22 开票员未登录")
    assert case.invoice() is Progress.OVER
    assert (case.status(), case.view().failure) == (InvoiceStatus.FAILED, "22 开票员未登录")
    sweep(case.town, hours=9)
    assert case.tax.reissued == []
    with writing(case.town.desk.engine) as db:
        assert try_again(db, case.number, case.town.clock.now)
    do_due(case.town.desk)
    assert case.tax.reissued == [case.number]
    case.tax.blue = ISSUED
    sweep(case.town, minutes=1)
    assert case.status() is InvoiceStatus.ISSUED
    with writing(case.town.desk.engine) as db:
        assert not try_again(db, case.number, case.town.clock.now)


def test_an_invoice_of_another_amount_is_shown_to_the_operator(case: Case) -> None:
    case.tax.blue = replace(ISSUED, total_fen=19999)
    case.invoice()
    assert case.view().failure == "the amount is not the fee"


def callback(case: Case, body: bytes) -> bytes:
    answer = case.town.client.post("/notify/invoices", content=body)
    assert answer.status_code == 200
    return answer.content


def test_a_callback_is_only_a_hint(case: Case) -> None:
    case.invoice()
    claim = f'{{"c_orderno":"{case.number}","c_status":"1","allElectronicInvoiceNumber":"26000000000000000000"}}'
    assert callback(case, b"content=" + claim.encode()) == '{"status":"0000","message":"同步成功"}'.encode()
    do_due(case.town.desk)
    assert case.status() is InvoiceStatus.PENDING
    for hostile in (b"\xff", b"orderno=a%00b", b'content={"x":' + b"[" * 100_000):
        callback(case, hostile)
    case.tax.blue = ISSUED
    callback(case, f"orderno={case.number}".encode())
    do_due(case.town.desk)
    assert case.view().number == ISSUED.number


@pytest.mark.parametrize(
    "body", [b"", b"content={", b"content=[]", b"\xff", b"content=%7B%22c_orderno%22%3A%22YW1%22%7D"]
)
def test_any_callback_is_answered_the_same(case: Case, body: bytes) -> None:
    assert b'"0000"' in callback(case, body)


def test_a_callback_makes_nothing_be_tried_again(case: Case) -> None:
    case.tax.blue = InvoiceOutcome(InvoiceState.FAILED)
    case.invoice()
    callback(case, f"orderno={case.number}".encode())
    do_due(case.town.desk)
    assert case.tax.reissued == []


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


def test_nothing_is_shown_of_an_invoice_that_was_never_ordered(case: Case) -> None:
    with reading(case.town.desk.engine) as db:
        assert invoice_view(db, case.number) is None
