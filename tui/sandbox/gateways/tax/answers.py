"""Write the played tax platform's answers."""

from typing import TypeAlias

import msgspec

from tui.desk.platforms.common.units import to_yuan
from tui.sandbox.gateways.tax.documents import amounts
from tui.sandbox.gateways.tax.ledger import Reversed, Sold, TaxLedger


class Entry(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One entry of the result of queryInvoiceResult."""

    serial_no: str
    order_no: str
    status: str
    status_msg: str
    fail_cause: str = ""
    all_electronic_invoice_number: str = ""
    pdf_url: str = ""
    ofd_url: str = ""
    xml_url: str = ""
    invoice_time: int | None = None
    ex_tax_amount: str = ""
    tax_amount: str = ""
    order_amount: str = ""


class Form(msgspec.Struct, frozen=True, rename="camel"):
    """One 红字确认单 of queryInvoiceRedConfirm."""

    bill_id: str
    bill_no: str
    bill_uuid: str
    bill_status: str
    bill_message: str
    open_status: str
    blue_elec_invoice_number: str
    invoice_serial_num: str | None
    red_invoice_number: str | None


class Forms(msgspec.Struct, frozen=True):
    """Result of queryInvoiceRedConfirm."""

    total: int
    list: tuple[Form, ...]


class Serial(msgspec.Struct, frozen=True, rename="camel"):
    """Result of what takes an order in."""

    invoice_serial_num: str


Result: TypeAlias = Serial | Forms | tuple[Entry, ...] | str | None


class Answer(msgspec.Struct, frozen=True):
    """What every method answers."""

    code: str
    describe: str
    result: Result = None


def entry(ledger: TaxLedger, invoice: Sold | Reversed, base: str) -> Entry:
    """The entry of an invoice, in the state that was ordered or that its time has brought."""
    number = invoice.order.order_no if isinstance(invoice, Sold) else invoice.request.bill_id
    ordered = ledger.commanded(number) if isinstance(invoice, Sold) else None
    if ordered is not None and ordered.status != "2":
        return Entry(invoice.serial, number, ordered.status, ordered.words, ordered.words)
    if not ledger.issued(invoice):
        return Entry(invoice.serial, number, "20", "开票中")
    total, tax = amounts(invoice.order)
    sign, begun = ("", invoice.ordered_at) if isinstance(invoice, Sold) else ("-", invoice.applied_at)
    return Entry(
        invoice.serial,
        number,
        "2",
        "开票完成",
        all_electronic_invoice_number=invoice.number,
        pdf_url=f"{base}{invoice.number}.pdf",
        ofd_url=f"{base}{invoice.number}.ofd",
        xml_url=f"{base}{invoice.number}.xml",
        invoice_time=int(begun.timestamp() * 1000),
        ex_tax_amount=sign + to_yuan(total - tax),
        tax_amount=sign + to_yuan(tax),
        order_amount=sign + to_yuan(total),
    )


def form(ledger: TaxLedger, red: Reversed) -> Form:
    """The 红字确认单 of an application, in the state that was ordered or that its time has brought."""
    number, ordered = red.request.bill_id, ledger.commanded(red.request.bill_id)
    done = ledger.issued(red)
    if ordered is not None:
        status, words, fetched = ordered.status, ordered.words, ordered.fetched
    elif red.again:
        status, words, fetched = "16", "该发票已全额冲红", False
    else:
        status, words, fetched = ("01" if done else "15"), "", True
    opened = status in ("01", "04") and done
    return Form(
        bill_id=number,
        bill_no=f"99{red.serial[:16]}",
        bill_uuid=f"uuid{red.serial}",
        bill_status=status,
        bill_message=words,
        open_status="1" if opened else "0",
        blue_elec_invoice_number=red.request.blue_elec_invoice_number,
        invoice_serial_num=red.serial if opened and fetched else None,
        red_invoice_number=red.number if opened and fetched else None,
    )
