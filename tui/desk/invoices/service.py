"""The e-invoice of an application: ordered after the installation, followed until issued, taken back on a refund."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update

from tui.core.form.fields import InvoiceForm
from tui.core.order import FEE_NAME, RETURNED, InvoiceStatus
from tui.desk.backoff import delay
from tui.desk.context import Desk
from tui.desk.invoices.delivery import announce
from tui.desk.invoices.tax_platform import (
    InvoiceLine,
    InvoiceOrder,
    InvoiceOutcome,
    InvoiceState,
    InvoiceTerms,
    TaxPlatformDown,
)
from tui.desk.progress import Progress
from tui.desk.storage.database import glancing, writing, writing_once
from tui.desk.storage.inserts import change
from tui.desk.storage.invoices import RED_OPEN, InvoiceRecord, RedInvoiceRecord, RedState
from tui.desk.storage.records import ApplicationRecord, OrderRecord, Record
from tui.desk.storage.rows import load, new, save, side_by_side
from tui.desk.storage.statements import Statement, ask
from tui.desk.storage.transactions import Transaction

_LOG = logging.getLogger(__name__)
LONGEST = timedelta(hours=1)
"""Between two questions."""
_CALLED_BACK = timedelta(seconds=5)
"""Before the first: the platform mostly calls back sooner, and a question without news costs as much as one with."""
PATIENCE = timedelta(days=3)
"""An order that the platform has rejected for so long waits for a person."""
_ORDERED = (
    select(*InvoiceRecord.__table__.columns, *OrderRecord.__table__.columns)
    .join(OrderRecord, OrderRecord.business_no == InvoiceRecord.business_no)
    .where(InvoiceRecord.business_no == bindparam("number"))
)


_BLUE = (
    InvoiceRecord.business_no == bindparam("number"),
    InvoiceRecord.business_no.in_(
        select(ApplicationRecord.business_no).where(ApplicationRecord.invoice_status == InvoiceStatus.PENDING)
    ),
)
_RED = (
    RedInvoiceRecord.request_no == bindparam("number"),
    or_(*(RedInvoiceRecord.state == state for state in sorted(RED_OPEN))),
)
_HINTED: Mapping[type[Record], tuple[Statement, Statement]] = {
    kind: (select(kind.business_no).where(*which), update(kind).where(*which).values(next_query_at=bindparam("now")))
    for kind, which in ((InvoiceRecord, _BLUE), (RedInvoiceRecord, _RED))
}
"""Whether an invoice of this request number is waited for, and that it is due."""


def order(desk: Desk, db: Transaction, record: ApplicationRecord) -> None:
    """In the transaction that completes an application: its e-invoice is due, where the person wants one."""
    if desk.tax is None or record.typed_invoice() is None or record.payment_status in RETURNED:
        return
    now = desk.clock()
    save(db, new(InvoiceRecord, business_no=record.business_no, requested_at=now, next_query_at=now))
    record.invoice_status = InvoiceStatus.PENDING


def invoice(desk: Desk, business_no: str) -> Progress:
    """Place the order or ask after it; what the platform refused before is tried again."""
    platform, settings = desk.tax, desk.settings.invoices
    if platform is None or settings is None:
        _LOG.error("the invoice of %s waits: no tax platform is set up", business_no)
        return Progress.OVER
    with writing(desk.engine) as db:
        record = load(db.connection(), ApplicationRecord, business_no, lock=True)
        found, buyer = ask(db.connection(), _ORDERED, {"number": business_no}), record.typed_invoice()
        if not found:
            return Progress.OVER
        kept, order = side_by_side((InvoiceRecord, OrderRecord), found[0])
        if kept.number or buyer is None or record.payment_status in RETURNED:
            kept.next_query_at = None
            save(db, kept)
            return Progress.DONE if kept.number else Progress.OVER
        kept.queries += 1
        save(db, kept)
        is_new = kept.queries == 1
        refused = record.invoice_status is InvoiceStatus.FAILED
        ordered = _order(desk, settings, record, order, buyer)
    try:
        if refused:
            platform.reissue(business_no)
            outcome = InvoiceOutcome(InvoiceState.PENDING)
        else:
            known = None if is_new else platform.query(business_no)  # of what was never ordered nothing is known
            outcome = known or platform.issue(ordered)
            if outcome.state is InvoiceState.UNSEALED:
                platform.reissue(business_no)
    except TaxPlatformDown as error:
        _LOG.warning("invoice of %s: %s", business_no, error)
        with writing(desk.engine) as db:
            kept = load(db.connection(), InvoiceRecord, business_no)
            _ask_later(kept, desk.clock())
            save(db, kept)
        return Progress.LATER
    return keep(desk, business_no, outcome)


def keep(desk: Desk, business_no: str, outcome: InvoiceOutcome) -> Progress:
    """Record what the platform said, once; an invoice for money that went back meanwhile is taken back."""
    now = desk.clock()
    with writing(desk.engine) as db:
        record = load(db.connection(), ApplicationRecord, business_no, lock=True)
        kept = load(db.connection(), InvoiceRecord, business_no)
        kept.next_query_at = None
        if kept.number:
            save(db, kept)
            return Progress.DONE
        progress = _take_down(record, kept, outcome, now)
        save(db, kept)
        save(db, record)
        if progress is Progress.DONE:
            announce(desk, db, record, kept, outcome.links)
        if progress is not Progress.OVER and record.payment_status in RETURNED:
            request_red_invoice(db, business_no, now)
        return progress


def _take_down(record: ApplicationRecord, kept: InvoiceRecord, outcome: InvoiceOutcome, now: datetime) -> Progress:
    """What the platform said, into the rows; DONE: it is issued."""
    match outcome.state:
        case InvoiceState.REJECTED if now < kept.requested_at + PATIENCE:
            record.invoice_status, kept.failure = InvoiceStatus.PENDING, outcome.text[:255]
        case InvoiceState.FAILED | InvoiceState.VOIDED | InvoiceState.REJECTED:
            _LOG.error("invoice of %s: %s", record.business_no, outcome.state.value)
            record.invoice_status, kept.failure = InvoiceStatus.FAILED, outcome.text[:255]
            return Progress.OVER
        case InvoiceState.ISSUED:
            kept.number, kept.pdf_url, kept.failure = outcome.number, outcome.links.pdf[:1024], ""
            kept.issued_at, record.invoice_status = outcome.issued_at or now, InvoiceStatus.ISSUED
            if outcome.total_fen not in (None, record.fee_fen):
                _LOG.critical("invoice of %s is of another amount", record.business_no)
                kept.failure = "the amount is not the fee"
            return Progress.DONE
        case _:
            record.invoice_status, kept.failure = InvoiceStatus.PENDING, outcome.text[:255]
    _ask_later(kept, now)
    return Progress.LATER


def _ask_later(kept: InvoiceRecord, now: datetime) -> None:
    kept.next_query_at = now + delay(kept.queries, first=_CALLED_BACK, longest=LONGEST)


def request_red_invoice(db: Transaction, business_no: str, now: datetime) -> RedInvoiceRecord | None:
    """In the transaction that sends a paid bill's money back: take its invoice back (红冲).

    The caller holds the application's lock and has set its payment status. Repeating is safe: an application for
    a red invoice that is open or done is returned as it is; after one that failed, another begins. None when no
    invoice was ordered, or the platform refused it.
    """
    record, blue = db.unit.get_one(ApplicationRecord, business_no), db.unit.get(InvoiceRecord, business_no)
    if blue is None or (not blue.number and record.invoice_status is InvoiceStatus.FAILED):
        return None
    if not blue.number and not blue.queries:  # the platform was not asked for it yet, and will not be
        db.unit.delete(blue)
        record.invoice_status = InvoiceStatus.NOT_REQUESTED
        return None
    latest = latest_red(db, business_no)
    if latest is not None and latest.state not in (RedState.FAILED, RedState.NEEDLESS):
        return latest
    ordinal = latest.ordinal + 1 if latest else 1
    red = RedInvoiceRecord(
        request_no=f"HZ{business_no}{ordinal:02d}",
        business_no=business_no,
        ordinal=ordinal,
        state=RedState.REQUESTED,
        requested_at=now,
        next_query_at=now,
    )
    db.unit.add(red)
    db.flush()
    return red


def latest_red(db: Transaction, business_no: str) -> RedInvoiceRecord | None:
    """The last application for a red invoice."""
    mine = select(RedInvoiceRecord).where(RedInvoiceRecord.business_no == business_no)
    return db.unit.scalar(mine.order_by(RedInvoiceRecord.ordinal.desc()).limit(1))


def try_again(db: Transaction, business_no: str, now: datetime) -> bool:
    """Let what was refused, blue or red, be tried again, after a person has put right why; False when nothing was."""
    record = db.unit.get_one(ApplicationRecord, business_no, with_for_update=True)
    kept, red = db.unit.get(InvoiceRecord, business_no), latest_red(db, business_no)
    if red is not None and red.state is RedState.FAILED:
        return request_red_invoice(db, business_no, now) is not None
    if kept is None or kept.number or record.invoice_status is not InvoiceStatus.FAILED:
        return False
    kept.next_query_at, kept.queries = now, 0
    return True


def hint(desk: Desk, number: str) -> None:
    """Something may have happened to the invoice with this request number: ask the platform at once."""
    now = desk.clock()
    with glancing(desk.engine) as connection:
        kind = next((kind for kind, (waits, _) in _HINTED.items() if ask(connection, waits, {"number": number})), None)
    if kind is not None:
        with writing_once(desk.engine) as db:
            change(db, kind, _HINTED[kind][1], {"number": number, "now": now})


def callback_url(desk: Desk) -> str:
    """Where the platform may give a hint."""
    return f"{desk.settings.public_url}/notify/invoices" if desk.settings.public_url else ""


def _order(
    desk: Desk, settings: InvoiceTerms, record: ApplicationRecord, order: OrderRecord, buyer: InvoiceForm
) -> InvoiceOrder:
    form = record.typed_form()
    return InvoiceOrder(
        record.business_no,
        settings.seller,
        buyer.title,
        buyer.tax_number,
        form.agent_mobile,
        form.agent_email,
        (InvoiceLine(FEE_NAME, order.quantity, order.unit_fen, settings.tax_code),),
        order.total_fen,
        settings.tax_rate,
        callback_url(desk),
    )
