"""The e-invoice from the installation to the agent."""

import sqlite3
from dataclasses import replace

import pytest

from tests.harness.desk.invoice_case import Case
from tests.harness.desk.invoice_doubles import ISSUED
from tests.harness.desk.town import INVOICE, do_due, sweep
from tui.core.form.fields import InvoiceForm
from tui.core.form.kinds import Buyer
from tui.core.order import InvoiceStatus
from tui.desk.invoices.files import NotFetched
from tui.desk.invoices.service import invoice, order, try_again
from tui.desk.invoices.tax_platform import InvoiceOrder, InvoiceOutcome, InvoiceState, TaxPlatformDown
from tui.desk.invoices.view import invoice_view
from tui.desk.progress import Progress
from tui.desk.storage.database import reading, writing
from tui.desk.storage.invoices import FileKind
from tui.desk.storage.records import ApplicationRecord


def test_an_invoice_is_ordered_once_and_asked_after(case: Case) -> None:
    assert [case.invoice(), case.invoice()] == [Progress.LATER, Progress.LATER]
    (order,) = case.tax.orders
    assert (order.request_no, order.buyer_tax_number, order.total_fen) == (case.number, INVOICE.tax_number, 20000)
    assert order.callback_url == "https://desk.example/notify/invoices"
    assert case.status() is InvoiceStatus.PENDING
    case.tax.blue = ISSUED
    assert [case.invoice(), case.invoice()] == [Progress.DONE, Progress.DONE]
    assert case.status() is InvoiceStatus.ISSUED


def test_an_order_whose_answer_the_desk_did_not_live_to_keep_is_not_placed_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = case.tax.issue

    def dies(order: InvoiceOrder) -> InvoiceOutcome:
        place(order)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(case.tax, "issue", dies)
        with pytest.raises(SystemExit):
            case.invoice()
    case.tax.blue = ISSUED
    assert case.invoice() is Progress.DONE
    assert len(case.tax.orders) == 1


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
    with writing(case.town.desk.engine) as db:
        order(case.town.desk, db, db.unit.get_one(ApplicationRecord, number))
    invoice(case.town.desk, number)
    assert [(order.buyer_name, order.buyer_tax_number) for order in case.tax.orders] == [("张三", "")]


def test_an_older_stored_form_is_a_companys(case: Case) -> None:
    with writing(case.town.desk.engine) as db:
        db.unit.get_one(ApplicationRecord, case.number).invoice = b'{"tax_number":"91440300100012316L","title":"X"}'
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


def test_nothing_is_shown_of_an_invoice_that_was_never_ordered(case: Case) -> None:
    number = case.town.issued(case.town.person()).business_no
    with reading(case.town.desk.engine) as db:
        assert invoice_view(db, number) is None
