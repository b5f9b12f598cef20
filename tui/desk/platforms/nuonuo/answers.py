"""What the Nuonuo open platform answers: codes, invoices, 红字确认单, and what they mean."""

import re
from datetime import UTC, datetime

import msgspec

from tui.core.text_safety import printable
from tui.desk.invoices.tax_platform import InvoiceOutcome, InvoiceState, Links, is_invoice_number
from tui.desk.platforms.common.units import to_fen

OK, DUPLICATE, NOT_FOUND = "E0000", "E9106", "E9500"
_STATES = {
    "2": InvoiceState.ISSUED,
    "20": InvoiceState.PENDING,
    "21": InvoiceState.PENDING,
    "22": InvoiceState.FAILED,
    "24": InvoiceState.UNSEALED,
    "3": InvoiceState.VOIDED,
    "31": InvoiceState.VOIDED,
}
"""Status of queryInvoiceResult: issued, being issued, being sealed, failed, seal failed, voided, being voided."""
_RED_STATES = {
    "01": InvoiceState.PENDING,
    "02": InvoiceState.AWAITING_BUYER,
    "04": InvoiceState.PENDING,
    "05": InvoiceState.FAILED,
    "07": InvoiceState.FAILED,
    "08": InvoiceState.FAILED,
    "09": InvoiceState.FAILED,
    "15": InvoiceState.PENDING,
    "16": InvoiceState.FAILED,
}
_CONFIRMED = frozenset({"01", "04"})
"""红字确认单 that needs no agreement or has it: the tax bureau issues the red invoice by itself."""
_RED_ENDS = {"05": "购方否认", "07": "购方超过72小时未确认", "08": "已撤销", "09": "确认后撤销", "16": "申请失败"}


class Answer(msgspec.Struct, frozen=True):
    """What every method answers."""

    code: str
    describe: str | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def words(self) -> str:
        """Code and description."""
        return printable(f"{self.code} {self.describe or ''}")


class Invoice(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the result of queryInvoiceResult."""

    status: str | int
    serial_no: str | None = None
    order_no: str | None = None
    status_msg: str | None = None
    fail_cause: str | None = None
    all_electronic_invoice_number: str | None = None
    invoice_time: int | str | None = None
    """Unix milliseconds."""
    pdf_url: str | None = None
    ofd_url: str | None = None
    xml_url: str | None = None
    order_amount: str | float | None = None
    """Yuan, tax included."""


class RedForm(msgspec.Struct, frozen=True, rename="camel"):
    """One 红字确认单 of queryInvoiceRedConfirm."""

    bill_id: str
    bill_status: str
    bill_no: str | None = None
    bill_uuid: str | None = None
    bill_message: str | None = None
    invoice_serial_num: str | None = None
    """Of the red invoice, once the platform has it."""
    open_status: str | int | None = None
    """1: the tax bureau has issued the red invoice."""

    @property
    def confirmed(self) -> bool:
        """The tax bureau may issue the red invoice."""
        return self.bill_status in _CONFIRMED

    @property
    def opened(self) -> bool:
        """The tax bureau says that it has issued the red invoice."""
        return str(self.open_status) == "1"


class RedForms(msgspec.Struct, frozen=True):
    """Result of queryInvoiceRedConfirm."""

    list: tuple[RedForm, ...] | None = None


def outcome_of(invoice: Invoice) -> InvoiceOutcome:
    """What an entry of queryInvoiceResult says; without a number of 20 digits nothing counts as issued."""
    state = _STATES.get(str(invoice.status), InvoiceState.UNKNOWN)
    text = printable(invoice.fail_cause or invoice.status_msg or "")
    number = invoice.all_electronic_invoice_number or ""
    if state is InvoiceState.ISSUED and not is_invoice_number(number):
        state, text = InvoiceState.UNKNOWN, "issued without a number of 20 digits"
    if state is not InvoiceState.ISSUED:
        return InvoiceOutcome(state, text=f"{_plain(invoice.status)} {text}".strip())
    return InvoiceOutcome(
        state,
        number,
        Links(invoice.pdf_url or "", invoice.ofd_url or "", invoice.xml_url or ""),
        issued_at=_moment(str(invoice.invoice_time)),
        total_fen=_fen(str(invoice.order_amount)),
    )


def red_outcome_of(form: RedForm) -> InvoiceOutcome:
    """What a 红字确认单 says while no red invoice is known."""
    state = _RED_STATES.get(form.bill_status, InvoiceState.UNKNOWN)
    words = printable(form.bill_message or "") or _RED_ENDS.get(form.bill_status, "")
    return InvoiceOutcome(state, text=f"{_plain(form.bill_status)} {words}".strip())


def _plain(code: str | int) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", str(code))[:8]


def _moment(milliseconds: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{10,13}", milliseconds):
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _fen(yuan: str) -> int | None:
    try:
        return to_fen(yuan)
    except ValueError:
        return None
