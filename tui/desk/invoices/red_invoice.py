"""Red invoices (红冲): applied for under one fixed number, asked after until the tax bureau has issued or refused."""

import logging
from datetime import timedelta

from tui.core.form.fields import InvoiceForm
from tui.core.order import InvoiceStatus
from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.invoices.delivery import announce
from tui.desk.invoices.service import LONGEST, PATIENCE, callback_url, keep
from tui.desk.invoices.tax_platform import (
    InvoiceOutcome,
    InvoiceState,
    InvoiceTerms,
    RedOrder,
    TaxPlatform,
    TaxPlatformDown,
)
from tui.desk.storage.database import reading, writing
from tui.desk.storage.invoices import RED_OPEN, InvoiceRecord, RedInvoiceRecord, RedState
from tui.desk.storage.records import ApplicationRecord

_LOG = logging.getLogger(__name__)
_ARRIVES = timedelta(minutes=10)
"""An order that the platform does not know so long after the refund was never placed."""


def take_back(desk: Desk, request_no: str) -> None:
    """Take a due step: learn whether there is an invoice, apply for the red one, ask what became of it."""
    with reading(desk.engine) as db:
        red = db.unit.get_one(RedInvoiceRecord, request_no)
        record = db.unit.get_one(ApplicationRecord, red.business_no)
        blue = db.unit.get_one(InvoiceRecord, red.business_no)
    platform, settings = desk.tax, desk.settings.invoices
    if red.state not in RED_OPEN or platform is None or settings is None:
        return
    try:
        if blue.number:
            outcome = platform.issue_red(_order(desk, settings, red, record, blue))
        else:
            outcome = _of_the_blue(desk, platform, red, record)
    except TaxPlatformDown as error:
        _LOG.warning("red invoice %s: %s", request_no, error)
        outcome = InvoiceOutcome(InvoiceState.UNKNOWN, text=str(error))
    _keep(desk, request_no, outcome)


def _of_the_blue(desk: Desk, platform: TaxPlatform, red: RedInvoiceRecord, record: ApplicationRecord) -> InvoiceOutcome:
    """What the blue invoice lets the red one do: VOIDED when there is none to take back, else wait."""
    nothing = InvoiceOutcome(InvoiceState.VOIDED)
    if record.invoice_status is InvoiceStatus.FAILED:
        return nothing
    blue = platform.query(red.business_no)
    if blue is None:
        return nothing if desk.clock() >= red.requested_at + _ARRIVES else InvoiceOutcome(InvoiceState.PENDING)
    keep(desk, red.business_no, blue)
    if blue.state is InvoiceState.UNSEALED:
        platform.reissue(red.business_no)
    refused = blue.state in (InvoiceState.FAILED, InvoiceState.VOIDED)
    return nothing if refused else InvoiceOutcome(InvoiceState.PENDING, text=blue.text)


def _order(
    desk: Desk,
    settings: InvoiceTerms,
    red: RedInvoiceRecord,
    record: ApplicationRecord,
    blue: InvoiceRecord,
) -> RedOrder:
    buyer = record.typed_invoice() or InvoiceForm()
    return RedOrder(red.request_no, blue.number, settings.seller, buyer.title, buyer.tax_number, callback_url(desk))


def _keep(desk: Desk, request_no: str, outcome: InvoiceOutcome) -> None:
    now = desk.clock()
    with writing(desk.engine) as db:
        business_no = db.unit.get_one(RedInvoiceRecord, request_no).business_no
        record = db.unit.get_one(ApplicationRecord, business_no, with_for_update=True)
        red = db.unit.get_one(RedInvoiceRecord, request_no, populate_existing=True)
        if red.state not in RED_OPEN:
            return
        red.queries, red.failure = red.queries + 1, outcome.text[:255]
        red.next_query_at = now + delay(red.queries, longest=LONGEST)
        match outcome.state:
            case InvoiceState.ISSUED:
                red.state, red.number, red.pdf_url = RedState.ISSUED, outcome.number, outcome.links.pdf[:1024]
                red.issued_at, red.next_query_at, red.failure = outcome.issued_at or now, None, ""
                record.invoice_status = InvoiceStatus.REDDENED
                announce(desk, db, record, red, outcome.links)
            case InvoiceState.REJECTED if now < red.requested_at + PATIENCE:
                pass
            case InvoiceState.FAILED | InvoiceState.REJECTED:
                _LOG.error("red invoice %s was refused", request_no)
                red.state, red.next_query_at = RedState.FAILED, None
            case InvoiceState.VOIDED:
                red.state, red.next_query_at = RedState.NEEDLESS, None
            case InvoiceState.AWAITING_BUYER:
                red.state = RedState.AWAITING_BUYER
            case InvoiceState.PENDING | InvoiceState.UNSEALED | InvoiceState.UNKNOWN:
                pass  # nothing is decided: asked again
